/* diff.c: two profiles by meaning, for one target. */
#include "inspect/diff.h"

#include "facts/arg-words.h"
#include "facts/call-facts.h"
#include "facts/facts.h"
#include "inspect/diff-internal.h"
#include "inspect/words.h"

#include <segen/syscall.h>

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static void diff_call_done(struct diff_call *c)
{
	free(c->name);
	free(c->before);
	free(c->after);
	free(c->delta);
	free(c->reason);
	segen_strset_done(&c->abis);
	segen_strset_done(&c->open);
	segen_strset_done(&c->targets);
}

void diff_done(struct diff *d)
{
	for (size_t i = 0; i < d->n; i++)
		diff_call_done(&d->v[i]);
	free(d->v);
	segen_strset_done(&d->remarks);
	*d = (struct diff){};
}

/* --- one call ----------------------------------------------------------------------- */

/* The two filters at one number. */
struct pair {
	const struct view *a, *b;
	const struct segen_arch *arch;
	int nr;
	const char *name;
};

/* The answers to all arguments that tell the rules apart. */
static int compare(const struct pair *p, enum diff_kind *ret)
{
	_cleanup_(samples_done) struct samples s = {};
	bool wider = false, narrower = false, other = false;
	size_t n_a, n_b;
	const struct segen_rule *a = view_rules(p->a, p->arch, p->nr, &n_a);
	const struct segen_rule *b = view_rules(p->b, p->arch, p->nr, &n_b);

	samples_add(&s, a, n_a, b, n_b);
	for (size_t i = 0; i < s.n; i++) {
		struct segen_verdict va =
			segen_rules_eval(&p->a->rules, p->arch, p->nr, s.args[i]);
		struct segen_verdict vb =
			segen_rules_eval(&p->b->rules, p->arch, p->nr, s.args[i]);

		wider |= segen_verdict_lets(vb) && !segen_verdict_lets(va);
		narrower |= segen_verdict_lets(va) && !segen_verdict_lets(vb);
		other |= va.action != vb.action || va.err != vb.err;
	}
	*ret = wider && narrower ? DIFF_CHANGED
	       : wider		 ? DIFF_WIDER
	       : narrower	 ? DIFF_NARROWER
				 : DIFF_ANSWER;
	return wider || narrower || other;
}

/* The conditions of rules that let the call in, joined by "or". */
static void words_some(struct segen_buf *b, const struct pair *p, const struct view *v)
{
	size_t n;
	const struct segen_rule *rules = view_rules(v, p->arch, p->nr, &n);
	bool deny = segen_verdict_lets(v->rules.def);
	const char *sep = deny ? "allowed except (" : "allowed (";

	for (size_t i = 0; i < n; i++) {
		if (segen_verdict_lets(rules[i].verdict) == deny)
			continue;
		segen_buf_puts(b, sep);
		arg_words_conds(b, p->name, rules[i].conds, rules[i].n_conds);
		sep = " or ";
	}
	segen_buf_puts(b, ")");
}

static char *words_of(const struct pair *p, const struct view *v)
{
	struct reply r = view_reply(v, p->arch, p->nr);
	struct segen_buf b = {};

	if (r.lets == LETS_SOME)
		words_some(&b, p, v);
	else
		words_verdict(&b, r.verdict);
	if (r.stub && r.lets == LETS_NONE)
		segen_buf_puts(&b, " by runc's stub");
	return b.s;
}

/* The one mask that @rules ask to be empty; 0: they are not of that kind. */
static uint64_t empty_mask(const struct segen_rule *rules, size_t n, unsigned *ret_index)
{
	if (n != 1 || rules->n_conds != 1 || rules->conds[0].op != SEGEN_CMP_MASKED_EQ ||
	    rules->conds[0].value_two != 0)
		return 0;
	*ret_index = rules->conds[0].index;
	return rules->conds[0].value;
}

static bool has_value(const struct segen_rule *rules, size_t n, uint64_t value)
{
	for (size_t i = 0; i < n; i++)
		if (rules[i].conds[0].value == value)
			return true;
	return false;
}

/* Each rule compares one and the same argument with one value. */
static bool is_list(const struct segen_rule *rules, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (rules[i].n_conds != 1 || rules[i].conds[0].op != SEGEN_CMP_EQ ||
		    rules[i].conds[0].index != rules[0].conds[0].index)
			return false;
	return n > 0;
}

static void list_delta(struct segen_buf *out, const char *name, const char *sign,
		       const struct segen_rule *from, size_t n_from,
		       const struct segen_rule *other, size_t n_other)
{
	for (size_t i = 0; i < n_from; i++) {
		if (has_value(other, n_other, from[i].conds[0].value))
			continue;
		segen_buf_printf(out, "%s%s", out->len ? " " : "", sign);
		arg_words_value(out, name, from[i].conds[0].index, from[i].conds[0].value,
				NULL);
	}
}

