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
