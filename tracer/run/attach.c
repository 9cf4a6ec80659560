/* attach.c: from nothing to a table of tracees that run already, and back to nothing. */
#include <segen/attach.h>

#include "ptrace/callinfo.h"
#include "state/tracer-state.h"
#include "run/control.h"
#include "run/attach-scan.h"

#include <segen/util.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#define TICK_MS 200
#define HELP_NS 50000000L

struct attach {
	const struct segen_attach_opts *opts;
	struct segen_tracer_opts tracer_opts;
	struct tracer tr;
	struct attach_scan new;
	struct control control;
	struct segen_error *err;
	int result;
};

static void attach_done(struct attach *a)
{
	tracer_done(&a->tr);
	attach_scan_done(&a->new);
}

/* --- stops ------------------------------------------------------------------------ */

/*
 * The first stop of a thread that was there before: the call it is in has begun, and goes
 * on or begins again.
 */
static void first_stop(struct attach *a, struct tracee *t, const struct stop *s)
{
	struct call_info c;

	t->seized = false;
	if (t->process->runtime || call_info_inside(t->tid, &c) < 0)
		return;
	/* These events are in the middle of their call, whose end will be seen. */
	if (s->kind == STOP_CHILD)
		record_entry(&a->tr, t, &c);
	else
		record_interrupted(&a->tr, t, &c);
}

/* The execve that made a runtime a part of the container, or that of a new tracee. */
static struct resume on_exec(struct attach *a, pid_t tid, const struct stop *s)
{
	struct resume r = handle_stop(&a->tr, tid, s);
	struct tracee *t = tracee_find(&a->tr.tracees, tid);
	struct call_info c;

	if (!t)
		return r;
	t->process->runtime = t->seized = false;
	if (!t->in_call && call_info_inside(tid, &c) == 0)
		record_entry(&a->tr, t, &c);
	return r;
}

static struct resume dispatch(struct attach *a, const struct waited *w)
{
	struct stop s = stop_decode(w->status);
	struct tracee *t;

	if (s.kind == STOP_EXEC)
		return on_exec(a, w->tid, &s);
	t = tracee_find(&a->tr.tracees, w->tid);
	if (t && t->seized && s.kind != STOP_EXITED && s.kind != STOP_KILLED)
		first_stop(a, t, &s);
	if (t && t->process->runtime && s.kind == STOP_SYSCALL)
		return (struct resume){.how = RESUME_CALL};
	return handle_stop(&a->tr, w->tid, &s);
}

/* --- the loop --------------------------------------------------------------------- */

static int loop(struct attach *a)
{
	struct waited w[WAIT_BATCH];

	for (;;) {
		int n = tracer_wait(&a->tr, w), sig;
		unsigned what;

		if (n == -ECHILD)
			return 0;
		for (int i = 0; i < n; i++)
			resume(w[i].tid, dispatch(a, &w[i]));
		if (a->tr.unsupported)
			return segen_fail(a->err, -ENOTSUP,
					  "this kernel has no PTRACE_GET_SYSCALL_INFO; "
					  "segen needs Linux 5.3 or newer");
		what = control_take(&a->control, &sig);
		if (what & CONTROL_END)
			return 0;
		if ((what & CONTROL_TICK) && a->opts->progress)
			tracer_progress(&a->tr);
		attach_scan_look(&a->new, what & CONTROL_TICK);
	}
}

/* --- the run ---------------------------------------------------------------------- */

static int start(struct attach *a)
{
	int r = attach_scan_start(&a->new, a->opts->container, a->err);
	if (r < 0)
		return r;
	r = attach_scan_pass(&a->new, a->err);
	if (r == 0)
		return segen_fail(a->err, -ESRCH, "process %d has just ended",
				  a->opts->pids[0]);
	return r < 0 ? r
		     : control_start_watching(&a->control, a->opts->for_ms, TICK_MS,
					      a->err);
}

/* The tracing thread: its end lets go of everybody. */
static void *trace(void *ctx)
{
	struct attach *a = ctx;

	a->result = start(a);
	if (a->result == 0) {
		a->result = loop(a);
		control_stop(&a->control);
	}
	return NULL;
}

/* A thread that was joined may not have let go yet: that it is not listed means both. */
static void wait_gone(pid_t tid)
{
	const struct timespec moment = {.tv_nsec = 1000000};
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d", tid);
	while (tid && access(path, F_OK) == 0)
		nanosleep(&moment, NULL);
}

/* Until the tracing thread has ended. */
static void join(struct attach *a, pthread_t thread)
{
	unsigned long turn = 0;
	struct timespec until;

	for (;;) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += HELP_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		if (pthread_timedjoin_np(thread, NULL, &until) != ETIMEDOUT)
			return;
		seizer_help(&a->new.seizer, &turn);
	}
}

static int run_thread(struct attach *a)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	pthread_t thread;
	sigset_t set;
	int r;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&set, signals[i]);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	r = pthread_create(&thread, NULL, trace, a);
	if (r)
		return segen_fail_errno(a->err, -r, "cannot start a thread");
	join(a, thread);
	wait_gone(a->new.seizer.self);
	return a->result;
}

static void add_run(struct attach *a, struct segen_trace *t)
{
	struct segen_run *run;

	a->tr.run = segen_trace_add_run(t, a->opts->argv);
	run = t->runs[a->tr.run];
	run->mode = xstrdup("full");
	run->observe = xstrdup(a->opts->filtered ? "container" : "free");
	run->exit = -1;
	record_note(&a->tr,
		    "attached to what was running: what it did before is not in the "
		    "trace");
}

static void finish_run(const struct attach *a)
{
	const struct tracer *tr = &a->tr;
	struct segen_run *run = tr->trace->runs[tr->run];

	run->duration_ms = (record_clock_us() - tr->start_us) / 1000;
	if (tr->leader_gone)
		run->exit = tr->leader_end.kind == STOP_KILLED ? 128 + tr->leader_end.sig
							       : tr->leader_end.code;
}

int segen_attach(const struct segen_attach_opts *opts, struct segen_trace *t,
		 size_t *ret_run, struct segen_error *err)
{
	_cleanup_(attach_done) struct attach a = {
		.opts = opts,
		.err = err,
		.tracer_opts =
			{
				.mode = SEGEN_MODE_FULL,
				.progress = opts->progress,
				.progress_ctx = opts->progress_ctx,
			},
	};
	int r;

	a.tr.opts = &a.tracer_opts;
	a.tr.trace = t;
	a.tr.recording = a.tr.no_pinning = a.tr.read_only = a.tr.fast.disabled = true;
	a.tr.leader = opts->pids[0];
	a.tr.start_us = record_clock_us();
	a.tr.unwinder = opts->stacks ? callsite_new() : NULL;
	affinity_init(&a.tr.home);
	newcomers_init(&a.new, &a.tr, opts->pids, opts->n_pids);
	add_run(&a, t);
	*ret_run = a.tr.run;
	r = run_thread(&a);
	finish_run(&a);
	return r;
}
