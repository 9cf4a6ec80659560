/* answer.c: what some rules for one call answer, narrowed to the arguments seen. */
#include "answer/answer.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

/* A rule that would become more blocks stays as it is: filters have a size limit. */
#define MATCHES_MAX 256

/* --- the values seen --------------------------------------------------------------- */

static void add_value(struct segen_values *to, uint64_t v)
{
	unsigned i = 0;

	while (i < to->n && to->v[i] < v)
		i++;
	if (to->many || (i < to->n && to->v[i] == v))
		return;
	if (to->n == SEGEN_VALUES_MAX) {
		to->many = true;
		return;
	}
	memmove(&to->v[i + 1], &to->v[i], (to->n - i) * sizeof(*to->v));
	to->v[i] = v;
	to->n++;
}

static void unite_values(struct seen_args *s, unsigned index,
			 const struct segen_call *const *calls, size_t n)
{
	struct segen_values *to = &s->v[index];

	to->index = index;
	for (size_t i = 0; i < n; i++) {
		const struct segen_values *v = segen_call_values(calls[i], index);

		if (!v || v->many || !v->n)
			return;
		for (unsigned k = 0; k < v->n; k++)
			add_value(to, v->v[k]);
	}
	s->known[index] = n && !to->many;
}

void seen_args_init(struct seen_args *s, const char *name,
		    const struct segen_call *const *calls, size_t n, bool unseen_use)
{
	size_t n_facts;
	const struct segen_arg_fact *facts = segen_arg_facts(&n_facts);

	memset(s, 0, sizeof(*s));
	s->nothing_seen = n == 0;
	s->unseen_use = unseen_use || s->nothing_seen;
	for (unsigned i = 0; i < 6; i++) {
		s->mask[i] = UINT64_MAX;
		unite_values(s, i, calls, n);
	}
	for (size_t i = 0; i < n_facts; i++)
		if (!strcmp(facts[i].name, name))
			s->mask[facts[i].index] = facts[i].mask;
}

/* --- answers ---------------------------------------------------------------------- */

void answer_done(struct answer *a)
{
	free(a->matches);
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
		if (arg_match_cmp(&a->matches[i], &b->matches[i]))
			return false;
	return true;
}

bool answer_allows(const struct answer *a)
{
	return a->kind == ANSWER_WHEN ||
	       (a->kind == ANSWER_ALWAYS && segen_verdict_lets(a->verdict));
}

/* --- narrowing -------------------------------------------------------------------- */

/* Each alternative of @list combined with each condition of @l. */
static int multiply(struct arg_matches *list, const struct cond_set *l)
{
	struct arg_matches out = {};

	if (list->n * l->n > MATCHES_MAX)
		return -E2BIG;
	for (size_t i = 0; i < list->n; i++) {
		for (size_t k = 0; k < l->n; k++) {
			struct arg_match c = list->v[i];

			c.c[c.n++] = l->v[k];
			c.not_from_values |= l->not_from_values;
			arg_matches_add(&out, &c);
		}
	}
	arg_matches_done(list);
	*list = out;
	return 0;
}

static bool denied(const struct rule_split *s, const struct arg_match *c)
{
	for (size_t i = 0; i < s->deny.n; i++)
		if (arg_match_overlap(c, &s->deny.v[i]))
			return true;
	return false;
}

static void check_decided(struct seen_args *seen, const struct arg_matches *l)
{
	for (size_t i = 0; i < l->n; i++) {
		for (unsigned k = 0; k < l->v[i].n; k++) {
			const struct segen_cond *c = &l->v[i].c[k];
			uint64_t bits = UINT32_MAX;

			if (c->op == SEGEN_CMP_MASKED_EQ)
				bits &= c->value;
			if (bits & ~seen->mask[c->index])
				seen->known[c->index] = false;
		}
	}
}

/*
 * Bits that the kernel does not look at are not recorded.  Where a rule compares them,
 * the recorded values decide nothing.
 */
