/*
 * seen-args.h: the argument values that a trace holds of a call, as narrowing needs them.
 */
#pragma once

#include <segen/trace.h>

/* The values seen of each argument of a call. */
struct seen_args {
	bool none;     /* nothing was seen */
	bool any;      /* something makes the call with values that nobody saw */
	bool known[6]; /* v[i] holds all values seen */
	struct segen_values v[6];
	uint64_t mask[6]; /* the bits that the kernel looks at */
};

/* The values in @calls (of one name, any ABI); without calls, @any is implied. */
void seen_args_init(struct seen_args *s, const char *name,
		    const struct segen_call *const *calls, size_t n, bool any);
