/* tracefile-write.c: the trace as a document that is the same for the same trace. */
#include <segen/tracefile.h>

#include <segen/json-write.h>
#include <segen/outfile.h>
#include <segen/syscall.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "trace/frame-text.h"
#include "trace/tracefile-container.h"
#include "trace/tracefile-keys.h"

/* --- runs ------------------------------------------------------------------------- */

static void put_text(struct segen_json_out *w, const char *key, const char *value)
{
	if (value)
		segen_json_put_string(w, key, value);
}

static void put_set(struct segen_json_out *w, const char *key,
		    const struct segen_strset *s)
{
	if (s->n)
		segen_json_put_strings(w, key, s->v, s->n);
}

/* A list that is read as one fact. */
static void put_list(struct segen_json_out *w, const char *key, char *const *v, size_t n)
{
	segen_json_put_line(w, key, '[');
	for (size_t i = 0; i < n; i++)
		segen_json_put_string(w, NULL, v[i]);
	segen_json_put_close(w, ']');
}

static void put_run(struct segen_json_out *w, const struct segen_run *r)
{
	size_t n = 0;

	while (r->argv && r->argv[n])
		n++;
	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "id", r->id);
	put_list(w, "command", r->argv, n);
	put_text(w, "mode", tracefile_modes[r->mode]);
	put_text(w, "observe", tracefile_observes[r->observe]);
	put_text(w, "runtime", r->runtime);
	put_text(w, "engine", r->engine);
	put_text(w, "image", r->image);
	put_text(w, "image-id", r->image_id);
	put_text(w, "image-digest", r->image_digest);
	if (r->known)
		segen_json_put_bool(w, "known", true);
	put_text(w, "start", r->start);
	segen_json_put_u64(w, "duration-ms", r->duration_ms);
	if (r->exit >= 0)
		segen_json_put_u64(w, "exit", (unsigned)r->exit);
	segen_json_put_u64(w, "processes", r->processes);
	segen_json_put_u64(w, "threads", r->threads);
	segen_json_put_line(w, "host", '{');
	put_text(w, "kernel", r->kernel);
	put_text(w, "machine", r->machine);
	put_text(w, "libseccomp", r->libseccomp);
	segen_json_put_close(w, '}');
	if (r->container.known || r->caps.n)
		put_list(w, "caps", r->caps.v, r->caps.n);
	tracefile_put_container(w, &r->container);
	put_set(w, "notes", &r->notes);
	segen_json_put_close(w, '}');
}

static void put_runs(struct segen_json_out *w, const struct segen_trace *t)
{
	segen_json_put_open(w, "runs", '[');
	for (size_t i = 0; i < t->n_runs; i++)
		put_run(w, t->runs[i]);
	segen_json_put_close(w, ']');
}

static void put_modules(struct segen_json_out *w, const struct frame_modules *m)
{
	segen_json_put_open(w, "modules", '{');
	for (size_t i = 0; i < m->n; i++) {
		segen_json_put_line(w, m->v[i].key, '{');
		segen_json_put_string(w, "path", m->v[i].path);
		put_text(w, "build-id", m->v[i].build_id);
		segen_json_put_close(w, '}');
	}
	segen_json_put_close(w, '}');
}

/* --- calls ------------------------------------------------------------------------ */

/* "ok", the name of an errno, or "#N" where it has none. */
static char *outcome_key(int err)
{
	const char *name = err ? segen_errno_name(err) : TRACEFILE_OK;

	return name ? xstrdup(name) : xasprintf("%c%d", TRACEFILE_NUMBER, err);
}

static void put_outcomes(struct segen_json_out *w, const struct segen_observation *s)
{
	if (!s->n_outcomes)
		return;
	segen_json_put_line(w, "outcomes", '{');
	for (size_t i = 0; i < s->n_outcomes; i++) {
		const struct segen_outcome *o = &s->outcomes[i];
		_cleanup_free_ char *key = outcome_key(o->err);

		segen_json_put_u64(w, key, o->count);
	}
	segen_json_put_close(w, '}');
}

static void put_phases(struct segen_json_out *w, unsigned phases)
{
	if (phases == SEGEN_PHASE_WORKLOAD)
		return;
	segen_json_put_line(w, "phases", '[');
	for (size_t i = 0; i < ARRAY_SIZE(tracefile_phases); i++)
		if (phases & tracefile_phases[i].bit)
			segen_json_put_string(w, NULL, tracefile_phases[i].name);
	segen_json_put_close(w, ']');
}

