/* recording.c: a run is added to the trace, and completed. */
#include "run/recording.h"

#include "fast/fast.h"
#include "fast/short-lived.h"
#include "state/record.h"
#include "stops/denied.h"

#include <segen/util.h>

#include <sys/prctl.h>

int recording_guard(void)
{
	int before = prctl(PR_GET_DUMPABLE);

	prctl(PR_SET_DUMPABLE, 0);
	return before;
}

void recording_unguard(int before)
{
	if (before == 1)
		prctl(PR_SET_DUMPABLE, 1);
}

struct segen_run *recording_begin(struct tracer *tr, char *const *argv,
				  enum segen_observe observe)
{
	struct segen_run *run;

	tr->start_us = record_clock_us();
	tr->run = segen_trace_add_run(tr->trace, argv);
	run = tr->trace->runs[tr->run];
	run->mode = tr->settings.fast ? SEGEN_MODE_FAST : SEGEN_MODE_FULL;
	run->observe = observe;
	run->exit = -1;
	return run;
}

int recording_exit(const struct stop *end)
{
	return end->kind == STOP_KILLED ? 128 + end->sig : end->code;
}

void recording_end(struct tracer *tr)
{
	struct segen_run *run = tr->trace->runs[tr->run];

	fast_report(tr);
	record_bounds(tr);
	run->duration_ms = (record_clock_us() - tr->start_us) / 1000;
	if (tr->leader_gone)
		run->exit = recording_exit(&tr->leader_end);
}

void recording_progress(const struct tracer *tr,
			void (*fn)(const struct segen_progress *p, void *ctx), void *ctx)
{
	struct segen_progress p = {
		.elapsed_ms = (record_clock_us() - tr->start_us) / 1000,
		.processes = tr->tracees.n_processes,
		.calls = tr->trace->n_calls,
		.last_new = tr->last_new,
	};

	fn(&p, ctx);
}

void tracer_done(struct tracer *tr)
{
	tracee_table_done(&tr->tracees);
	fast_done(&tr->fast);
	short_lived_done(&tr->short_lived);
	callsite_free(tr->unwinder);
	denied_done(&tr->denied);
	free(tr->tags.slots);
	free(tr->watches);
	segen_call_done(&tr->unlisted);
}
