/* trace-sort.c: the canonical form of a trace. */
#include <segen/trace.h>

#include <segen/syscall.h>

#include <string.h>

#include "trace/trace-internal.h"
#include "shared/utf8.h"

/* --- text ------------------------------------------------------------------------- */

static void clean_set(struct segen_strset *s)
{
	struct segen_strset clean = {};

	for (size_t i = 0; i < s->n; i++) {
		utf8_clean(&s->v[i]);
		segen_strset_add(&clean, s->v[i]);
	}
	segen_strset_done(s);
	*s = clean;
}

static void clean_run(struct segen_run *r)
{
	char **texts[] = {&r->runtime,	     &r->engine,
			  &r->image,	     &r->image_id,
			  &r->image_digest,  &r->start,
			  &r->kernel,	     &r->machine,
			  &r->libseccomp,    &r->container.namespace,
			  &r->container.pod, &r->container.name};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		utf8_clean(texts[i]);
	for (char **a = r->argv; a && *a; a++)
		utf8_clean(a);
	clean_set(&r->caps);
	clean_set(&r->container.effective);
	clean_set(&r->notes);
}

static void clean_frames(struct segen_first *f)
{
	for (size_t i = 0; i < f->n_frames; i++) {
		utf8_clean(&f->frames[i].module);
		utf8_clean(&f->frames[i].build_id);
		utf8_clean(&f->frames[i].symbol);
	}
}

/* --- bounds ----------------------------------------------------------------------- */

#define STRING_OF(x) #x
#define STRING(x) STRING_OF(x)

/* The same words for each that something was left out of, so that unions agree. */
static const char more_programs[] =
	"more than " STRING(SEGEN_PROGRAMS_MAX) " programs: not all are named";
static const char more_nameless[] = "more than " STRING(
	SEGEN_NAMELESS_MAX) " numbers without a name: not all are listed";

/* --- runs ------------------------------------------------------------------------- */

struct numbered_run {
	struct segen_run *run;
	size_t old;
};

static int by_run_id(const void *a, const void *b)
{
	const struct numbered_run *x = a, *y = b;

	return strcmp(x->run->id, y->run->id);
}

/* Returns the new index of each old one. */
static size_t *sort_runs(struct segen_trace *t)
{
	_cleanup_free_ struct numbered_run *v = xcalloc(t->n_runs, sizeof(*v));
	size_t *new_of = xcalloc(t->n_runs, sizeof(*new_of));

	for (size_t i = 0; i < t->n_runs; i++)
		v[i] = (struct numbered_run){t->runs[i], i};
	qsort(v, t->n_runs, sizeof(*v), by_run_id);
	for (size_t i = 0; i < t->n_runs; i++) {
		t->runs[i] = v[i].run;
		new_of[v[i].old] = i;
	}
	return new_of;
}

static int by_run(const void *a, const void *b)
{
	const struct segen_observation *x = a, *y = b;

	return (x->run > y->run) - (x->run < y->run);
}

struct segen_observation *trace_call_append_seen(struct segen_call *c, size_t run)
{
	GROW(c->seen, c->n_seen, c->cap_seen);
	c->seen[c->n_seen] = (struct segen_observation){.run = run};
	return &c->seen[c->n_seen++];
}

void trace_call_sort_seen(struct segen_call *c)
{
	bool sorted = true;

	for (size_t i = 1; i < c->n_seen; i++)
		sorted &= c->seen[i - 1].run < c->seen[i].run;
	if (!sorted)
		qsort(c->seen, c->n_seen, sizeof(*c->seen), by_run);
}

struct segen_observation *trace_call_find_seen(const struct segen_call *c, size_t n,
					       size_t run)
{
	struct segen_observation want = {.run = run};

	return n ? bsearch(&want, c->seen, n, sizeof(*c->seen), by_run) : NULL;
}

