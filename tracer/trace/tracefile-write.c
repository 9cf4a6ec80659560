/* tracefile-write.c: the trace as a document that is the same for the same trace. */
#include <segen/tracefile.h>

#include <segen/json.h>
#include <segen/outfile.h>
#include <segen/syscall.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "trace/frame-text.h"
#include "trace/tracefile-container.h"
#include "trace/tracefile-keys.h"
#include "trace/tracefile-write.h"

/* --- pieces ----------------------------------------------------------------------- */

/* Begin the @i-th element on a line of its own. */
static void new_line(struct segen_buf *b, size_t i, int depth)
{
	segen_buf_puts(b, i ? ",\n" : "\n");
	for (int d = 0; d < depth; d++)
		segen_buf_puts(b, "\t");
}

/* End an object or array that has @n elements on lines of their own. */
static void close_lines(struct segen_buf *b, size_t n, int depth, const char *bracket)
{
	if (n) {
		segen_buf_puts(b, "\n");
		for (int d = 0; d < depth; d++)
			segen_buf_puts(b, "\t");
	}
	segen_buf_puts(b, bracket);
}

static void separate(struct segen_buf *b, size_t i)
{
	if (i)
		segen_buf_puts(b, ", ");
}

static void add_string_member(struct segen_buf *b, const char *key, const char *value)
{
	if (!value)
		return;
	segen_buf_printf(b, ", \"%s\": ", key);
	segen_json_quote(b, value);
}

void tracefile_add_strings(struct segen_buf *b, char *const *v, size_t n)
{
	segen_buf_puts(b, "[");
	for (size_t i = 0; i < n; i++) {
		separate(b, i);
		segen_json_quote(b, v[i]);
	}
	segen_buf_puts(b, "]");
}

static void add_set_member(struct segen_buf *b, const char *key,
			   const struct segen_strset *s)
{
	if (!s->n)
		return;
	segen_buf_printf(b, ", \"%s\": ", key);
	tracefile_add_strings(b, s->v, s->n);
}

/* --- runs ------------------------------------------------------------------------- */

static void add_host(struct segen_buf *b, const struct segen_run *r)
{
	const struct {
		const char *key, *value;
	} facts[] = {
		{"kernel", r->kernel},
		{"machine", r->machine},
		{"libseccomp", r->libseccomp},
	};
	size_t n = 0;

	segen_buf_puts(b, ", \"host\": {");
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		if (!facts[i].value)
			continue;
		separate(b, n++);
		segen_buf_printf(b, "\"%s\": ", facts[i].key);
		segen_json_quote(b, facts[i].value);
	}
	segen_buf_puts(b, "}");
}

static void add_run(struct segen_buf *b, const struct segen_run *r)
{
	size_t n = 0;

	while (r->argv && r->argv[n])
		n++;
	segen_buf_printf(b, "{\"id\": \"%s\", \"command\": ", r->id);
	tracefile_add_strings(b, r->argv, n);
	add_string_member(b, "mode", r->mode);
	add_string_member(b, "observe", r->observe);
	add_string_member(b, "runtime", r->runtime);
	if (r->known)
		segen_buf_puts(b, ", \"known\": true");
	add_string_member(b, "start", r->start);
	segen_buf_printf(b, ", \"duration-ms\": %" PRIu64, r->duration_ms);
	if (r->exit >= 0)
		segen_buf_printf(b, ", \"exit\": %d", r->exit);
	segen_buf_printf(b, ", \"processes\": %" PRIu64 ", \"threads\": %" PRIu64,
			 r->processes, r->threads);
	add_host(b, r);
	if (r->container.known && !r->caps.n)
		segen_buf_puts(b, ", \"caps\": []");
	add_set_member(b, "caps", &r->caps);
	tracefile_add_container(b, &r->container);
	add_set_member(b, "notes", &r->notes);
	segen_buf_puts(b, "}");
}

static void add_runs(struct segen_buf *b, const struct segen_trace *t)
{
	segen_buf_puts(b, "\t\"runs\": [");
	for (size_t i = 0; i < t->n_runs; i++) {
		new_line(b, i, 2);
		add_run(b, t->runs[i]);
	}
	close_lines(b, t->n_runs, 1, "],\n");
}

/* --- modules ---------------------------------------------------------------------- */

