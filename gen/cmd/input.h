/*
 * input.h: a file that may be a trace or a profile, for verbs that take both.
 */
#pragma once

#include "profile/profile.h"

#include <segen/trace.h>

enum input_kind {
	INPUT_TRACE,
	INPUT_PROFILE,
};

struct input {
	const char *path; /* borrowed */
	enum input_kind kind;
	char *text; /* of the file; NULL: a base that is built in */
	size_t len;
	struct segen_trace trace;
	struct profile profile;
	struct segen_strset notes; /* remarks on a profile */
};

/* @path: a file, "-", or the word of a base: "docker", "docker-20.10", "podman". */
int input_read(const char *path, struct input *ret, struct segen_error *err);
void input_done(struct input *in);

/*
 * After reading @path as @wanted has failed with @r: if it is of the other kind, @err
 * says so, and which verbs take it.  Returns @r.
 */
int input_wrong_kind(const char *path, enum input_kind wanted, int r,
		     struct segen_error *err);
