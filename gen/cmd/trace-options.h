/*
 * trace-options.h: the options of segen trace.
 */
#pragma once

#include "cli/terminal.h"
#include "cmd/gen-options.h"

#include <stdint.h>
#include <sys/types.h>

/* Strings are borrowed from argv. */
struct trace_opts {
	const char *output, *profile;
	bool no_profile, append, free, full, no_stacks, quiet, all_args, new_is_error,
		host, no_cmdline;
	const char *known[64];
	size_t n_known;
	unsigned patience;
	uint64_t for_ms;
	enum terminal_color color;
	pid_t *pids; /* owned */
	size_t n_pids, cap_pids;
	const char *container;
	struct gen_opts gen;
};

#define TRACE_OPTIONS_N 17
/* Exactly one thing is to be recorded; @command: one follows the options. */
int trace_opts_check(const struct trace_opts *o, bool command, struct segen_error *err);
void trace_opts_done(struct trace_opts *o);

extern const struct option_row trace_options[TRACE_OPTIONS_N];