static struct seen_args decided_args(const struct seen_args *seen,
				     const struct rule_split *s)
{
	struct seen_args mine = *seen;

	check_decided(&mine, &s->allow);
	check_decided(&mine, &s->deny);
	return mine;
}

static bool narrows(const struct seen_args *seen, unsigned index)
{
	return !seen->unseen_use && seen->known[index];
}

static void keep_as_is(struct arg_matches *to, const struct rule_split *s,
		       const struct arg_match *c)
{
	struct arg_match same = *c;

	same.not_from_values = true;
	if (!denied(s, &same))
		arg_matches_add(to, &same);
}

/*
 * Add to @to what @c allows, as blocks and values, without those that overlap a denying
 * rule.  A block that overlaps one is taken apart into the values seen (@by_value).
 */
static void expand(struct arg_matches *to, const struct rule_split *s,
		   const struct arg_match *c, const struct seen_args *seen, bool by_value)
{
	_cleanup_(arg_matches_done) struct arg_matches list = {};
	struct arg_match start = {.action = c->action};

	arg_matches_add(&list, &start);
	for (unsigned i = 0; i < c->n; i++) {
		_cleanup_(cond_set_done) struct cond_set l = {};
		unsigned index = c->c[i].index;

		if (by_value && narrows(seen, index))
			cond_set_values(&l, &c->c[i], &seen->v[index]);
		else if (narrows(seen, index))
			cond_set_seen(&l, &c->c[i], &seen->v[index]);
		else if (seen->mask[index] == UINT32_MAX)
			cond_set_blocks(&l, &c->c[i]);
		else
			cond_set_same(&l, &c->c[i]);
		if (multiply(&list, &l) < 0) {
			keep_as_is(to, s, c);
			return;
		}
	}
	for (size_t i = 0; i < list.n; i++) {
		if (!denied(s, &list.v[i]))
			arg_matches_add(to, &list.v[i]);
		else if (!by_value)
			expand(to, s, c, seen, true);
	}
}

static bool accepts(const struct arg_match *c, unsigned index, uint64_t value)
{
	for (unsigned i = 0; i < c->n; i++)
		if (c->c[i].index == index)
			return cond_holds(&c->c[i], value);
	return true;
}

/* Whether each value seen of argument @index is allowed by some of @l. */
static bool covered(const struct arg_matches *l, const struct seen_args *seen,
		    unsigned index, bool alone)
{
	for (unsigned i = 0; i < seen->v[index].n; i++) {
		bool hit = false;

		for (size_t k = 0; k < l->n && !hit; k++) {
			if (alone && (l->v[k].not_from_values || l->v[k].n != 1 ||
				      l->v[k].c[0].index != index))
				continue;
			hit = accepts(&l->v[k], index, seen->v[index].v[i]);
		}
		if (!hit)
			return false;
	}
	return true;
}

/*
 * Where rules about a single argument cover every value seen of it, the wider ones beside
 * them are not needed.
 */
static bool prefer_values(struct arg_matches *l, const struct seen_args *seen)
{
	size_t n = 0;
	bool enough = false;

	for (unsigned i = 0; i < 6; i++)
		if (narrows(seen, i) && covered(l, seen, i, true))
			enough = true;
	for (size_t i = 0; enough && i < l->n; i++)
		if (!l->v[i].not_from_values)
			l->v[n++] = l->v[i];
	if (enough)
		l->n = n;
	return enough;
}

/* Fill in how exact the answer @out to the rules @wanted is. */
static void check_covered(struct answer *a, const struct arg_matches *out,
			  const struct arg_matches *wanted, const struct seen_args *seen)
{
	unsigned used = 0;

	for (size_t i = 0; i < wanted->n; i++)
		for (unsigned k = 0; k < wanted->v[i].n; k++)
			used |= 1u << wanted->v[i].c[k].index;
	for (unsigned i = 0; i < 6; i++) {
		if (!(used & 1u << i))
			continue;
		if (!seen->known[i])
			a->exact = a->exact && seen->nothing_seen;
		else if (!covered(out, seen, i, false))
			a->seen_refused = true;
	}
}

