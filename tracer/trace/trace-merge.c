/* trace-merge.c: the union of traces. */
#include <segen/trace.h>

#include <string.h>

#include "trace/trace-internal.h"

/* --- runs ------------------------------------------------------------------------- */

static void take_greater(char **into, const char *from)
{
	if (!from || (*into && strcmp(*into, from) >= 0))
		return;
	free(*into);
	*into = xstrdup(from);
}

static int compare_argv(char *const *a, char *const *b)
{
	int r = 0;

	if (!a || !b)
		return (a != NULL) - (b != NULL);
	while (!r && *a && *b)
		r = strcmp(*a++, *b++);
	return r ? r : (*a != NULL) - (*b != NULL);
}

static void take_greater_argv(char ***into, char *const *from)
{
	size_t n = 0;

	if (compare_argv(*into, from) >= 0)
		return;
	for (char **a = *into; a && *a; a++)
		free(*a);
	free(*into);
	while (from[n])
		n++;
	*into = xcalloc(n + 1, sizeof(**into));
	for (size_t i = 0; i < n; i++)
		(*into)[i] = xstrdup(from[i]);
}

static void unite_sets(struct segen_strset *into, const struct segen_strset *from)
{
	for (size_t i = 0; i < from->n; i++)
		segen_strset_add(into, from->v[i]);
}

static void merge_container(struct segen_container *into,
			    const struct segen_container *from)
{
	into->known |= from->known;
	into->no_new_privs |= from->no_new_privs;
	unite_sets(&into->effective, &from->effective);
	take_greater(&into->profile, from->profile);
	take_greater(&into->namespace, from->namespace);
	take_greater(&into->pod, from->pod);
	take_greater(&into->name, from->name);
}

static void merge_run(struct segen_run *into, const struct segen_run *from)
{
	take_greater_argv(&into->argv, from->argv);
	into->mode = MAX(into->mode, from->mode);
	into->observe = MAX(into->observe, from->observe);
	take_greater(&into->runtime, from->runtime);
	take_greater(&into->engine, from->engine);
	take_greater(&into->image, from->image);
	take_greater(&into->image_id, from->image_id);
	take_greater(&into->image_digest, from->image_digest);
	take_greater(&into->start, from->start);
	take_greater(&into->kernel, from->kernel);
	take_greater(&into->machine, from->machine);
	take_greater(&into->libseccomp, from->libseccomp);
	into->known |= from->known;
	into->duration_ms = MAX(into->duration_ms, from->duration_ms);
	into->exit = MAX(into->exit, from->exit);
	into->processes = MAX(into->processes, from->processes);
	into->threads = MAX(into->threads, from->threads);
	unite_sets(&into->caps, &from->caps);
	merge_container(&into->container, &from->container);
	unite_sets(&into->notes, &from->notes);
}

/* --- calls ------------------------------------------------------------------------ */

/* Two traces, and what the second one's indices are in the first. */
struct union_of {
	struct segen_trace *into;
	const struct segen_trace *from;
	size_t *runs, *programs;
};

static void merge_outcome(struct segen_observation *s, const struct segen_outcome *o)
{
	for (size_t i = 0; i < s->n_outcomes; i++) {
		if (s->outcomes[i].err != o->err)
			continue;
		s->outcomes[i].count = MAX(s->outcomes[i].count, o->count);
		return;
	}
	segen_seen_outcome(s, o->err, o->count);
}

static void merge_seen(const struct union_of *u, struct segen_observation *into,
		       const struct segen_observation *from)
{
	into->count = MAX(into->count, from->count);
	into->refused = MAX(into->refused, from->refused);
	into->at_least |= from->at_least;
	into->phases |= from->phases;
	for (size_t i = 0; i < from->n_outcomes; i++)
		merge_outcome(into, &from->outcomes[i]);
	for (size_t i = 0; i < from->n_programs; i++)
		if (from->programs[i] < u->from->n_programs)
			trace_seen_append_program(into, u->programs[from->programs[i]]);
	trace_seen_sort_programs(into);
}

static void merge_all_seen(const struct union_of *u, struct segen_call *into,
			   const struct segen_call *from)
{
	size_t before = into->n_seen;

	for (size_t i = 0; i < from->n_seen; i++) {
		size_t run = u->runs[from->seen[i].run];
		struct segen_observation *s = trace_call_find_seen(into, before, run);

		merge_seen(u, s ? s : trace_call_append_seen(into, run), &from->seen[i]);
	}
	trace_call_sort_seen(into);
}

static void merge_values(struct segen_call *into, const struct segen_call *from)
{
	for (size_t i = 0; i < from->n_values; i++) {
		const struct segen_values *v = &from->values[i];

		if (v->many)
			segen_call_many_values(into, v->index);
		for (unsigned j = 0; j < v->n; j++)
			segen_call_value(into, v->index, v->v[j]);
	}
}

