/*
 * floor.h: the runtime floor that is asked for (facts of floor.def).
 */
#pragma once

#include <segen/trace.h>

#include <stdbool.h>

enum runtime_floor {
	FLOOR_AUTO, /* the runtimes that recorded; FLOOR_ANY where none did */
	FLOOR_ANY,
	FLOOR_RUNC,
	FLOOR_CRUN,
	FLOOR_EXACT, /* nothing besides what was recorded */
	FLOOR_NONE,
};

/* Whose calls under the filter a profile is to allow. */
struct floor_choice {
	enum runtime_floor runtime;
	bool no_new_privs; /* only what runtimes call under no-new-privileges */
	bool no_init;	   /* without what docker run --init needs */
};

/* One call of the floor and the words for it. */
struct floor_call {
	const char *name;
	char *comment; /* "runtime floor: runc >= 1.1 and crun >= 1.8" */
};

/*
 * The calls for @c, each once, in the order of the table; @t decides for FLOOR_AUTO.
 * They are the union of what all known versions make, with and without no-new-privileges,
 * for run and for exec, now and then included: a profile outlives its runtime.
 * The array and the comments are the caller's.
 */
struct floor_call *floor_calls(const struct floor_choice *c, const struct segen_trace *t,
			       size_t *ret_n);
void floor_calls_free(struct floor_call *v, size_t n);