static char *delta_of(const struct pair *p)
{
	struct segen_buf out = {};
	unsigned i_a = 0, i_b = 0;
	size_t n_a, n_b;
	const struct segen_rule *a = view_rules(p->a, p->arch, p->nr, &n_a);
	const struct segen_rule *b = view_rules(p->b, p->arch, p->nr, &n_b);
	uint64_t mask_a = empty_mask(a, n_a, &i_a), mask_b = empty_mask(b, n_b, &i_b);

	if (mask_a && mask_b && i_a == i_b) {
		if (mask_b & ~mask_a) {
			segen_buf_puts(&out, "refuses ");
			arg_words_value(&out, p->name, i_a, mask_b & ~mask_a, NULL);
		}
		if (mask_a & ~mask_b) {
			segen_buf_puts(&out, out.len ? ", lets in " : "lets in ");
			arg_words_value(&out, p->name, i_a, mask_a & ~mask_b, NULL);
		}
		if (out.len)
			segen_buf_puts(&out, " now");
	} else if (is_list(a, n_a) && is_list(b, n_b) &&
		   a->conds[0].index == b->conds[0].index) {
		list_delta(&out, p->name, "+", b, n_b, a, n_a);
		list_delta(&out, p->name, "-", a, n_a, b, n_b);
	}
	return out.s;
}

/* The comment of the first rule that lets it in. */
static char *reason_of(const struct view *v, const char *name)
{
	for (size_t i = 0; i < v->flat.n_rules; i++) {
		const struct profile_rule *r = &v->profile->rules[v->origin[i]];

		if ((r->action == SEGEN_ACT_ALLOW || r->action == SEGEN_ACT_LOG) &&
		    r->comment && profile_rule_has(r, name))
			return xstrdup(r->comment);
	}
	return NULL;
}

/* How a call is refused makes two entries only where nothing else differs. */
static bool same_answer(const char *a, const char *b, enum diff_kind kind)
{
	static const char refused[] = "refused";

	if (kind != DIFF_ANSWER && !strncmp(a, refused, strlen(refused)) &&
	    !strncmp(b, refused, strlen(refused)))
		return true;
	return !strcmp(a, b);
}

bool diff_same_entry(const struct diff_call *a, const struct diff_call *b)
{
	return a->kind == b->kind && !strcmp(a->name, b->name) &&
	       same_answer(a->before, b->before, a->kind) &&
	       same_answer(a->after, b->after, a->kind);
}

/* One entry for all ABIs in which the same happens; the target's own comes first. */
static struct diff_call *entry(struct diff *d, const struct diff_call *c)
{
	for (size_t i = 0; i < d->n; i++)
		if (diff_same_entry(&d->v[i], c))
			return &d->v[i];
	GROW(d->v, d->n, d->cap);
	d->v[d->n] = (struct diff_call){
		.name = xstrdup(c->name),
		.kind = c->kind,
		.before = xstrdup(c->before),
		.after = xstrdup(c->after),
		.delta = c->delta ? xstrdup(c->delta) : NULL,
		.reason = c->reason ? xstrdup(c->reason) : NULL,
		.risk = c->risk,
	};
	return &d->v[d->n++];
}

static void diff_one(struct diff *d, const struct pair *p)
{
	enum diff_kind kind;
	struct diff_call c;

	if (!compare(p, &kind))
		return;
	c = (struct diff_call){
		.name = xstrdup(p->name),
		.kind = kind,
		.before = words_of(p, p->a),
		.after = words_of(p, p->b),
		.delta = delta_of(p),
		.reason = reason_of(kind == DIFF_NARROWER ? p->a : p->b, p->name),
		.risk = call_risk(p->name),
	};
	segen_strset_add(&entry(d, &c)->abis, p->arch->name);
	diff_call_done(&c);
}

/* --- the whole ---------------------------------------------------------------------- */

static void __attribute__((format(printf, 2, 3)))
remark(struct diff *d, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) >= 0) {
		segen_strset_add(&d->remarks, s);
		free(s);
	}
	va_end(ap);
}

static void add_names(struct segen_strset *to, const struct profile *p)
{
	for (size_t i = 0; i < p->n_rules; i++)
		for (size_t k = 0; k < p->rules[i].n_names; k++)
			segen_strset_add(to, p->rules[i].names[k]);
}

size_t diff_count_equal(const struct diff *d, const struct profile *a,
			const struct profile *b)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	size_t n = 0;

	add_names(&names, a);
	add_names(&names, b);
	for (size_t i = 0; i < d->n; i++)
		segen_strset_remove(&names, d->v[i].name);
	for (size_t i = 0; i < names.n; i++)
		n += segen_syscall_known(names.v[i]);
	return n;
}

