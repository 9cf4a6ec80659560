/* answer.c: what some rules for one call answer, narrowed to the arguments seen. */
#include "answer.h"

#include <errno.h>
#include <string.h>

/* More blocks or combinations than this for one rule: it is left out. */
#define CONJ_MAX 256

struct conj_list {
	struct conj *v;
	size_t n, cap;
};

static void conj_list_done(struct conj_list *l)
{
	free(l->v);
}

static void conj_add(struct conj_list *l, const struct conj *c)
{
	GROW(l->v, l->n, l->cap);
	l->v[l->n++] = *c;
}

/* --- answers --------------------------------------------------------------------------
 */

void answer_done(struct answer *a)
{
	free(a->conj);
	*a = (struct answer){};
}

bool answer_equal(const struct answer *a, const struct answer *b)
{
	if (a->kind != b->kind || a->n != b->n)
		return false;
	if (a->kind == ANSWER_ALWAYS &&
	    (a->verdict.action != b->verdict.action || a->verdict.err != b->verdict.err))
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (conj_cmp(&a->conj[i], &b->conj[i]))
			return false;
	return true;
}

bool answer_lets(const struct answer *a)
{
	return a->kind == ANSWER_WHEN ||
	       (a->kind == ANSWER_ALWAYS && segen_verdict_lets(a->verdict));
}

static struct segen_verdict rule_verdict(const struct profile_rule *r)
{
	bool has_errno = r->action == SEGEN_ACT_ERRNO || r->action == SEGEN_ACT_TRACE;

	return (struct segen_verdict){
		.action = r->action,
		.err = has_errno ? profile_rule_errno(r) : 0,
	};
}

static struct segen_verdict default_verdict(const struct profile *p)
{
	bool has_errno = p->def == SEGEN_ACT_ERRNO || p->def == SEGEN_ACT_TRACE;

	return (struct segen_verdict){
		.action = p->def,
		.err = has_errno ? profile_default_errno(p) : 0,
	};
}

/* The rules with conditions, as libseccomp is given them by runc and crun. */
struct split {
	struct conj_list let, deny;
	bool always; /* there is a rule without conditions: @verdict */
	struct segen_verdict def, verdict;
};

static void split_done(struct split *s)
{
	conj_list_done(&s->let);
	conj_list_done(&s->deny);
}

static bool repeats_index(const struct profile_rule *r)
{
	unsigned used = 0;

	for (size_t i = 0; i < r->n_conds; i++) {
		if (used & 1u << r->conds[i].index)
			return true;
		used |= 1u << r->conds[i].index;
	}
	return false;
}

static void split_rule(struct split *s, const struct profile_rule *r)
{
	struct conj_list *to = segen_verdict_lets(rule_verdict(r)) ? &s->let : &s->deny;
	struct conj c = {.action = r->action};

	/* An index twice: runc and crun make one rule of each condition. */
	if (repeats_index(r)) {
		c.n = 1;
		for (size_t i = 0; i < r->n_conds; i++) {
			c.c[0] = r->conds[i];
			conj_add(to, &c);
		}
		return;
	}
	c.n = r->n_conds;
	memcpy(c.c, r->conds, r->n_conds * sizeof(*r->conds));
	conj_add(to, &c);
}

/* Rules that say what the default says are no rules to the runtimes. */
static void split_rules(struct split *s, const struct profile *p,
			const struct profile_rule *const *rules, size_t n)
{
	*s = (struct split){.def = default_verdict(p)};
	for (size_t i = 0; i < n; i++) {
		struct segen_verdict v = rule_verdict(rules[i]);

		if (v.action == s->def.action && v.err == s->def.err)
			continue;
		if (rules[i]->n_conds) {
			split_rule(s, rules[i]);
		} else if (!s->always) {
			s->always = true;
			s->verdict = v;
		}
	}
}

/* --- narrowing ------------------------------------------------------------------------
 */

static uint64_t block_max(const struct seen_args *seen, unsigned index)
{
	uint64_t m = seen->mask[index];

	return (m & (m + 1)) ? UINT64_MAX : m;
}

