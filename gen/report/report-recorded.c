/* report-recorded.c: what runs were recorded and what was denied in them, as JSON. */
#include "report/report-audit.h"

#include "inspect/words.h"

#include <segen/syscall.h>

#include <inttypes.h>
#include <string.h>

static void add(struct segen_strset *set, const char *s)
{
	if (s)
		segen_strset_add(set, s);
}

static void add_command(struct segen_strset *set, char *const *argv)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	for (size_t i = 0; argv && argv[i]; i++)
		segen_buf_printf(&b, "%s%s", i ? " " : "", argv[i]);
	add(set, b.len ? b.s : NULL);
}

static void put_set(struct segen_json_out *w, const char *key, struct segen_strset *set)
{
	segen_json_put_strings(w, key, set->v, set->n);
	segen_strset_done(set);
}

static void put_runs(struct segen_json_out *w, const struct segen_trace *t)
{
	struct segen_strset commands = {}, images = {}, kernels = {}, machines = {},
			    engines = {}, notes = {};
	const struct segen_run *last = t->n_runs ? t->runs[t->n_runs - 1] : NULL;

	for (size_t i = 0; i < t->n_runs; i++) {
		const struct segen_run *r = t->runs[i];

		add_command(&commands, r->argv);
		add(&images, r->image);
		add(&images, r->image_digest);
		add(&kernels, r->kernel);
		add(&machines, r->machine);
		add(&engines, r->engine);
		add(&engines, r->runtime);
		for (size_t k = 0; k < r->notes.n; k++)
			add(&notes, r->notes.v[k]);
	}
	segen_json_put_open(w, "recorded", '{');
	segen_json_put_u64(w, "runs", t->n_runs);
	if (last && last->start && t->runs[0]->start) {
		segen_json_put_string(w, "first-start", t->runs[0]->start);
		segen_json_put_string(w, "last-start", last->start);
	}
	put_set(w, "commands", &commands);
	put_set(w, "images", &images);
	put_set(w, "kernels", &kernels);
	put_set(w, "machines", &machines);
	put_set(w, "engines", &engines);
	put_set(w, "notes", &notes);
	segen_json_put_close(w, '}');
}

static void put_args(struct segen_json_out *w, const struct segen_denial *d)
{
	segen_json_put_line(w, "args", '[');
	for (size_t i = 0; i < ARRAY_SIZE(d->at.args); i++) {
		if (d->text[i])
			segen_json_put_string(w, NULL, d->text[i]);
		else
			segen_json_put_hex(w, NULL, d->at.args[i]);
	}
	segen_json_put_close(w, ']');
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void put_stack(struct segen_json_out *w, const struct segen_first *at)
{
	segen_json_put_open(w, "stack", '[');
	for (size_t i = 0; i < at->n_frames; i++) {
		const struct segen_frame *f = &at->frames[i];
		_cleanup_free_ char *s =
			xasprintf("%s+0x%" PRIx64 " %s", f->symbol ? f->symbol : "",
				  f->offset, f->module ? base_name(f->module) : "?");

		segen_json_put_string(w, NULL, s);
	}
	segen_json_put_close(w, ']');
}

static void put_denial(struct segen_json_out *w, const struct segen_trace *t,
		       const struct segen_denial *d)
{
	_cleanup_free_ char *known = segen_syscall_name(d->arch, d->nr);
	_cleanup_free_ char *number = xasprintf("#%" PRId64, d->nr);
	_cleanup_(segen_buf_done) struct segen_buf answer = {};

	words_verdict(&answer, d->verdict);
	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "name", known ? known : number);
	segen_json_put_string(w, "abi", d->arch->name);
	segen_json_put_string(w, "answer", answer.s);
	segen_json_put_u64(w, "count", d->count);
	put_args(w, d);
	if (d->at.program < t->n_programs)
		segen_json_put_string(w, "program", t->programs[d->at.program]);
	segen_json_put_u64(w, "pid", (uint64_t)d->at.pid);
	segen_json_put_u64(w, "us", d->at.time_us);
	put_stack(w, &d->at);
	segen_json_put_close(w, '}');
}

void report_recorded_put(struct segen_json_out *w, const struct segen_trace *t)
{
	put_runs(w, t);
	segen_json_put_open(w, "denied", '[');
	for (size_t i = 0; i < t->denials.n; i++)
		put_denial(w, t, &t->denials.v[i]);
	segen_json_put_close(w, ']');
}