/* --- the first sight -------------------------------------------------------------- */

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int compare_frames(const struct segen_frame *a, const struct segen_frame *b)
{
	int r = compare_text(a->module, b->module);

	if (!r)
		r = compare_text(a->build_id, b->build_id);
	if (!r)
		r = compare_text(a->symbol, b->symbol);
	return r ? r : compare_u64(a->offset, b->offset);
}

int trace_compare_stacks(const struct segen_first *a, const struct segen_first *b)
{
	int r = -compare_u64(a->n_frames, b->n_frames);

	for (size_t i = 0; !r && i < a->n_frames; i++)
		r = compare_frames(&a->frames[i], &b->frames[i]);
	return r;
}

static const char *program_name(const struct segen_trace *t, const struct segen_first *f)
{
	return f->program < t->n_programs ? t->programs[f->program] : NULL;
}

/*
 * The last to decide, and one that is not known behind all others: it may be one of those
 * with great names that were left out.
 */
static int compare_programs(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a == NULL) - (b == NULL);
}

/*
 * A total order, so that the smallest of several is the same one in whichever order they
 * meet.  The ids of runs begin with the time.
 */
static int compare_first(const struct segen_trace *ta, const struct segen_first *a,
			 const struct segen_trace *tb, const struct segen_first *b)
{
	int r = strcmp(ta->runs[a->run]->id, tb->runs[b->run]->id);

	if (!r)
		r = compare_u64(a->time_us, b->time_us);
	if (!r)
		r = (a->pid > b->pid) - (a->pid < b->pid);
	if (!r)
		r = (a->tid > b->tid) - (a->tid < b->tid);
	for (size_t i = 0; !r && i < ARRAY_SIZE(a->args); i++)
		r = compare_u64(a->args[i], b->args[i]);
	if (!r)
		r = trace_compare_stacks(a, b);
	return r ? r : compare_programs(program_name(ta, a), program_name(tb, b));
}

static char *copy_text(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static void copy_first(const struct union_of *u, struct segen_first *into,
		       const struct segen_first *from)
{
	for (size_t i = 0; i < into->n_frames; i++)
		segen_frame_done(&into->frames[i]);
	free(into->frames);
	*into = *from;
	into->run = u->runs[from->run];
	into->program = from->program < u->from->n_programs ? u->programs[from->program]
							    : SIZE_MAX;
	into->frames =
		from->n_frames ? xcalloc(from->n_frames, sizeof(*into->frames)) : NULL;
	for (size_t i = 0; i < from->n_frames; i++)
		into->frames[i] = (struct segen_frame){
			.module = copy_text(from->frames[i].module),
			.build_id = copy_text(from->frames[i].build_id),
			.symbol = copy_text(from->frames[i].symbol),
			.offset = from->frames[i].offset,
		};
}

/* --- denials ---------------------------------------------------------------------- */

/* The same run in both has counted the same refusals: the greater count, the first sight.
 */
static void merge_denial(const struct union_of *u, const struct segen_denial *from)
{
	struct segen_denial copy = {
		.arch = from->arch,
		.nr = from->nr,
		.verdict = from->verdict,
		.count = from->count,
	};
	struct segen_denial *into;
	size_t i;

	copy_first(u, &copy.at, &from->at);
	for (i = 0; i < ARRAY_SIZE(copy.text); i++)
		copy.text[i] = copy_text(from->text[i]);
	i = trace_denials_find(&u->into->denials, &copy);
	if (i == u->into->denials.n) {
		trace_denials_append(&u->into->denials, &copy);
		return;
	}
	into = &u->into->denials.v[i];
	copy.count = MAX(copy.count, into->count);
	into->count = copy.count;
	if (compare_first(u->into, &copy.at, u->into, &into->at) < 0) {
		segen_denial_done(into);
		*into = copy;
		return;
	}
	segen_denial_done(&copy);
}

/* --- all of it -------------------------------------------------------------------- */

static void merge_call(const struct union_of *u, const struct segen_call *from)
{
	bool is_new;
	struct segen_call *into =
		segen_trace_call(u->into, from->arch, from->nr, &is_new);

	merge_all_seen(u, into, from);
	merge_values(into, from);
	if (is_new || compare_first(u->from, &from->first, u->into, &into->first) < 0)
		copy_first(u, &into->first, &from->first);
}

void segen_trace_merge(struct segen_trace *into, const struct segen_trace *from)
{
	_cleanup_free_ size_t *runs = xcalloc(from->n_runs, sizeof(*runs));
	_cleanup_free_ size_t *programs = xcalloc(from->n_programs, sizeof(*programs));
	struct union_of u = {into, from, runs, programs};

	for (size_t i = 0; i < from->n_runs; i++) {
		runs[i] = segen_trace_run(into, from->runs[i]->id);
		merge_run(into->runs[runs[i]], from->runs[i]);
	}
	for (size_t i = 0; i < from->n_programs; i++)
		programs[i] = segen_trace_program(into, from->programs[i]);
	for (size_t i = 0; i < from->n_calls; i++)
		merge_call(&u, from->calls[i]);
	for (size_t i = 0; i < from->denials.n; i++)
		merge_denial(&u, &from->denials.v[i]);
}