/* All combinations of @c with each of @l. */
static int multiply(struct conj_list *list, const struct cond_list *l)
{
	struct conj_list out = {};

	if (list->n * l->n > CONJ_MAX)
		return -E2BIG;
	for (size_t i = 0; i < list->n; i++) {
		for (size_t k = 0; k < l->n; k++) {
			struct conj c = list->v[i];

			c.c[c.n++] = l->v[k];
			c.guessed |= l->guessed;
			conj_add(&out, &c);
		}
	}
	conj_list_done(list);
	*list = out;
	return 0;
}

static bool denied(const struct split *s, const struct conj *c)
{
	for (size_t i = 0; i < s->deny.n; i++)
		if (conj_overlap(c, &s->deny.v[i]))
			return true;
	return false;
}

/* The values seen for which @c holds, each as an EQ. */
static void exact_list(struct cond_list *l, const struct segen_cond *c,
		       const struct segen_values *v)
{
	for (unsigned i = 0; i < v->n; i++) {
		struct segen_cond eq = {.index = c->index, .op = SEGEN_CMP_EQ};

		eq.value = v->v[i];
		if (cond_holds(c, eq.value))
			cond_list_seen(l, &eq, v);
	}
}

static bool narrows(const struct seen_args *seen, unsigned index)
{
	return !seen->any && seen->known[index];
}

/* @c as blocks and values, in pieces, into @to; those that a denying rule meets not. */
static void expand(struct conj_list *to, const struct split *s, const struct conj *c,
		   const struct seen_args *seen, bool exact)
{
	_cleanup_(conj_list_done) struct conj_list list = {};
	struct conj start = {.action = c->action};

	conj_add(&list, &start);
	for (unsigned i = 0; i < c->n; i++) {
		_cleanup_(cond_list_done) struct cond_list l = {};
		unsigned index = c->c[i].index;

		if (exact && narrows(seen, index))
			exact_list(&l, &c->c[i], &seen->v[index]);
		else if (narrows(seen, index))
			cond_list_seen(&l, &c->c[i], &seen->v[index]);
		else
			cond_list_blocks(&l, &c->c[i], block_max(seen, index));
		if (multiply(&list, &l) < 0)
			return;
	}
	for (size_t i = 0; i < list.n; i++) {
		if (!denied(s, &list.v[i]))
			conj_add(to, &list.v[i]);
		else if (!exact)
			expand(to, s, c, seen, true);
	}
}

static void sort_unique(struct conj_list *l)
{
	size_t n = 0;

	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), conj_cmp);
	for (size_t i = 0; i < l->n; i++)
		if (!n || conj_cmp(&l->v[n - 1], &l->v[i]))
			l->v[n++] = l->v[i];
	l->n = n;
}

static bool accepts(const struct conj *c, unsigned index, uint64_t value)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->c[i].index == index)
			return cond_holds(&c->c[i], value);
	return true;
}

/* Whether each value seen of argument @index is let in by some of @l. */
static bool covered(const struct conj_list *l, const struct seen_args *seen,
		    unsigned index, bool alone)
{
	for (unsigned i = 0; i < seen->v[index].n; i++) {
		bool hit = false;

		for (size_t k = 0; k < l->n && !hit; k++) {
			if (alone && (l->v[k].guessed || l->v[k].n != 1 ||
				      l->v[k].c[0].index != index))
				continue;
			hit = accepts(&l->v[k], index, seen->v[index].v[i]);
		}
		if (!hit)
			return false;
	}
	return true;
}

/* Pieces that were guessed are not needed where the known values are covered. */
static void drop_guesses(struct conj_list *l, const struct seen_args *seen)
{
	size_t n = 0;
	bool drop = false;

	for (unsigned i = 0; i < 6; i++)
		if (narrows(seen, i) && covered(l, seen, i, true))
			drop = true;
	if (!drop)
		return;
	for (size_t i = 0; i < l->n; i++)
		if (!l->v[i].guessed)
			l->v[n++] = l->v[i];
	l->n = n;
}

