/*
 * recording.h: how every recording begins and ends, whatever it is of.
 */
#pragma once

#include "state/tracer-state.h"

#include <segen/tracer.h>

/* How often progress is told of. */
#define RECORDING_TICK_MS 200

/*
 * From now on no process of the same user may trace segen or look into its memory, which
 * holds what others than the workload have said (PR_SET_DUMPABLE); one with
 * CAP_SYS_PTRACE may.  Not inherited through execve.  A child that is to be traced is
 * made before, or after recording_unguard(), which gets what recording_guard() has
 * returned.
 */
int recording_guard(void);
void recording_unguard(int before);

/*
 * Add a run to the trace that is to be recorded from now on; @observe: under which rules
 * (trace.h).  Returns it; the trace owns it.
 */
struct segen_run *recording_begin(struct tracer *tr, char *const *argv,
				  enum segen_observe observe);

/* Notes, duration, and the exit of the first process, if that was seen. */
void recording_end(struct tracer *tr);

/* As a shell shows the end of a process: its exit status, or 128 + signal. */
int recording_exit(const struct stop *end);

/* Tell @fn how it is going. */
void recording_progress(const struct tracer *tr,
			void (*fn)(const struct segen_progress *p, void *ctx), void *ctx);

/* Free what the tracer's state owns. */
void tracer_done(struct tracer *tr);
