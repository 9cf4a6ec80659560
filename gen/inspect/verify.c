/* verify.c: denials in words, and the profile widened by what may be let in. */
#include "inspect/verify.h"

#include "facts/arg-words.h"
#include "generate/edit.h"
#include "generate/generate.h"
#include "target/resolve.h"

#include <segen/syscall.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static void finding_done(struct verify_finding *f)
{
	free(f->name);
	free(f->call);
	free(f->answer);
	free(f->base);
	free(f->fix);
}

void verify_done(struct verify *v)
{
	for (size_t i = 0; i < v->n; i++)
		finding_done(&v->v[i]);
	free(v->v);
	segen_strset_done(&v->fixable);
	profile_done(&v->widened);
	*v = (struct verify){};
}

/* --- words ------------------------------------------------------------------------- */

/* In quotes; what could move a cursor or end the line is escaped. */
static void put_text(struct segen_buf *out, const char *s)
{
	segen_buf_puts(out, "\"");
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c == 0x7f)
			segen_buf_printf(out, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			segen_buf_printf(out, "\\%c", c);
		else
			segen_buf_printf(out, "%c", c);
	}
	segen_buf_puts(out, "\"");
}

static const struct segen_arg_fact *arg_fact(const char *call, unsigned index)
{
	size_t n;
	const struct segen_arg_fact *f = segen_arg_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].index == index && !strcmp(f[i].name, call))
			return &f[i];
	return NULL;
}

/* For a call that is not in the table, up to the last that is not 0. */
static unsigned count_args(const struct segen_denial *d, const char *name)
{
	int known = segen_syscall_nargs(name);
	unsigned n = 0;

	if (known >= 0)
		return (unsigned)known;
	for (unsigned i = 0; i < ARRAY_SIZE(d->at.args); i++)
		if (d->text[i] || d->at.args[i] || arg_fact(name, i))
			n = i + 1;
	return n;
}

static char *call_words(const struct segen_denial *d, const char *name)
{
	struct segen_buf b = {};
	unsigned n = count_args(d, name);

	segen_buf_printf(&b, "%s(", name);
	for (unsigned i = 0; i < n; i++) {
		const struct segen_arg_fact *f = arg_fact(name, i);

		segen_buf_puts(&b, i ? ", " : "");
		if (d->text[i])
			put_text(&b, d->text[i]);
		else if (f)
			arg_words_value(&b, name, i, d->at.args[i] & f->mask, d->at.args);
		else if (d->at.args[i] < 1024 || d->at.args[i] > UINT32_MAX - 1024ull)
			segen_buf_printf(&b, "%" PRId32, (int32_t)d->at.args[i]);
		else
			segen_buf_printf(&b, "0x%" PRIx64, d->at.args[i]);
	}
	segen_buf_puts(&b, ")");
	return b.s;
}

static char *answer_words(struct segen_verdict v)
{
	const char *name;

	switch (v.action) {
	case SEGEN_ACT_LOG: return xstrdup("logged");
	case SEGEN_ACT_TRAP: return xstrdup("SIGSYS");
	case SEGEN_ACT_KILL_THREAD: return xstrdup("thread killed");
	case SEGEN_ACT_KILL_PROCESS: return xstrdup("killed");
	case SEGEN_ACT_TRACE:
	case SEGEN_ACT_NOTIFY: return xstrdup("ENOSYS");
	default: break;
	}
	name = segen_errno_name(v.err);
	return name ? xstrdup(name) : xasprintf("errno %d", v.err);
}

/* "allowed with CAP_SYS_ADMIN, kernel 4.8" */
static char *base_words(const struct judged *j)
{
	struct segen_buf b = {};

	if (!j)
		return xstrdup("not known");
	switch (j->class) {
	case CLASS_ALLOWED: segen_buf_puts(&b, "allowed"); break;
	case CLASS_GATED:
		segen_buf_puts(&b, "allowed with ");
		for (size_t i = 0; i < j->gates.n; i++)
			segen_buf_printf(&b, "%s%s", i ? ", " : "", j->gates.v[i]);
		break;
	case CLASS_MASKED: segen_buf_puts(&b, "allowed for some arguments"); break;
	case CLASS_REFUSED: segen_buf_puts(&b, "refused"); break;
	case CLASS_UNKNOWN: segen_buf_puts(&b, "does not know the call"); break;
	}
	return b.s;
}

/* What lets it in where --fix does not; NULL: nothing is to be said. */
static char *fix_words(const struct judged *j)
{
	if (!j || !j->name)
		return NULL;
	if (j->class == CLASS_GATED && j->gates.n && !strncmp(j->gates.v[0], "CAP_", 4))
		return xasprintf(
			"--cap-add %s, here and for the container, or --allow %s",
			j->gates.v[0] + 4, j->name);
	return xasprintf("--allow %s, or --refused=allow for all of its kind", j->name);
}

/* --- judgement --------------------------------------------------------------------- */

static const struct judged *find_judged(const struct gen_report *r,
					const struct segen_denial *d)
{
	for (size_t i = 0; i < r->n_calls; i++)
		if (r->calls[i].call->arch == d->arch && r->calls[i].call->nr == d->nr)
			return &r->calls[i];
	return NULL;
}

/* A rule with a gate that is shut for the target would change nothing. */
static bool is_fixable(const struct judged *j, const struct gen_policy *policy)
{
	if (!j || !j->name || !j->in_profile)
		return false;
	return j->class != CLASS_GATED || j->gate_open ||
	       segen_strset_has(&policy->allow, j->name);
}

