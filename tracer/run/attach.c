/* attach.c: trace processes that run already from a thread whose end releases them. */
#include <segen/attach.h>

#include "ptrace/callinfo.h"
#include "run/attach-scan.h"
#include "run/control.h"
#include "run/recording.h"
#include "state/record.h"
#include "stops/loop.h"

#include <segen/util.h>

#include <errno.h>
#include <signal.h>
#include <time.h>

#define HELP_NS 50000000L

struct attach {
	const struct segen_attach_opts *opts;
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

static struct resume handle(void *ctx, pid_t tid, const struct stop *s)
{
	struct attach *a = ctx;
	struct tracee *t;

	if (s->kind == STOP_EXEC)
		return on_exec(a, tid, s);
	t = tracee_find(&a->tr.tracees, tid);
	if (t && t->seized && s->kind != STOP_EXITED && s->kind != STOP_KILLED)
		first_stop(a, t, s);
	if (t && t->process->runtime && s->kind == STOP_SYSCALL)
		return (struct resume){.how = RESUME_CALL};
	return handle_stop(&a->tr, tid, s);
}

/* --- what else the loop asks ------------------------------------------------------ */

static bool knows(const void *ctx, pid_t tid)
{
	const struct attach *a = ctx;

	return tracee_find(&a->tr.tracees, tid);
}

static bool turn(void *ctx, bool idle)
{
	struct attach *a = ctx;
	int sig;
	unsigned what = control_take(&a->control, &sig);

	if (a->tr.unsupported || what & CONTROL_END)
		return false;
	if (what & CONTROL_TICK && a->opts->progress)
		recording_progress(&a->tr, a->opts->progress, a->opts->progress_ctx);
	attach_scan_look(&a->new, what & CONTROL_TICK);
	return true;
}

static const struct loop_ops ops = {.handle = handle, .knows = knows, .turn = turn};

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
		     : control_begin(&a->control, CONTROL_WATCHING, a->opts->for_ms,
				     RECORDING_TICK_MS, a->err);
}

/* The tracing thread: its end detaches from all tracees. */
static void *trace(void *ctx)
{
	struct attach *a = ctx;

	a->result = start(a);
	if (a->result == 0) {
		a->result = loop_run(&a->tr, &ops, a, a->err);
		control_stop(&a->control);
	}
	return NULL;
}

/* A thread that was joined may not have detached yet; one that is not listed has. */
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

int segen_attach(const struct segen_attach_opts *opts, struct segen_trace *t,
		 size_t *ret_run, struct segen_error *err)
{
	_cleanup_(attach_done) struct attach a = {
		.opts = opts,
		.err = err,
		.tr =
			{
				.settings = {.no_pinning = true, .read_only = true},
				.trace = t,
				.leader = opts->pids[0],
				.recording = true,
				.fast.disabled = true,
			},
	};
	int r;

	recording_guard();
	a.tr.unwinder = opts->stacks ? callsite_new() : NULL;
	affinity_init(&a.tr.home);
	attach_scan_init(&a.new, &a.tr, opts->pids, opts->n_pids);
	recording_begin(&a.tr, opts->argv,
			opts->filtered ? SEGEN_OBSERVE_CONTAINER : SEGEN_OBSERVE_FREE);
	record_note(
		&a.tr,
		"attached to a running process: what it did before is not in the trace");
	*ret_run = a.tr.run;
	r = run_thread(&a);
	recording_end(&a.tr);
	return r;
}
