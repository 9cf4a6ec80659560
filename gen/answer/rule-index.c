/* rule-index.c: the rules of a profile by the calls they name. */
#include "answer/rule-index.h"

#include <string.h>

static int compare_refs(const void *va, const void *vb)
{
	const struct rule_ref *a = va, *b = vb;
	int r = strcmp(a->name, b->name);

	if (r)
		return r;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

void rule_index_init(struct rule_index *x, const struct profile *p)
{
	size_t n = 0;

	*x = (struct rule_index){.p = p};
	for (size_t i = 0; i < p->n_rules; i++)
		n += p->rules[i].n_names;
	x->v = xcalloc(n + 1, sizeof(*x->v));
	for (size_t i = 0; i < p->n_rules; i++)
		for (size_t k = 0; k < p->rules[i].n_names; k++)
			x->v[x->n++] = (struct rule_ref){
				.name = p->rules[i].names[k],
				.rule = &p->rules[i],
			};
	qsort(x->v, x->n, sizeof(*x->v), compare_refs);
}

void rule_index_done(struct rule_index *x)
{
	free(x->v);
	*x = (struct rule_index){};
}

const struct rule_ref *rule_index_find(const struct rule_index *x, const char *name,
				       size_t *ret_n)
{
	size_t lo = 0, hi = x->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(x->v[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < x->n && !strcmp(x->v[hi].name, name);)
		hi++;
	*ret_n = hi - lo;
	return x->v + lo;
}

/* --- the rules for one call --------------------------------------------------------- */

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

static void split_rule(struct rule_split *s, const struct profile_rule *r)
{
	struct arg_matches *to =
		segen_verdict_lets(rule_verdict(r)) ? &s->allow : &s->deny;
	struct arg_match c = {.action = r->action};

	/* An index twice: runc and crun make one rule of each condition. */
	if (repeats_index(r)) {
		c.n = 1;
		for (size_t i = 0; i < r->n_conds; i++) {
			c.c[0] = r->conds[i];
			arg_matches_add(to, &c);
		}
		return;
	}
	c.n = r->n_conds;
	memcpy(c.c, r->conds, r->n_conds * sizeof(*r->conds));
	arg_matches_add(to, &c);
}

void rule_split_init(struct rule_split *s, const struct profile *p,
		     const struct rule_ref *rules, size_t n)
{
	*s = (struct rule_split){.def = default_verdict(p)};
	for (size_t i = 0; i < n; i++) {
		struct segen_verdict v = rule_verdict(rules[i].rule);

		if (v.action == s->def.action && v.err == s->def.err)
			continue;
		if (rules[i].rule->n_conds) {
			split_rule(s, rules[i].rule);
		} else if (!s->always) {
			s->always = true;
			s->verdict = v;
		}
	}
}

void rule_split_done(struct rule_split *s)
{
	arg_matches_done(&s->allow);
	arg_matches_done(&s->deny);
}