static void add_modules(struct segen_buf *b, const struct frame_modules *m)
{
	segen_buf_puts(b, "\t\"modules\": {");
	for (size_t i = 0; i < m->n; i++) {
		new_line(b, i, 2);
		segen_json_quote(b, m->v[i].key);
		segen_buf_puts(b, ": {\"path\": ");
		segen_json_quote(b, m->v[i].path);
		add_string_member(b, "build-id", m->v[i].build_id);
		segen_buf_puts(b, "}");
	}
	close_lines(b, m->n, 1, "},\n");
}

/* --- calls ------------------------------------------------------------------------ */

static void add_outcomes(struct segen_buf *b, const struct segen_observation *s)
{
	if (!s->n_outcomes)
		return;
	segen_buf_puts(b, ", \"outcomes\": {");
	for (size_t i = 0; i < s->n_outcomes; i++) {
		const struct segen_outcome *o = &s->outcomes[i];
		const char *name = o->err ? segen_errno_name(o->err) : TRACEFILE_OK;

		separate(b, i);
		if (name)
			segen_buf_printf(b, "\"%s\"", name);
		else
			segen_buf_printf(b, "\"%c%d\"", TRACEFILE_NUMBER, o->err);
		segen_buf_printf(b, ": %" PRIu64, o->count);
	}
	segen_buf_puts(b, "}");
}

static void add_phases(struct segen_buf *b, unsigned phases)
{
	size_t n = 0;

	if (phases == SEGEN_PHASE_WORKLOAD)
		return;
	segen_buf_puts(b, ", \"phases\": [");
	for (size_t i = 0; i < ARRAY_SIZE(tracefile_phases); i++) {
		if (!(phases & tracefile_phases[i].bit))
			continue;
		separate(b, n++);
		segen_buf_printf(b, "\"%s\"", tracefile_phases[i].name);
	}
	segen_buf_puts(b, "]");
}

static void add_seen(struct segen_buf *b, const struct segen_trace *t,
		     const struct segen_observation *s)
{
	segen_buf_printf(b, "\"%s\": {\"count\": %" PRIu64, t->runs[s->run]->id,
			 s->count);
	if (s->at_least)
		segen_buf_puts(b, ", \"at-least\": true");
	if (s->refused)
		segen_buf_printf(b, ", \"refused\": %" PRIu64, s->refused);
	add_outcomes(b, s);
	add_phases(b, s->phases);
	if (s->n_programs)
		segen_buf_puts(b, ", \"programs\": [");
	for (size_t i = 0; i < s->n_programs; i++) {
		separate(b, i);
		segen_json_quote(b, t->programs[s->programs[i]]);
	}
	segen_buf_puts(b, s->n_programs ? "]}" : "}");
}

static void add_values(struct segen_buf *b, const struct segen_call *c)
{
	if (!c->n_values)
		return;
	new_line(b, 1, 4);
	segen_buf_puts(b, "\"values\": {");
	for (size_t i = 0; i < c->n_values; i++) {
		const struct segen_values *v = &c->values[i];

		separate(b, i);
		segen_buf_printf(b, "\"%u\": %s", v->index,
				 v->many ? "\"" TRACEFILE_MANY "\"" : "[");
		for (unsigned j = 0; j < v->n; j++) {
			separate(b, j);
			segen_buf_printf(b, "\"0x%" PRIx64 "\"", v->v[j]);
		}
		segen_buf_puts(b, v->many ? "" : "]");
	}
	segen_buf_puts(b, "}");
}

static void add_stack(struct segen_buf *b, const struct frame_modules *m,
		      const struct segen_first *f)
{
	if (!f->n_frames)
		return;
	segen_buf_puts(b, ", \"stack\": [");
	for (size_t i = 0; i < f->n_frames; i++) {
		struct segen_buf text = {};

		frame_text_add(&text, m, &f->frames[i]);
		separate(b, i);
		segen_json_quote(b, text.s);
		segen_buf_done(&text);
	}
	segen_buf_puts(b, "]");
}

