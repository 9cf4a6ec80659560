/* diff-trace.c: two traces: calls, programs, outcomes, values. */
#include "inspect/diff.h"

#include "facts/arg-words.h"
#include "inspect/words.h"

#include <segen/syscall.h>

#include <string.h>

void trace_diff_done(struct trace_diff *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].name);
		segen_strset_done(&d->v[i].programs);
		segen_strset_done(&d->v[i].outcomes);
		segen_strset_done(&d->v[i].values);
	}
	free(d->v);
	segen_strset_done(&d->programs);
	*d = (struct trace_diff){};
}

static void add(struct segen_strset *set, char *s)
{
	segen_strset_add(set, s);
	free(s);
}

/* --- what a call was seen with ------------------------------------------------------ */

static void programs_of(const struct segen_trace *t, const struct segen_call *c,
			struct segen_strset *ret)
{
	for (size_t i = 0; i < c->n_seen; i++)
		for (size_t k = 0; k < c->seen[i].n_programs; k++)
			segen_strset_add(ret, t->programs[c->seen[i].programs[k]]);
}

static void outcomes_of(const struct segen_call *c, struct segen_strset *ret)
{
	for (size_t i = 0; i < c->n_seen; i++) {
		for (size_t k = 0; k < c->seen[i].n_outcomes; k++) {
			int err = c->seen[i].outcomes[k].err;
			const char *name = segen_errno_name(err);

			add(ret, !err	? xstrdup("success")
				 : name ? xstrdup(name)
					: xasprintf("errno %d", err));
		}
		if (c->seen[i].refused)
			segen_strset_add(ret, "refused by the filter");
	}
}

static void values_of(const struct segen_call *c, const char *name,
		      struct segen_strset *ret)
{
	for (size_t i = 0; i < c->n_values; i++) {
		const struct segen_values *v = &c->values[i];

		for (unsigned k = 0; k <= v->n; k++) {
			_cleanup_(segen_buf_done) struct segen_buf b = {};

			if (k == v->n && !v->many)
				break;
			words_arg(&b, name, v->index);
			segen_buf_puts(&b, " ");
			if (k == v->n)
				segen_buf_puts(&b, "of many values");
			else
				arg_words_value(&b, name, v->index, v->v[k], NULL);
			segen_strset_add(ret, b.s);
		}
	}
}

/* What one has and the other has not, with its sign. */
static void differ(struct segen_strset *ret, const struct segen_strset *a,
		   const struct segen_strset *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (!segen_strset_has(a, b->v[i]))
			add(ret, xasprintf("+%s", b->v[i]));
	for (size_t i = 0; i < a->n; i++)
		if (!segen_strset_has(b, a->v[i]))
			add(ret, xasprintf("-%s", a->v[i]));
}

/* --- one call ----------------------------------------------------------------------- */

static char *name_of(const struct segen_call *c)
{
	char *name = segen_syscall_name(c->arch, c->nr);

	return name ? name : xasprintf("#%lld", (long long)c->nr);
}

static struct trace_diff_call *new_entry(struct trace_diff *d, const struct segen_call *c,
					 enum trace_change change)
{
	GROW(d->v, d->n, d->cap);
	d->v[d->n] = (struct trace_diff_call){
		.name = name_of(c),
		.arch = c->arch,
		.change = change,
	};
	return &d->v[d->n++];
}

/* A call that one trace has: what it was seen with. */
static void add_alone(struct trace_diff *d, const struct segen_trace *t,
		      const struct segen_call *c, enum trace_change change)
{
	struct trace_diff_call *e = new_entry(d, c, change);

	programs_of(t, c, &e->programs);
	outcomes_of(c, &e->outcomes);
	values_of(c, e->name, &e->values);
	e->probe = segen_trace_is_probe(t, c);
}

static void add_both(struct trace_diff *d, const struct segen_trace *a,
		     const struct segen_call *ca, const struct segen_trace *b,
		     const struct segen_call *cb)
{
	struct trace_diff_call *e = new_entry(d, ca, TRACE_CHANGED);
	struct segen_strset s[6] = {};

	programs_of(a, ca, &s[0]);
	programs_of(b, cb, &s[1]);
	outcomes_of(ca, &s[2]);
	outcomes_of(cb, &s[3]);
	values_of(ca, e->name, &s[4]);
	values_of(cb, e->name, &s[5]);
	differ(&e->programs, &s[0], &s[1]);
	differ(&e->outcomes, &s[2], &s[3]);
	differ(&e->values, &s[4], &s[5]);
	for (size_t i = 0; i < ARRAY_SIZE(s); i++)
		segen_strset_done(&s[i]);
	if (e->programs.n || e->outcomes.n || e->values.n)
		return;
	free(e->name);
	d->n--;
	d->n_equal++;
}

static int by_change(const void *pa, const void *pb)
{
	const struct trace_diff_call *a = pa, *b = pb;
	int r;

	if (a->change != b->change)
		return (int)a->change - (int)b->change;
	r = strcmp(a->arch->name, b->arch->name);
	return r ? r : strcmp(a->name, b->name);
}

static void all_programs(const struct segen_trace *t, struct segen_strset *ret)
{
	for (size_t i = 0; i < t->n_programs; i++)
		segen_strset_add(ret, t->programs[i]);
}

void diff_traces(const struct segen_trace *a, const struct segen_trace *b,
		 struct trace_diff *ret)
{
	_cleanup_(segen_strset_done) struct segen_strset pa = {}, pb = {};

	*ret = (struct trace_diff){};
	for (size_t i = 0; i < a->n_calls; i++) {
		const struct segen_call *c = a->calls[i];
		const struct segen_call *other = segen_trace_find(b, c->arch, c->nr);

		if (other)
			add_both(ret, a, c, b, other);
		else
			add_alone(ret, a, c, TRACE_REMOVED);
	}
	for (size_t i = 0; i < b->n_calls; i++)
		if (!segen_trace_find(a, b->calls[i]->arch, b->calls[i]->nr))
			add_alone(ret, b, b->calls[i], TRACE_ADDED);
	all_programs(a, &pa);
	all_programs(b, &pb);
	differ(&ret->programs, &pa, &pb);
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_change);
	for (size_t i = 0; i < ret->n; i++)
		ret->n_change[ret->v[i].change]++;
}
