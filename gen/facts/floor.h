/*
 * floor.h: the runtime floor that a policy asks for (facts of floor.def).
 */
#pragma once

#include "generate.h"

/* One call of the floor and the words for it. */
struct floor_call {
	const char *name;
	char *comment; /* "runtime floor: runc >= 1.1 and crun >= 1.8" */
};

/*
 * The calls for @p, each once, in the order of the table; @t decides for FLOOR_AUTO: of
 * one that a container runtime made only those that it makes now and then.
 * The array and the comments are the caller's.
 */
struct floor_call *floor_calls(const struct gen_policy *p, const struct segen_trace *t,
			       size_t *ret_n);
void floor_calls_free(struct floor_call *v, size_t n);
