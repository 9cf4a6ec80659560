/*
 * tracefile-keys.h: the words of the trace file that its reader and its writer share.
 *
 * Private to tracer/tracefile-*.c; the format is documented in docs/trace-format.md.
 */
#pragma once

#include <segen/trace.h>

#include <limits.h>

/* "#<number>": what has no name (a call, an errno). */
#define TRACEFILE_NUMBER '#'
#define TRACEFILE_OK "ok"     /* the outcome 0 */
#define TRACEFILE_MANY "many" /* more values than are kept */

static const char *const tracefile_modes[] = {
	[SEGEN_MODE_UNKNOWN] = NULL,
	[SEGEN_MODE_FAST] = "fast",
	[SEGEN_MODE_FULL] = "full",
	[SEGEN_MODE_KNOWN] = "known",
};

static const char *const tracefile_observes[] = {
	[SEGEN_OBSERVE_UNKNOWN] = NULL,		 [SEGEN_OBSERVE_BASE] = "base",
	[SEGEN_OBSERVE_CONTAINER] = "container", [SEGEN_OBSERVE_FREE] = "free",
	[SEGEN_OBSERVE_PROFILE] = "profile",
};

static const struct {
	const char *name;
	unsigned bit;
} tracefile_phases[] = {
	{"workload", SEGEN_PHASE_WORKLOAD},
	{"runtime", SEGEN_PHASE_RUNTIME},
	{"exec", SEGEN_PHASE_EXEC},
};
