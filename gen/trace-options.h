/*
 * trace-options.h: the options of segen trace.
 */
#pragma once

#include "gen-options.h"

#include <stdint.h>

/* Strings are borrowed from argv. */
struct trace_opts {
	const char *output, *profile;
	bool no_profile, append, free, full, no_stacks, quiet, all_args, new_is_error,
		host;
	const char *known[64];
	size_t n_known;
	unsigned patience;
	uint64_t for_ms;
	struct gen_opts gen;
};

#define TRACE_OPTIONS_N 14
extern const struct option_row trace_options[TRACE_OPTIONS_N];
