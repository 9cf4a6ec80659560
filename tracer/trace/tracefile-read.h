/*
 * tracefile-read.h: what the parts of the reader share.
 *
 * Private to tracer/tracefile-*.c.
 */
#pragma once

#include <segen/trace.h>

#include "trace/intern.h"
#include <segen/json.h>

struct tracefile_module {
	char *key, *path, *build_id;
};

struct tracefile_profile {
	char *key, *text;
};

/* The ctx of the json_reader. */
struct tracefile_reader {
	struct segen_trace *t;	    /* what is being read */
	struct intern runs;	    /* id -> index into t->runs */
	struct intern module_names; /* key -> index into modules */
	struct tracefile_module *modules;
	size_t n_modules, cap_modules;
	struct intern profile_names; /* key -> index into profiles */
	struct tracefile_profile *profiles;
	size_t n_profiles, cap_profiles;
};

int tracefile_take_hex(struct segen_json *r, const struct segen_json_token *t,
		       uint64_t *ret, struct segen_error *err);
/* The index of a program. */
int tracefile_take_program(struct segen_json *r, const struct segen_json_token *t,
			   size_t *ret, struct segen_error *err);
/* The index of the run with this id; the scan is where the id is. */
int tracefile_find_run(struct segen_json *r, const char *id, size_t *ret,
		       struct segen_error *err);

/* The object "calls". */
int tracefile_read_calls(struct segen_json *r, const struct segen_json_token *t,
			 void *into, struct segen_error *err);

/* The number of a call by its key. */
bool tracefile_find_call(const struct segen_arch *arch, const char *key, int64_t *ret);

/* The errno of "EPERM" or "#1"; -ENOENT. */
int tracefile_find_errno(const char *key, int *ret);

/* The array "denied". */
int tracefile_read_denied(struct segen_json *r, const struct segen_json_token *t,
			  void *into, struct segen_error *err);

/* The object "first", into a struct segen_first. */
int tracefile_read_first(struct segen_json *r, const struct segen_json_token *t,
			 void *into, struct segen_error *err);
