/* seen-args.c: the argument values that a trace holds of a call. */
#include "answer/seen-args.h"

#include <segen/syscall.h>

#include <string.h>

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