static void finish(struct answer *a, struct conj_list *out,
		   const struct conj_list *wanted, const struct seen_args *seen)
{
	unsigned used = 0;

	drop_guesses(out, seen);
	sort_unique(out);
	a->sure = true;
	for (size_t i = 0; i < wanted->n; i++)
		for (unsigned k = 0; k < wanted->v[i].n; k++)
			used |= 1u << wanted->v[i].c[k].index;
	for (unsigned i = 0; i < 6; i++) {
		if (!(used & 1u << i))
			continue;
		if (!seen->known[i])
			a->sure = a->sure && seen->none;
		else if (!covered(out, seen, i, false))
			a->missed = true;
	}
	a->kind = out->n ? ANSWER_WHEN : ANSWER_DEFAULT;
	if (!out->n)
		a->missed = true;
	a->n = out->n;
	a->cap = out->cap;
	a->conj = TAKE_PTR(out->v);
	out->n = out->cap = 0;
}

static enum segen_cmp opposite(enum segen_cmp op)
{
	switch (op) {
	case SEGEN_CMP_NE: return SEGEN_CMP_EQ;
	case SEGEN_CMP_LT: return SEGEN_CMP_GE;
	case SEGEN_CMP_LE: return SEGEN_CMP_GT;
	case SEGEN_CMP_EQ: return SEGEN_CMP_NE;
	case SEGEN_CMP_GE: return SEGEN_CMP_LT;
	case SEGEN_CMP_GT: return SEGEN_CMP_LE;
	case SEGEN_CMP_MASKED_EQ: break;
	}
	return SEGEN_CMP_MASKED_EQ; /* has none */
}

/*
 * A default that lets, and rules that deny: what the denying rules leave, as rules that
 * let.  Possible where the values are known, or for a single comparison.
 */
static void leave(struct conj_list *let, const struct split *s,
		  const struct seen_args *seen)
{
	struct conj c = {.action = s->def.action, .n = 1};
	const struct conj *d = &s->deny.v[0];

	c.c[0] = d->c[0];
	c.c[0].op = SEGEN_CMP_GE; /* 0: any value */
	c.c[0].value = 0;
	if (!narrows(seen, d->c[0].index)) {
		if (s->deny.n > 1 || d->n > 1 || d->c[0].op == SEGEN_CMP_MASKED_EQ)
			return;
		c.c[0].op = opposite(d->c[0].op);
		c.c[0].value = d->c[0].value;
	}
	conj_add(let, &c);
}

void answer_of_rules(const struct profile *p, const struct profile_rule *const *rules,
		     size_t n, const struct seen_args *seen, struct answer *ret)
{
	_cleanup_(split_done) struct split s;
	_cleanup_(conj_list_done) struct conj_list out = {}, let = {};
	const struct conj_list *from = &let;

	split_rules(&s, p, rules, n);
	*ret = (struct answer){};
	if (s.always) {
		ret->kind = ANSWER_ALWAYS;
		ret->verdict = s.verdict;
		return;
	}
	if (!segen_verdict_lets(s.def)) {
		from = &s.let;
	} else if (!s.deny.n) {
		ret->kind = ANSWER_ALWAYS;
		ret->verdict = s.def;
		return;
	} else {
		leave(&let, &s, seen);
	}
	if (!from->n)
		return; /* the default */
	for (size_t i = 0; i < from->n; i++)
		expand(&out, &s, &from->v[i], seen, false);
	finish(ret, &out, from, seen);
}

bool answer_narrow(struct answer *a, const struct seen_args *seen)
{
	_cleanup_(conj_list_done) struct conj_list out = {};
	struct conj start = {.action = a->verdict.action};
	bool any = false;

	conj_add(&out, &start);
	for (unsigned i = 0; i < 6; i++) {
		_cleanup_(cond_list_done) struct cond_list l = {};

		if (!narrows(seen, i))
			continue;
		for (unsigned k = 0; k < seen->v[i].n; k++) {
			struct segen_cond c = {
				.index = i,
				.op = SEGEN_CMP_MASKED_EQ,
				.value = seen->mask[i],
				.value_two = seen->v[i].v[k] & seen->mask[i],
			};

			cond_list_seen(
				&l, &c,
				&(struct segen_values){.n = 1, .v = {seen->v[i].v[k]}});
		}
		if (multiply(&out, &l) < 0)
			return false;
		any = true;
	}
	if (!any)
		return false;
	sort_unique(&out);
	a->kind = ANSWER_WHEN;
	a->sure = true;
	a->n = out.n;
	a->cap = out.cap;
	a->conj = TAKE_PTR(out.v);
	return true;
}
