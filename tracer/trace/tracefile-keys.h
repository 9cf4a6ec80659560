/*
 * tracefile-keys.h: the words of the trace file that its reader and its writer share.
 *
 * Private to tracer/tracefile-*.c; the format is documented in docs/trace-format.md.
 */
#pragma once

#include <segen/trace.h>

#include <limits.h>

/* What a file may hold of them: bounds the work that a hostile file can cause. */
#define TRACEFILE_DENIALS_MAX 10000

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

/* By enum segen_action. */
static const char *const tracefile_answers[] = {
	[SEGEN_ACT_ALLOW] = "allow",
	[SEGEN_ACT_LOG] = "log",
	[SEGEN_ACT_ERRNO] = "errno",
	[SEGEN_ACT_TRACE] = "trace",
	[SEGEN_ACT_NOTIFY] = "notify",
	[SEGEN_ACT_TRAP] = "trap",
	[SEGEN_ACT_KILL_THREAD] = "kill-thread",
	[SEGEN_ACT_KILL_PROCESS] = "kill-process",
};

static const struct {
	const char *name;
	unsigned bit;
} tracefile_phases[] = {
	{"workload", SEGEN_PHASE_WORKLOAD},
	{"runtime", SEGEN_PHASE_RUNTIME},
	{"exec", SEGEN_PHASE_EXEC},
};
