/*
 * frame-text.h: stack frames as one short text each, for the trace file.
 *
 * Private to tracer/.  "SYMBOL+0xOFFSET MODULE", without the symbol where it is not
 * known.  MODULE is a short name, without a space, for a path and a build id; "?" is an
 * unknown module.
 */
#pragma once

#include <segen/trace.h>

struct frame_module {
	const char *path, *build_id; /* borrowed; no build id: NULL */
	char *key;		     /* the short name */
};

/* The modules of a trace; zero-initialised is empty. */
struct frame_modules {
	struct frame_module *v; /* sorted by path, then build id */
	size_t n, cap;
};

/* Collect the modules of all of @t's frames, which must stay, and name them. */
void frame_modules_collect(struct frame_modules *m, const struct segen_trace *t);
void frame_modules_done(struct frame_modules *m);

/* Append the text of @f, whose module was collected. */
void frame_text_add(struct segen_buf *b, const struct frame_modules *m,
		    const struct segen_frame *f);

/*
 * The number that exactly the @len bytes at @s are: "0x" and 1 to 16 hexadecimal digits.
 * Returns 0, or -EINVAL with @ret untouched.
 */
int hex_parse(const char *s, size_t len, uint64_t *ret);

/* The parts of a text; they point into it. */
struct frame_text {
	size_t symbol_len; /* of its beginning; 0: not known */
	uint64_t offset;
	const char *module; /* NULL: not known */
};

/* Returns 0, or -EINVAL with @ret untouched. */
int frame_text_parse(const char *text, struct frame_text *ret);

/* A name out of a file, which is not trusted: no control characters, and an end. */
char *frame_text_clean(const char *name);
