/*
 * inputs.h: several traces and profiles on one command line: traces are united, profiles
 * kept in their order.
 */
#pragma once

#include "cmd/input.h"
#include "inspect/places.h"
#include "target/target.h"

struct inputs {
	struct input *v; /* as they were given; of traces only the path stays */
	size_t n;
	struct segen_trace trace; /* all traces together */
	size_t n_traces;
};

/* Standard input ("-") counts once. */
int inputs_read(char *const *paths, size_t n, struct inputs *ret,
		struct segen_error *err);
void inputs_done(struct inputs *in);
