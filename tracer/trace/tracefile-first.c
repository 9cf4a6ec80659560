/* tracefile-first.c: where a call was seen first. */
#include "trace/tracefile-read.h"

#include <limits.h>
#include <string.h>

#include "trace/frame-text.h"

static int read_run(struct segen_json *r, const struct segen_json_token *t, void *into,
		    struct segen_error *err)
{
	const char *id;
	int e = segen_json_string(r, t, &id, err);

	return e < 0 ? e : tracefile_find_run(r, id, into, err);
}

static int read_program(struct segen_json *r, const struct segen_json_token *t,
			void *into, struct segen_error *err)
{
	return tracefile_take_program(r, t, into, err);
}

static int read_pid(struct segen_json *r, const struct segen_json_token *t, void *into,
		    struct segen_error *err)
{
	pid_t *pid = into;
	uint64_t value;
	int e = segen_json_u64(r, t, INT_MAX, &value, err);

	if (e >= 0)
		*pid = (pid_t)value;
	return e;
}

static int read_args(struct segen_json *r, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	uint64_t *args = into;
	struct segen_json_token element;
	size_t n = 0;
	int e = segen_json_open(r, t, SEGEN_JSON_ARRAY, err);

	while (e >= 0 && (e = segen_json_element(r, &element, err)) > 0) {
		if (n == 6)
			return segen_json_fail(r, err, "more than 6 arguments");
		e = tracefile_take_hex(r, &element, &args[n++], err);
	}
	return e;
}

static int read_frame(struct segen_json *r, const struct segen_json_token *t,
		      struct segen_first *first, struct segen_error *err)
{
	const struct tracefile_reader *f = r->ctx;
	const struct tracefile_module *m = NULL;
	struct frame_text parts;
	const char *text;
	size_t module;
	int e = segen_json_string(r, t, &text, err);

	if (e < 0)
		return e;
	if (frame_text_parse(text, &parts) < 0)
		return segen_json_fail(r, err,
				       "not a frame such as \"main+0x1f program\"");
	if (parts.module && !intern_find(&f->module_names, parts.module, &module))
		return segen_json_fail(r, err, "no module has the name '%s'",
				       parts.module);
	if (parts.module)
		m = &f->modules[module];
	first->frames =
		xreallocarray(first->frames, first->n_frames + 1, sizeof(*first->frames));
	first->frames[first->n_frames++] = (struct segen_frame){
		.module = m ? xstrdup(m->path) : NULL,
		.build_id = m && m->build_id ? xstrdup(m->build_id) : NULL,
		.symbol = parts.symbol_len ? xstrndup(text, parts.symbol_len) : NULL,
		.offset = parts.offset,
	};
	return 0;
}

static int read_stack(struct segen_json *r, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	struct segen_first *first = into;
	struct segen_json_token element;
	int e = segen_json_open(r, t, SEGEN_JSON_ARRAY, err);

	while (e >= 0 && (e = segen_json_element(r, &element, err)) > 0)
		e = read_frame(r, &element, first, err);
	return e;
}

#define FIRST(key, read, member)                                                     \
	{                                                                            \
		key, read, offsetof(struct segen_first, member), SEGEN_JSON_OPTIONAL \
	}

static const struct segen_json_field first_fields[] = {
	{"run", read_run, offsetof(struct segen_first, run), SEGEN_JSON_REQUIRED},
	FIRST("us", segen_json_uint64, time_us),
	FIRST("program", read_program, program),
	FIRST("pid", read_pid, pid),
	FIRST("tid", read_pid, tid),
	FIRST("args", read_args, args),
	{"stack", read_stack, 0, SEGEN_JSON_OPTIONAL},
};

int tracefile_read_first(struct segen_json *r, const struct segen_json_token *t,
			 void *into, struct segen_error *err)
{
	struct segen_first *first = into;

	first->run = first->program = SIZE_MAX;
	return segen_json_fields(r, t, first_fields, ARRAY_SIZE(first_fields), first,
				 err);
}