/*
 * Whether it is ENOSYS in the base as well, as clone3 is without CAP_SYS_ADMIN: so it was
 * answered while the profile was recorded, and libraries make another call then.
 */
static bool is_absent(const struct segen_denial *d, struct policy_rules *base)
{
	const struct segen_rules *rules =
		d->arch == segen_arch_native() ? &base->native : policy_rules_all(base);
	struct segen_verdict v = segen_rules_eval(rules, d->arch, d->nr, d->at.args);

	return d->verdict.action == SEGEN_ACT_ERRNO && d->verdict.err == ENOSYS &&
	       v.action == SEGEN_ACT_ERRNO && v.err == ENOSYS;
}

static void judge_one(struct verify *v, const struct segen_denial *d,
		      const struct gen_report *report, const struct gen_policy *policy)
{
	const struct judged *j = find_judged(report, d);
	struct verify_finding *f = &v->v[v->n++];

	*f = (struct verify_finding){
		.denial = d,
		.kind = d->verdict.action == SEGEN_ACT_LOG ? VERIFY_LOGGED
							   : VERIFY_DENIED,
		.name = segen_syscall_name(d->arch, d->nr),
		.answer = answer_words(d->verdict),
		.base = base_words(j),
	};
	if (!f->name)
		f->name = xasprintf("#%" PRId64, d->nr);
	f->call = call_words(d, f->name);
	if (f->kind == VERIFY_LOGGED)
		return;
	v->n_denied++;
	v->calls += d->count;
	f->fixable = is_fixable(j, policy);
	if (f->fixable)
		segen_strset_add(&v->fixable, j->name);
	else
		f->fix = fix_words(j);
}

/* What the user wants to let in is a finding, whatever the base says. */
static int judge_all(const struct segen_trace *trace, const struct profile *base,
		     const struct gen_policy *policy, const struct gen_report *report,
		     struct verify *ret, struct segen_error *err)
{
	_cleanup_(policy_rules_done) struct policy_rules rules = {};
	int r = policy_rules_init(&rules, base, &policy->target, err);

	if (r < 0)
		return r;
	ret->v = xcalloc(trace->denials.n + 1, sizeof(*ret->v));
	for (size_t i = 0; i < trace->denials.n; i++) {
		const struct segen_denial *d = &trace->denials.v[i];

		if (!is_absent(d, &rules) || is_fixable(find_judged(report, d), policy))
			judge_one(ret, d, report, policy);
	}
	return 0;
}

/*
 * What was denied as if it had been observed outside: generating leaves out what a
 * container's own filter refused, and here that is just what is asked for.
 */
static void observe_denied(const struct segen_trace *t, struct segen_trace *ret)
{
	size_t n, run = segen_trace_run(ret, "000000000000000000000000");
	const struct segen_arg_fact *f = segen_arg_facts(&n);

	for (size_t i = 0; i < t->denials.n; i++) {
		const struct segen_denial *d = &t->denials.v[i];
		_cleanup_free_ char *name = segen_syscall_name(d->arch, d->nr);
		struct segen_call *c = segen_trace_call(ret, d->arch, d->nr, NULL);

		segen_call_seen(c, run)->count += d->count;
		segen_call_seen(c, run)->phases |= SEGEN_PHASE_WORKLOAD;
		for (size_t k = 0; name && k < n; k++)
			if (!strcmp(f[k].name, name))
				segen_call_value(c, f[k].index,
						 d->at.args[f[k].index] & f[k].mask);
	}
}

/* The rules that a profile made of the denials alone would have. */
static int generate_more(const struct segen_trace *trace, const struct profile *base,
			 const struct gen_policy *policy, struct profile *ret,
			 struct gen_report *report, struct segen_error *err)
{
	struct gen_policy wanted = *policy; /* borrows what it holds */
	struct segen_error nothing_left = {};
	int r;

	wanted.floor.runtime = FLOOR_NONE;
	wanted.gates = GATES_OBSERVED;
	wanted.portable = wanted.drop_probes = false;
	r = generate(trace, base, &wanted, ret, report, &nothing_left);
	/* All of it is refused: then it can be judged, but not widened. */
	if (r == -ENODATA) {
		wanted.allow_refused = true;
		r = generate(trace, base, &wanted, ret, report, &nothing_left);
		for (size_t i = 0; r == 0 && i < report->n_calls; i++)
			report->calls[i].in_profile = false;
	}
	if (r < 0)
		*err = nothing_left;
	return r;
}

int verify_judge(const struct segen_trace *trace, const struct profile *p,
		 const struct profile *base, const struct gen_policy *policy,
		 struct verify *ret, struct segen_error *err)
{
	_cleanup_(profile_done) struct profile more = {};
	_cleanup_(gen_report_done) struct gen_report report = {};
	_cleanup_(segen_trace_done) struct segen_trace denied = {};
	int r = 0;

	*ret = (struct verify){};
	observe_denied(trace, &denied);
	if (denied.n_calls)
		r = generate_more(&denied, base, policy, &more, &report, err);
	if (r < 0)
		return r;
	r = judge_all(trace, base, policy, &report, ret, err);
	if (r < 0)
		return r;
	edit_widen(p, &more, &ret->fixable, &ret->widened);
	return 0;
}
