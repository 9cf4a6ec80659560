/* answer.c: what some rules for one call answer, narrowed to the arguments seen. */
#include "answer/answer.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

/* More blocks than this for one rule: it stays as it is, a filter has a size limit. */
#define CONJ_MAX 256

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
		    const struct segen_call *const *calls, size_t n, bool any)
{
	size_t n_facts;
	const struct segen_arg_fact *facts = segen_arg_facts(&n_facts);

	memset(s, 0, sizeof(*s));
	s->none = n == 0;
	s->any = any || s->none;
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

/* --- narrowing -------------------------------------------------------------------- */

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
			conj_list_add(&out, &c);
		}
	}
	conj_list_done(list);
	*list = out;
	return 0;
}

static bool denied(const struct rule_split *s, const struct conj *c)
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

static void check_decided(struct seen_args *seen, const struct conj_list *l)
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
 * What the kernel does not look at is not recorded.  Where a rule asks for it, the values
 * seen decide nothing.
 */
static struct seen_args decided_args(const struct seen_args *seen,
				     const struct rule_split *s)
{
	struct seen_args mine = *seen;

	check_decided(&mine, &s->let);
	check_decided(&mine, &s->deny);
	return mine;
}

static bool narrows(const struct seen_args *seen, unsigned index)
{
	return !seen->any && seen->known[index];
}

static void keep_as_is(struct conj_list *to, const struct rule_split *s,
		       const struct conj *c)
{
	struct conj same = *c;

	same.guessed = true;
	if (!denied(s, &same))
		conj_list_add(to, &same);
}

/* @c as blocks and values, in pieces, into @to; those that a denying rule meets not. */
static void expand(struct conj_list *to, const struct rule_split *s, const struct conj *c,
		   const struct seen_args *seen, bool exact)
{
	_cleanup_(conj_list_done) struct conj_list list = {};
	struct conj start = {.action = c->action};

	conj_list_add(&list, &start);
	for (unsigned i = 0; i < c->n; i++) {
		_cleanup_(cond_list_done) struct cond_list l = {};
		unsigned index = c->c[i].index;

		if (exact && narrows(seen, index))
			exact_list(&l, &c->c[i], &seen->v[index]);
		else if (narrows(seen, index))
			cond_list_seen(&l, &c->c[i], &seen->v[index]);
		else if (seen->mask[index] == UINT32_MAX)
			cond_list_blocks(&l, &c->c[i]);
		else
			cond_list_same(&l, &c->c[i]);
		if (multiply(&list, &l) < 0) {
			keep_as_is(to, s, c);
			return;
		}
	}
	for (size_t i = 0; i < list.n; i++) {
		if (!denied(s, &list.v[i]))
			conj_list_add(to, &list.v[i]);
		else if (!exact)
			expand(to, s, c, seen, true);
	}
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

/*
 * Where rules about a single argument cover all that was seen of it, what else there is
 * is not needed.
 */
static bool drop_guesses(struct conj_list *l, const struct seen_args *seen)
{
	size_t n = 0;
	bool enough = false;

	for (unsigned i = 0; i < 6; i++)
		if (narrows(seen, i) && covered(l, seen, i, true))
			enough = true;
	for (size_t i = 0; enough && i < l->n; i++)
		if (!l->v[i].guessed)
			l->v[n++] = l->v[i];
	if (enough)
		l->n = n;
	return enough;
}

/* Fill in how sure the answer @out to the rules @wanted is. */
static void check_covered(struct answer *a, const struct conj_list *out,
			  const struct conj_list *wanted, const struct seen_args *seen)
{
	unsigned used = 0;

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
}

static void finish(struct answer *a, struct conj_list *out,
		   const struct conj_list *wanted, const struct seen_args *seen)
{
	a->sure = true;
	if (!drop_guesses(out, seen))
		check_covered(a, out, wanted, seen);
	conj_list_sort(out);
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
static void leave(struct conj_list *let, const struct rule_split *s,
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
	conj_list_add(let, &c);
}

void answer_of_rules(const struct profile *p, const struct rule_ref *rules, size_t n,
		     const struct seen_args *seen, struct answer *ret)
{
	_cleanup_(rule_split_done) struct rule_split s;
	_cleanup_(conj_list_done) struct conj_list out = {}, let = {};
	const struct conj_list *from = &let;
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
		from = &s.let;
	} else if (!s.deny.n) {
		ret->kind = ANSWER_ALWAYS;
		ret->verdict = s.def;
		return;
	} else {
		leave(&let, &s, &mine);
	}
	if (!from->n)
		return; /* the default */
	for (size_t i = 0; i < from->n; i++)
		expand(&out, &s, &from->v[i], &mine, false);
	finish(ret, &out, from, &mine);
}

bool answer_narrow(struct answer *a, const struct seen_args *seen)
{
	_cleanup_(conj_list_done) struct conj_list out = {};
	struct conj start = {.action = a->verdict.action};
	bool any = false;

	conj_list_add(&out, &start);
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
	conj_list_sort(&out);
	a->kind = ANSWER_WHEN;
	a->sure = true;
	a->n = out.n;
	a->cap = out.cap;
	a->conj = TAKE_PTR(out.v);
	return true;
}