static void add_first(struct segen_buf *b, const struct segen_trace *t,
		      const struct frame_modules *m, const struct segen_first *f)
{
	new_line(b, 1, 4);
	segen_buf_printf(b, "\"first\": {\"run\": \"%s\", \"us\": %" PRIu64,
			 t->runs[f->run]->id, f->time_us);
	if (f->program < t->n_programs)
		add_string_member(b, "program", t->programs[f->program]);
	segen_buf_printf(b, ", \"pid\": %d, \"tid\": %d, \"args\": [", f->pid, f->tid);
	for (size_t i = 0; i < ARRAY_SIZE(f->args); i++) {
		separate(b, i);
		segen_buf_printf(b, "\"0x%" PRIx64 "\"", f->args[i]);
	}
	segen_buf_puts(b, "]");
	add_stack(b, m, f);
	segen_buf_puts(b, "}");
}

static void add_call_key(struct segen_buf *b, const struct segen_call *c)
{
	_cleanup_free_ char *name = segen_syscall_name(c->arch, c->nr);

	segen_buf_printf(b, "\"%s", name ? name : "");
	if (!name || segen_syscall_is_new(c->arch, name))
		segen_buf_printf(b, "%c%" PRId64, TRACEFILE_NUMBER, c->nr);
	segen_buf_puts(b, "\": {");
}

static void add_call(struct segen_buf *b, const struct segen_trace *t,
		     const struct frame_modules *m, const struct segen_call *c)
{
	add_call_key(b, c);
	new_line(b, 0, 4);
	segen_buf_puts(b, "\"seen\": {");
	for (size_t i = 0; i < c->n_seen; i++) {
		new_line(b, i, 5);
		add_seen(b, t, &c->seen[i]);
	}
	close_lines(b, c->n_seen, 4, "}");
	add_values(b, c);
	add_first(b, t, m, &c->first);
	close_lines(b, 1, 3, "}");
}

/* The calls are sorted by ABI, then by name. */
static void add_calls(struct segen_buf *b, const struct segen_trace *t,
		      const struct frame_modules *m)
{
	const struct segen_arch *arch = NULL;
	size_t in_arch = 0, n_archs = 0;

	segen_buf_puts(b, "\t\"calls\": {");
	for (size_t i = 0; i < t->n_calls; i++) {
		if (t->calls[i]->arch != arch) {
			if (arch)
				close_lines(b, in_arch, 2, "}");
			arch = t->calls[i]->arch;
			new_line(b, n_archs++, 2);
			segen_buf_printf(b, "\"%s\": {", arch->name);
			in_arch = 0;
		}
		new_line(b, in_arch++, 3);
		add_call(b, t, m, t->calls[i]);
	}
	if (arch)
		close_lines(b, in_arch, 2, "}");
	close_lines(b, n_archs, 1, "}");
}

/* --- the document ----------------------------------------------------------------- */

void segen_tracefile_format(struct segen_trace *t, struct segen_buf *out)
{
	_cleanup_(frame_modules_done) struct frame_modules modules = {};

	segen_trace_sort(t);
	frame_modules_collect(&modules, t);
	segen_buf_printf(out, "{\n\t\"segen-trace\": %d,\n", SEGEN_TRACE_VERSION);
	add_runs(out, t);
	add_modules(out, &modules);
	add_calls(out, t, &modules);
	tracefile_add_profiles(out, t);
	segen_buf_puts(out, "\n}\n");
}

int segen_tracefile_begin(const char *path, struct segen_trace *t,
			  struct segen_outfile **ret, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};

	if (t->n_runs > TRACEFILE_RUNS_MAX || t->n_programs > TRACEFILE_PROGRAMS_MAX)
		return segen_fail(err, -E2BIG,
				  "'%s': a trace file holds at most %d runs and %d "
				  "programs",
				  path, TRACEFILE_RUNS_MAX, TRACEFILE_PROGRAMS_MAX);
	segen_tracefile_format(t, &text);
	if (text.len > SEGEN_JSON_MAX)
		return segen_fail(err, -E2BIG, "'%s': a trace file holds at most %u MiB",
				  path, SEGEN_JSON_MAX >> 20);
	*ret = segen_outfile_begin(path, TAKE_PTR(text.s), text.len);
	return 0;
}

int segen_tracefile_write(const char *path, struct segen_trace *t,
			  struct segen_error *err)
{
	struct segen_outfile *f = NULL;
	int r = segen_tracefile_begin(path, t, &f, err);

	return r < 0 ? r : segen_outfile_end(f, err);
}