static void finish(struct answer *a, struct arg_matches *out,
		   const struct arg_matches *wanted, const struct seen_args *seen)
{
	a->exact = true;
	if (!prefer_values(out, seen))
		check_covered(a, out, wanted, seen);
	arg_matches_sort(out);
	a->kind = out->n ? ANSWER_WHEN : ANSWER_DEFAULT;
	if (!out->n)
		a->seen_refused = true;
	a->n = out->n;
	a->cap = out->cap;
	a->matches = TAKE_PTR(out->v);
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
 * A default that allows, and rules that deny: what the denying rules leave, as rules that
 * allow.  Possible where the values are known, or for a single comparison.
 */
static void add_remainder(struct arg_matches *allow, const struct rule_split *s,
			  const struct seen_args *seen)
{
	struct arg_match c = {.action = s->def.action, .n = 1};
	const struct arg_match *d = &s->deny.v[0];

	c.c[0] = d->c[0];
	c.c[0].op = SEGEN_CMP_GE; /* 0: any value */
	c.c[0].value = 0;
	if (!narrows(seen, d->c[0].index)) {
		if (s->deny.n > 1 || d->n > 1 || d->c[0].op == SEGEN_CMP_MASKED_EQ)
			return;
		c.c[0].op = opposite(d->c[0].op);
		c.c[0].value = d->c[0].value;
	}
	arg_matches_add(allow, &c);
}

void answer_of_rules(const struct profile *p, const struct rule_ref *rules, size_t n,
		     const struct seen_args *seen, struct answer *ret)
{
	_cleanup_(rule_split_done) struct rule_split s;
	_cleanup_(arg_matches_done) struct arg_matches out = {}, rest = {};
	const struct arg_matches *from = &rest;
	struct seen_args mine;

	rule_split_init(&s, p, rules, n);
	mine = decided_args(seen, &s);
	*ret = (struct answer){};
	if (s.always) {
		ret->kind = ANSWER_ALWAYS;
		ret->verdict = s.verdict;
		return;
	}
	if (!segen_verdict_lets(s.def)) {
		from = &s.allow;
	} else if (!s.deny.n) {
		ret->kind = ANSWER_ALWAYS;
		ret->verdict = s.def;
		return;
	} else {
		add_remainder(&rest, &s, &mine);
	}
	if (!from->n)
		return; /* the default */
	for (size_t i = 0; i < from->n; i++)
		expand(&out, &s, &from->v[i], &mine, false);
	finish(ret, &out, from, &mine);
}

bool answer_narrow(struct answer *a, const struct seen_args *seen)
{
	_cleanup_(arg_matches_done) struct arg_matches out = {};
	struct arg_match start = {.action = a->verdict.action};
	bool any = false;

	arg_matches_add(&out, &start);
	for (unsigned i = 0; i < 6; i++) {
		_cleanup_(cond_set_done) struct cond_set l = {};

		if (!narrows(seen, i))
			continue;
		for (unsigned k = 0; k < seen->v[i].n; k++) {
			struct segen_cond c = {
				.index = i,
				.op = SEGEN_CMP_MASKED_EQ,
				.value = seen->mask[i],
				.value_two = seen->v[i].v[k] & seen->mask[i],
			};

			cond_set_seen(
				&l, &c,
				&(struct segen_values){.n = 1, .v = {seen->v[i].v[k]}});
		}
		if (multiply(&out, &l) < 0)
			return false;
		any = true;
	}
	if (!any)
		return false;
	arg_matches_sort(&out);
	a->kind = ANSWER_WHEN;
	a->exact = true;
	a->n = out.n;
	a->cap = out.cap;
	a->matches = TAKE_PTR(out.v);
	return true;
}
