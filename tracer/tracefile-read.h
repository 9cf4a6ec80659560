/*
 * tracefile-read.h: what the parts of the reader share.
 *
 * Private to tracer/tracefile-*.c.  Functions return 0 or a negative errno with the
 * message filled.
 */
#pragma once

#include <segen/json.h>
#include <segen/trace.h>

#include "intern.h"

struct tracefile_reader {
	struct segen_trace *t;
	struct intern runs; /* id -> index */
	bool has_modules;
	struct segen_json modules;
};

/* As segen_json_get_*, for keys that must be there. */
int tracefile_need_u64(const struct segen_json *obj, const char *key, uint64_t max,
		       uint64_t *ret, struct segen_error *err);
int tracefile_need_string(const struct segen_json *obj, const char *key, const char **ret,
			  struct segen_error *err);
int tracefile_need_object(const struct segen_json *obj, const char *key,
			  struct segen_json *ret, struct segen_error *err);

/* What is a number in 0..@max when it is there; @ret is untouched when not. */
int tracefile_get_u64(const struct segen_json *obj, const char *key, uint64_t max,
		      uint64_t *ret, struct segen_error *err);

int tracefile_read_hex(const struct segen_json *at, uint64_t *ret,
		       struct segen_error *err);
/* The index of the program @path; @at is for the message. */
int tracefile_program(struct tracefile_reader *r, const struct segen_json *at,
		      const char *path, size_t *ret, struct segen_error *err);

/* One call: @at is its object, the key its name. */
int tracefile_read_call(struct tracefile_reader *r, const struct segen_arch *arch,
			const struct segen_json *at, struct segen_error *err);

/* The member "first" of the call's object @up; what has seen the call is known. */
int tracefile_read_first(struct tracefile_reader *r, struct segen_call *c,
			 const struct segen_json *up, struct segen_error *err);