/* An ABI that one of them does not list: its calls are killed there. */
static void diff_abis(struct diff *d, const struct view *from, const struct view *to,
		      bool added)
{
	for (size_t i = 0; i < from->rules.n_abis; i++) {
		const struct segen_arch *arch = from->rules.abis[i].arch;

		if (view_abi(to, arch))
			continue;
		remark(d, "%s: its calls are %s, the other profile kills them",
		       arch->name, added ? "filtered now" : "killed now");
		d->wider |= added;
		d->narrower |= !added;
	}
}

static void diff_default(struct diff *d, const struct view *a, const struct view *b)
{
	_cleanup_(segen_buf_done) struct segen_buf from = {}, to = {};
	bool let_a = segen_verdict_lets(a->rules.def),
	     let_b = segen_verdict_lets(b->rules.def);

	if (a->rules.def.action == b->rules.def.action &&
	    a->rules.def.err == b->rules.def.err)
		return;
	words_verdict(&from, a->rules.def);
	words_verdict(&to, b->rules.def);
	remark(d, "calls that neither profile names: %s -> %s", from.s, to.s);
	d->wider |= let_b && !let_a;
	d->narrower |= let_a && !let_b;
}

static void diff_stub(struct diff *d, const struct view *a, const struct view *b,
		      const struct segen_arch *arch)
{
	const struct segen_abi_rules *x = view_abi(a, arch), *y = view_abi(b, arch);
	_cleanup_free_ char *from = NULL, *to = NULL;

	if (!x || !y || x->stub_above == y->stub_above || x->stub_above < 0 ||
	    y->stub_above < 0)
		return;
	from = segen_syscall_name(arch, x->stub_above);
	to = segen_syscall_name(arch, y->stub_above);
	remark(d,
	       "%s: runc answers ENOSYS to calls newer than %s (%d); before: than %s "
	       "(%d)",
	       arch->name, to ? to : "the highest", y->stub_above,
	       from ? from : "the highest", x->stub_above);
}

void diff_views(struct diff *d, const struct view *a, const struct view *b)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};

	add_names(&names, &a->flat);
	add_names(&names, &b->flat);
	for (size_t i = 0; i < names.n; i++) {
		for (size_t k = 0; k < a->rules.n_abis; k++) {
			struct pair p = {a, b, a->rules.abis[k].arch, 0, names.v[i]};

			p.nr = segen_syscall_nr(p.arch, p.name);
			if (p.nr < 0 || !view_abi(b, p.arch))
				continue;
			diff_one(d, &p);
		}
	}
	diff_abis(d, b, a, true);
	diff_abis(d, a, b, false);
	diff_default(d, a, b);
}

/*
 * Calls that do the job of one that is closed, and are let in.  Conditions leave the
 * harmless part of a call open: what they close is done by calls of its danger, not by
 * fork where clone may make no namespace.
 */
static void find_open(struct diff_call *c, const struct view *b)
{
	size_t n;
	const struct job_fact *f = job_facts(&n);
	bool partly = view_reply_name(b, c->name).lets == LETS_SOME;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(f[i].name, c->name) != 0 || f[i].part)
			continue;
		for (size_t k = 0; k < n; k++)
			if (k != i && !f[k].part && !strcmp(f[k].job, f[i].job) &&
			    !(partly && call_risk(f[k].name) < c->risk) &&
			    view_reply_name(b, f[k].name).lets == LETS_ALL)
				segen_strset_add(&c->open, f[k].name);
	}
}

static int by_weight(const void *pa, const void *pb)
{
	const struct diff_call *a = pa, *b = pb;
	int r;

	if (a->kind != b->kind)
		return (int)a->kind - (int)b->kind;
	if (a->risk != b->risk)
		return (int)b->risk - (int)a->risk;
	r = strcmp(a->reason ? a->reason : "", b->reason ? b->reason : "");
	return r ? r : strcmp(a->name, b->name);
}

void diff_finish(struct diff *d, const struct view *b)
{
	for (size_t i = 0; i < d->n; i++) {
		struct diff_call *c = &d->v[i];

		d->n_kind[c->kind]++;
		d->wider |= c->kind == DIFF_WIDER || c->kind == DIFF_CHANGED;
		d->narrower |= c->kind == DIFF_NARROWER || c->kind == DIFF_CHANGED;
		if (c->kind == DIFF_NARROWER && b)
			find_open(c, b);
	}
	if (d->n)
		qsort(d->v, d->n, sizeof(*d->v), by_weight);
}

int diff_profiles(const struct profile *a, const struct profile *b,
		  const struct target *t, struct diff *ret, struct segen_error *err)
{
	_cleanup_(view_done) struct view va = {}, vb = {};
	int r = view_init(&va, a, t, err);

	if (r == 0)
		r = view_init(&vb, b, t, err);
	if (r < 0)
		return r;
	*ret = (struct diff){.n_targets = 1};
	diff_views(ret, &va, &vb);
	diff_stub(ret, &va, &vb, t->arch);
	diff_finish(ret, &vb);
	ret->n_equal = diff_count_equal(ret, a, b);
	return 0;
}