static void renumber_runs(struct segen_call *c, const size_t *new_of)
{
	for (size_t i = 0; i < c->n_seen; i++)
		c->seen[i].run = new_of[c->seen[i].run];
	trace_call_sort_seen(c);
	c->first.run = new_of[c->first.run];
}

/* --- programs --------------------------------------------------------------------- */

static void mark_used(const struct segen_trace *t, bool *used)
{
	for (size_t i = 0; i < t->denials.n; i++)
		if (t->denials.v[i].at.program < t->n_programs)
			used[t->denials.v[i].at.program] = true;
	for (size_t i = 0; i < t->n_calls; i++) {
		const struct segen_call *c = t->calls[i];

		if (c->first.program < t->n_programs)
			used[c->first.program] = true;
		for (size_t j = 0; j < c->n_seen; j++)
			for (size_t k = 0; k < c->seen[j].n_programs; k++)
				if (c->seen[j].programs[k] < t->n_programs)
					used[c->seen[j].programs[k]] = true;
	}
}

/* Returns the new index of each old one; SIZE_MAX: it is gone. */
static size_t *sort_programs(struct segen_trace *t)
{
	_cleanup_free_ bool *used = xcalloc(t->n_programs, sizeof(*used));
	size_t *new_of = xcalloc(t->n_programs, sizeof(*new_of));
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	_cleanup_free_ char **old = NULL;
	size_t n;

	mark_used(t, used);
	old = trace_take_programs(t, &n);
	for (size_t i = 0; i < n; i++) {
		utf8_clean(&old[i]);
		if (used[i])
			segen_strset_add(&names, old[i]);
	}
	for (size_t i = 0; i < MIN(names.n, SEGEN_PROGRAMS_MAX); i++)
		segen_trace_program(t, names.v[i]);
	for (size_t i = 0; i < n; i++) {
		new_of[i] = SIZE_MAX;
		if (used[i] && segen_trace_has_program(t, old[i]))
			new_of[i] = segen_trace_program(t, old[i]);
		free(old[i]);
	}
	return new_of;
}