static void put_seen(struct segen_json_out *w, const struct segen_trace *t,
		     const struct segen_observation *s)
{
	segen_json_put_open(w, t->runs[s->run]->id, '{');
	segen_json_put_u64(w, "count", s->count);
	if (s->at_least)
		segen_json_put_bool(w, "at-least", true);
	if (s->refused)
		segen_json_put_u64(w, "refused", s->refused);
	put_outcomes(w, s);
	put_phases(w, s->phases);
	if (s->n_programs) {
		segen_json_put_open(w, "programs", '[');
		for (size_t i = 0; i < s->n_programs; i++)
			segen_json_put_string(w, NULL, t->programs[s->programs[i]]);
		segen_json_put_close(w, ']');
	}
	segen_json_put_close(w, '}');
}

static void put_values(struct segen_json_out *w, const struct segen_call *c)
{
	if (!c->n_values)
		return;
	segen_json_put_open(w, "values", '{');
	for (size_t i = 0; i < c->n_values; i++) {
		const struct segen_values *v = &c->values[i];
		const char index[] = {(char)('0' + v->index), '\0'};

		if (v->many) {
			segen_json_put_string(w, index, TRACEFILE_MANY);
			continue;
		}
		segen_json_put_line(w, index, '[');
		for (unsigned k = 0; k < v->n; k++)
			segen_json_put_hex(w, NULL, v->v[k]);
		segen_json_put_close(w, ']');
	}
	segen_json_put_close(w, '}');
}

static void put_stack(struct segen_json_out *w, const struct frame_modules *m,
		      const struct segen_first *f)
{
	if (!f->n_frames)
		return;
	segen_json_put_open(w, "stack", '[');
	for (size_t i = 0; i < f->n_frames; i++) {
		_cleanup_(segen_buf_done) struct segen_buf text = {};

		frame_text_add(&text, m, &f->frames[i]);
		segen_json_put_string(w, NULL, text.s);
	}
	segen_json_put_close(w, ']');
}

static void put_first(struct segen_json_out *w, const char *key,
		      const struct segen_trace *t, const struct frame_modules *m,
		      const struct segen_first *f)
{
	segen_json_put_open(w, key, '{');
	segen_json_put_string(w, "run", t->runs[f->run]->id);
	segen_json_put_u64(w, "us", f->time_us);
	if (f->program < t->n_programs)
		segen_json_put_string(w, "program", t->programs[f->program]);
	segen_json_put_u64(w, "pid", (unsigned)f->pid);
	segen_json_put_u64(w, "tid", (unsigned)f->tid);
	segen_json_put_line(w, "args", '[');
	for (size_t i = 0; i < ARRAY_SIZE(f->args); i++)
		segen_json_put_hex(w, NULL, f->args[i]);
	segen_json_put_close(w, ']');
	put_stack(w, m, f);
	segen_json_put_close(w, '}');
}

/* NAME, #NUMBER, or both for a name that others may not know. */
static char *call_key(const struct segen_arch *arch, int64_t nr)
{
	_cleanup_free_ char *name = segen_syscall_name(arch, nr);

	if (name && !segen_syscall_is_new(arch, name))
		return TAKE_PTR(name);
	return xasprintf("%s%c%" PRId64, name ? name : "", TRACEFILE_NUMBER, nr);
}

static void put_call(struct segen_json_out *w, const struct segen_trace *t,
		     const struct frame_modules *m, const struct segen_call *c)
{
	_cleanup_free_ char *key = call_key(c->arch, c->nr);

	segen_json_put_open(w, key, '{');
	segen_json_put_open(w, "seen", '{');
	for (size_t i = 0; i < c->n_seen; i++)
		put_seen(w, t, &c->seen[i]);
	segen_json_put_close(w, '}');
	put_values(w, c);
	put_first(w, "first", t, m, &c->first);
	segen_json_put_close(w, '}');
}

/* The calls are sorted by ABI, then by name. */
static void put_calls(struct segen_json_out *w, const struct segen_trace *t,
		      const struct frame_modules *m)
{
	const struct segen_arch *arch = NULL;

	segen_json_put_open(w, "calls", '{');
	for (size_t i = 0; i < t->n_calls; i++) {
		if (t->calls[i]->arch != arch) {
			if (arch)
				segen_json_put_close(w, '}');
			arch = t->calls[i]->arch;
			segen_json_put_open(w, arch->name, '{');
		}
		put_call(w, t, m, t->calls[i]);
	}
	if (arch)
		segen_json_put_close(w, '}');
	segen_json_put_close(w, '}');
}

/* --- denials ---------------------------------------------------------------------- */

static void put_texts(struct segen_json_out *w, char *const text[6])
{
	bool any = false;

	for (unsigned i = 0; i < 6; i++)
		any |= text[i] != NULL;
	if (!any)
		return;
	segen_json_put_open(w, "text", '{');
	for (unsigned i = 0; i < 6; i++) {
		const char index[] = {(char)('0' + i), '\0'};

		if (text[i])
			segen_json_put_string(w, index, text[i]);
	}
	segen_json_put_close(w, '}');
}

