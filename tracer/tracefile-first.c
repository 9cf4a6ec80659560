/* tracefile-first.c: where a call was seen first. */
#include "tracefile-read.h"

#include <limits.h>

#include "frame-text.h"

static int read_args(struct segen_first *f, const struct segen_json *up,
		     struct segen_error *err)
{
	struct segen_json args;
	size_t n;
	int e = segen_json_get_array(up, "args", &args, err);

	if (e <= 0)
		return e;
	e = segen_json_as_array(&args, &n, err);
	if (e >= 0 && n > ARRAY_SIZE(f->args))
		e = segen_json_fail(&args, err, "more than 6 arguments");
	for (size_t i = 0; e >= 0 && i < n; i++) {
		struct segen_json at = segen_json_element(&args, i);

		e = tracefile_read_hex(&at, &f->args[i], err);
	}
	return e;
}

static int read_module(const struct tracefile_reader *r, const struct segen_json *at,
		       const char *key, struct segen_frame *f, struct segen_error *err)
{
	const char *path, *build_id = NULL;
	struct segen_json module;
	int e;

	if (!r->has_modules || segen_json_member(&r->modules, key, &module) <= 0)
		return segen_json_fail(at, err, "no module has the name '%s'", key);
	e = segen_json_as_object(&module, err);
	if (e >= 0)
		e = tracefile_need_string(&module, "path", &path, err);
	if (e >= 0)
		e = segen_json_get_string(&module, "build-id", &build_id, err);
	if (e < 0)
		return e;
	f->module = xstrdup(path);
	f->build_id = build_id ? xstrdup(build_id) : NULL;
	return 0;
}

static int read_frame(const struct tracefile_reader *r, const struct segen_json *at,
		      struct segen_frame *f, struct segen_error *err)
{
	const char *text, *module;
	int e = segen_json_as_string(at, &text, err);

	if (e < 0)
		return e;
	if (frame_text_parse(text, f, &module) < 0)
		return segen_json_fail(at, err,
				       "not a frame such as 'main+0x1f program'");
	return module ? read_module(r, at, module, f, err) : 0;
}

static int read_stack(const struct tracefile_reader *r, struct segen_first *f,
		      const struct segen_json *up, struct segen_error *err)
{
	struct segen_json stack;
	size_t n;
	int e = segen_json_get_array(up, "stack", &stack, err);

	if (e <= 0)
		return e;
	e = segen_json_as_array(&stack, &n, err);
	if (e < 0 || !n)
		return e;
	f->frames = xcalloc(n, sizeof(*f->frames));
	for (f->n_frames = 0; e >= 0 && f->n_frames < n; f->n_frames++) {
		struct segen_json at = segen_json_element(&stack, f->n_frames);

		e = read_frame(r, &at, &f->frames[f->n_frames], err);
	}
	return e;
}

static int read_first_run(const struct tracefile_reader *r, struct segen_call *c,
			  const struct segen_json *at, struct segen_error *err)
{
	const char *id;
	int e = tracefile_need_string(at, "run", &id, err);

	if (e < 0)
		return e;
	if (!intern_find(&r->runs, id, &c->first.run))
		return segen_json_fail(at, err, "no run has the id '%s'", id);
	for (size_t i = 0; i < c->n_seen; i++)
		if (c->seen[i].run == c->first.run)
			return 0;
	return segen_json_fail(at, err, "the run '%s' has not seen this call", id);
}

static int read_first_program(struct tracefile_reader *r, struct segen_first *f,
			      const struct segen_json *at, struct segen_error *err)
{
	const char *path;
	int e = segen_json_get_string(at, "program", &path, err);

	f->program = SIZE_MAX;
	return e <= 0 ? e : tracefile_program(r, at, path, &f->program, err);
}

int tracefile_read_first(struct tracefile_reader *r, struct segen_call *c,
			 const struct segen_json *up, struct segen_error *err)
{
	struct segen_first *f = &c->first;
	uint64_t pid = 0, tid = 0;
	struct segen_json at;
	int e = tracefile_need_object(up, "first", &at, err);

	if (e >= 0)
		e = read_first_run(r, c, &at, err);
	if (e >= 0)
		e = tracefile_get_u64(&at, "us", UINT64_MAX, &f->time_us, err);
	if (e >= 0)
		e = read_first_program(r, f, &at, err);
	if (e >= 0)
		e = tracefile_get_u64(&at, "pid", INT_MAX, &pid, err);
	if (e >= 0)
		e = tracefile_get_u64(&at, "tid", INT_MAX, &tid, err);
	if (e >= 0)
		e = read_args(f, &at, err);
	f->pid = (pid_t)pid;
	f->tid = (pid_t)tid;
	return e < 0 ? e : read_stack(r, f, &at, err);
}