static int by_index(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool is_sorted(const size_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (v[i - 1] >= v[i])
			return false;
	return true;
}

void trace_seen_sort_programs(struct segen_observation *s)
{
	size_t out = 0;

	if (is_sorted(s->programs, s->n_programs))
		return;
	qsort(s->programs, s->n_programs, sizeof(*s->programs), by_index);
	for (size_t i = 0; i < s->n_programs; i++)
		if (!out || s->programs[out - 1] != s->programs[i])
			s->programs[out++] = s->programs[i];
	s->n_programs = out;
}

void trace_seen_append_program(struct segen_observation *s, size_t program)
{
	GROW(s->programs, s->n_programs, s->cap_programs);
	s->programs[s->n_programs++] = program;
}

/*
 * Different bytes may have become the same text: once is enough.  True: some were left
 * out.
 */
static bool renumber_seen_programs(struct segen_observation *s, const size_t *new_of,
				   size_t n)
{
	bool left_out = false;
	size_t out = 0;

	for (size_t i = 0; i < s->n_programs; i++) {
		if (s->programs[i] >= n)
			continue;
		if (new_of[s->programs[i]] != SIZE_MAX)
			s->programs[out++] = new_of[s->programs[i]];
		else
			left_out = true;
	}
	s->n_programs = out;
	trace_seen_sort_programs(s);
	return left_out;
}

static void note_left_out(struct segen_trace *t, size_t run, const char *what)
{
	segen_strset_add(&t->runs[run]->notes, what);
}

static void renumber_programs(struct segen_trace *t, struct segen_call *c,
			      const size_t *new_of, size_t n)
{
	for (size_t i = 0; i < c->n_seen; i++)
		if (renumber_seen_programs(&c->seen[i], new_of, n))
			note_left_out(t, c->seen[i].run, more_programs);
	c->first.program = c->first.program < n ? new_of[c->first.program] : SIZE_MAX;
}

/* --- calls ------------------------------------------------------------------------ */

struct named_call {
	struct segen_call *call;
	char *name; /* NULL: unknown */
};

static int by_name(const void *a, const void *b)
{
	const struct named_call *x = a, *y = b;
	int r = strcmp(x->call->arch->name, y->call->arch->name);

	if (r)
		return r;
	if (!x->name != !y->name)
		return x->name ? -1 : 1;
	r = x->name ? strcmp(x->name, y->name) : 0;
	return r ? r : (x->call->nr > y->call->nr) - (x->call->nr < y->call->nr);
}

static void sort_calls(struct segen_trace *t)
{
	_cleanup_free_ struct named_call *v = xcalloc(t->n_calls, sizeof(*v));

	for (size_t i = 0; i < t->n_calls; i++)
		v[i] = (struct named_call){
			t->calls[i],
			segen_syscall_name(t->calls[i]->arch, t->calls[i]->nr),
		};
	qsort(v, t->n_calls, sizeof(*v), by_name);
	for (size_t i = 0; i < t->n_calls; i++) {
		t->calls[i] = v[i].call;
		free(v[i].name);
	}
}

/* Where the nameless calls of an ABI are counted; they come in order. */
struct bound {
	struct segen_trace *t;
	const struct segen_arch *arch;
	size_t n;
};

static bool is_within(const struct segen_call *c, void *ctx)
{
	struct bound *b = ctx;
	_cleanup_free_ char *name = segen_syscall_name(c->arch, c->nr);

	if (b->arch != c->arch)
		*b = (struct bound){.t = b->t, .arch = c->arch};
	if (name || b->n++ < SEGEN_NAMELESS_MAX)
		return true;
	for (size_t i = 0; i < c->n_seen; i++)
		note_left_out(b->t, c->seen[i].run, more_nameless);
	return false;
}

/* --- denials ---------------------------------------------------------------------- */

static int by_kind_and_time(const void *a, const void *b)
{
	const struct segen_denial *x = a, *y = b;
	int r = strcmp(x->arch->name, y->arch->name);

	if (!r)
		r = (x->at.run > y->at.run) - (x->at.run < y->at.run);
	if (!r)
		r = (x->at.time_us > y->at.time_us) - (x->at.time_us < y->at.time_us);
	if (!r)
		r = (x->nr > y->nr) - (x->nr < y->nr);
	if (!r)
		r = (x->verdict.action > y->verdict.action) -
		    (x->verdict.action < y->verdict.action);
	if (!r)
		r = x->verdict.err - y->verdict.err;
	return r ? r : trace_compare_stacks(&x->at, &y->at);
}

static void sort_denials(struct segen_trace *t, const size_t *runs,
			 const size_t *programs, size_t n_programs)
{
	for (size_t i = 0; i < t->denials.n; i++) {
		struct segen_denial *d = &t->denials.v[i];

		d->at.run = runs[d->at.run];
		d->at.program =
			d->at.program < n_programs ? programs[d->at.program] : SIZE_MAX;
		clean_frames(&d->at);
		for (size_t k = 0; k < ARRAY_SIZE(d->text); k++)
			utf8_clean(&d->text[k]);
	}
	if (t->denials.n)
		qsort(t->denials.v, t->denials.n, sizeof(*t->denials.v),
		      by_kind_and_time);
}

void segen_trace_sort(struct segen_trace *t)
{
	_cleanup_free_ size_t *runs = sort_runs(t);
	size_t n_programs = t->n_programs;
	_cleanup_free_ size_t *programs = sort_programs(t);

	for (size_t i = 0; i < t->n_runs; i++)
		clean_run(t->runs[i]);
	for (size_t i = 0; i < t->n_calls; i++) {
		renumber_runs(t->calls[i], runs);
		renumber_programs(t, t->calls[i], programs, n_programs);
		clean_frames(&t->calls[i]->first);
	}
	sort_calls(t);
	trace_keep_calls(t, is_within, &(struct bound){.t = t});
	sort_denials(t, runs, programs, n_programs);
}