static void put_denial(struct segen_json_out *w, const struct segen_trace *t,
		       const struct frame_modules *m, const struct segen_denial *d)
{
	_cleanup_free_ char *key = call_key(d->arch, d->nr);

	segen_json_put_line(w, NULL, '{');
	segen_json_put_string(w, "abi", d->arch->name);
	segen_json_put_string(w, "call", key);
	segen_json_put_string(w, "answer", tracefile_answers[d->verdict.action]);
	if (d->verdict.action == SEGEN_ACT_ERRNO) {
		_cleanup_free_ char *name = outcome_key(d->verdict.err);

		segen_json_put_string(w, "errno", name);
	}
	segen_json_put_u64(w, "count", d->count);
	put_first(w, "first", t, m, &d->at);
	put_texts(w, d->text);
	segen_json_put_close(w, '}');
}

static void put_denials(struct segen_json_out *w, const struct segen_trace *t,
			const struct frame_modules *m)
{
	if (!t->denials.n)
		return;
	segen_json_put_open(w, "denied", '[');
	for (size_t i = 0; i < MIN(t->denials.n, TRACEFILE_DENIALS_MAX); i++)
		put_denial(w, t, m, &t->denials.v[i]);
	segen_json_put_close(w, ']');
}

/* --- the document ----------------------------------------------------------------- */

static void put_trace(struct segen_json_out *w, const struct segen_trace *t)
{
	_cleanup_(frame_modules_done) struct frame_modules modules = {};

	frame_modules_collect(&modules, t);
	segen_json_put_open(w, NULL, '{');
	segen_json_put_u64(w, "segen-trace", SEGEN_TRACE_VERSION);
	put_runs(w, t);
	put_modules(w, &modules);
	put_calls(w, t, &modules);
	put_denials(w, t, &modules);
	tracefile_put_profiles(w, t);
	segen_json_put_close(w, '}');
	segen_json_put_end(w);
}

static void put_sorted(const struct segen_trace *t, struct segen_buf *out)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};

	out->len = 0;
	put_trace(&w, t);
}

static void sorted_copy(const struct segen_trace *t, struct segen_trace *ret)
{
	segen_trace_merge(ret, t);
	segen_trace_sort(ret);
}

void segen_tracefile_format(const struct segen_trace *t, struct segen_buf *out)
{
	_cleanup_(segen_trace_done) struct segen_trace sorted = {};

	sorted_copy(t, &sorted);
	put_sorted(&sorted, out);
}

/* --- what is too large ------------------------------------------------------------ */

static void drop_stacks(struct segen_call *c)
{
	for (size_t i = 0; i < c->first.n_frames; i++)
		segen_frame_done(&c->first.frames[i]);
	c->first.n_frames = 0;
}

static void drop_programs(struct segen_call *c)
{
	for (size_t i = 0; i < c->n_seen; i++)
		c->seen[i].n_programs = 0;
}

/* What can be done without, in this order: a run of hours is not thrown away. */
static const struct {
	void (*drop)(struct segen_call *c);
	const char *note;
} dispensable[] = {
	{drop_stacks, "the trace was too large: stacks are left out"},
	{drop_programs, "the trace was too large: programs of calls are left out"},
};

static void shrink(struct segen_trace *t, struct segen_buf *out)
{
	for (size_t i = 0; out->len > SEGEN_JSON_MAX && i < ARRAY_SIZE(dispensable);
	     i++) {
		for (size_t k = 0; k < t->n_calls; k++)
			dispensable[i].drop(t->calls[k]);
		for (size_t k = 0; k < t->n_runs; k++)
			segen_strset_add(&t->runs[k]->notes, dispensable[i].note);
		segen_trace_sort(t);
		put_sorted(t, out);
	}
}

int segen_tracefile_write(const char *path, const struct segen_trace *t,
			  struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace sorted = {};
	_cleanup_(segen_buf_done) struct segen_buf text = {};

	if (t->n_runs > SEGEN_RUNS_MAX)
		return segen_fail(err, -E2BIG, "'%s': a trace file holds at most %d runs",
				  path, SEGEN_RUNS_MAX);
	sorted_copy(t, &sorted);
	put_sorted(&sorted, &text);
	shrink(&sorted, &text);
	if (text.len > SEGEN_JSON_MAX)
		return segen_fail(err, -E2BIG, "'%s': a trace file holds at most %u MiB",
				  path, SEGEN_JSON_MAX >> 20);
	return segen_outfile_write(path, text.s, text.len, 0600, err);
}
