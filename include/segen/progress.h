/*
 * progress.h: how a recording is going, for whoever shows it.
 */
#pragma once

#include <segen/trace.h>

struct segen_progress {
	uint64_t elapsed_ms;
	uint64_t processes;		   /* alive now */
	size_t calls;			   /* distinct (ABI, call) pairs so far */
	const struct segen_call *last_new; /* or NULL */
};
