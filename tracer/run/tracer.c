/* tracer.c: start, wait, dispatch, resume, end. */
#include <segen/tracer.h>

#include "state/tracer-state.h"
#include "fast/short-lived.h"
#include "proc/proc-status.h"
#include "ptrace/regs.h"
#include "run/control.h"
#include "run/spawn.h"

#include <segen/util.h>

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#define TICK_MS 200
/* A tracer that is never idle looks at the clock after so many waits. */
#define BUSY_WAITS 4096
/* When there was one stop at a time, it looks for more after so many. */
#define ALONE_WAITS 8

void tracer_done(struct tracer *tr)
{
	tracee_table_done(&tr->tracees);
	fast_done(&tr->fast);
	container_filter_done(&tr->container_filter);
	short_lived_done(&tr->short_lived);
	callsite_free(tr->unwinder);
	free(tr->watches);
}

/* The only place that lets a tracee go on.  ESRCH: it has just died, wait4() will tell.
 */
void resume(pid_t tid, struct resume r)
{
	switch (r.how) {
	case RESUME_CALL: ptrace(PTRACE_SYSCALL, tid, NULL, (void *)(long)r.sig); break;
	case RESUME_GO: ptrace(PTRACE_CONT, tid, NULL, (void *)(long)r.sig); break;
	case RESUME_LISTEN: ptrace(PTRACE_LISTEN, tid, NULL, NULL); break;
	case RESUME_NONE: break;
	}
}

static void kill_process(struct tracee *t, void *ctx)
{
	if (t->tid == t->process->tgid)
		kill(t->tid, *(const int *)ctx);
}

static void signal_all(const struct tracer *tr, int sig)
{
	tracee_each(&tr->tracees, kill_process, &sig);
}

static void forward(const struct tracer *tr, int sig)
{
	if (tr->leader_gone)
		signal_all(tr, sig);
	else
		kill(tr->leader, sig);
}

void tracer_progress(const struct tracer *tr)
{
	struct segen_progress p = {
		.elapsed_ms = (record_clock_us() - tr->start_us) / 1000,
		.processes = tr->tracees.n_processes,
		.calls = tr->trace->n_calls,
		.last_new = tr->last_new,
	};

	tr->opts->progress(&p, tr->opts->progress_ctx);
}

static void take_requests(struct tracer *tr, struct control *a)
{
	int sig = 0;
	unsigned what = control_take(a, &sig);

	if (what & CONTROL_TICK)
		tracer_progress(tr);
	if (what & CONTROL_FORWARD)
		forward(tr, sig);
	if (what & CONTROL_END) {
		signal_all(tr, SIGTERM);
		signal_all(tr, SIGCONT);
	}
	if (what & CONTROL_KILL)
		signal_all(tr, SIGKILL);
}

/*
 * wait4() returns stops in the order of its lists: a busy tracee at the head would
 * starve the others.
 */
static bool looks_for_more(const struct tracer *tr)
{
	return tr->tracees.n > 1 && (tr->many_stops || tr->waits % ALONE_WAITS == 0);
}

/* The event of its parent, which has more to say, may be there as well. */
static bool is_newborn(const struct tracer *tr, pid_t tid)
{
	return tr->recording && !tracee_find(&tr->tracees, tid);
}

int tracer_wait(struct tracer *tr, struct waited *w)
{
	bool more;
	int n = 0;

	w[0].tid = wait4(-1, &w[0].status, __WALL, NULL);
	if (w[0].tid < 0)
		return -errno;
	tr->waits++;
	more = looks_for_more(tr) || is_newborn(tr, w[0].tid);
	for (n = 1; n < WAIT_BATCH && more; n++) {
		w[n].tid = wait4(-1, &w[n].status, __WALL | WNOHANG, NULL);
		if (w[n].tid <= 0)
			break;
	}
	tr->many_stops = n > 1;
	return n;
}

static void handle(struct tracer *tr, const struct waited *w)
{
	struct stop s = stop_decode(w->status);

	resume(w->tid, handle_stop(tr, w->tid, &s));
}

static bool is_among(const struct waited *w, int n, pid_t tid)
{
	for (int i = 0; i < n; i++)
		if (w[i].tid == tid)
			return true;
	return false;
}

/*
 * Newborns last, with all that came of them: their end must not come before their first
 * stop, though their parent has told of them meanwhile.
 */
static void handle_all(struct tracer *tr, const struct waited *w, int n)
{
	struct waited later[WAIT_BATCH];
	int n_later = 0;

	for (int i = 0; i < n; i++) {
		if (is_newborn(tr, w[i].tid) || is_among(later, n_later, w[i].tid))
			later[n_later++] = w[i];
		else
			handle(tr, &w[i]);
	}
	for (int i = 0; i < n_later; i++)
		handle(tr, &later[i]);
}

static void loop(struct tracer *tr, struct control *a)
{
	struct waited w[WAIT_BATCH];

	for (;;) {
		int n = tracer_wait(tr, w);

		if (n == -ECHILD)
			return;
		if (n < 0 || tr->waits % BUSY_WAITS == 0)
			control_wake(a);
		if (n < 0)
			short_lived_tick(tr);
		handle_all(tr, w, n);
		take_requests(tr, a);
		if (tr->unsupported)
			signal_all(tr, SIGKILL);
	}
}

static int seize(struct tracer *tr, pid_t pid, struct segen_error *err)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;

	/*
	 * Without a filter of ours TRACE can only come from the workload's own: the
	 * kernel then answers as if nobody traced.
	 */
	if (tr->opts->policy || tr->opts->mode == SEGEN_MODE_FAST)
		options |= PTRACE_O_TRACESECCOMP;
	/* It is not interrupted: its first stop is the one after its execve. */
	if (ptrace(PTRACE_SEIZE, pid, NULL, (void *)options) == 0)
		return 0;
	if (errno == EPERM)
		return segen_fail(err, -EPERM,
				  "ptrace is not permitted here; see "
				  "/proc/sys/kernel/yama/ptrace_scope, the container's "
				  "seccomp profile, and whether segen itself is traced");
	return segen_fail_errno(err, -errno, "cannot trace the command");
}

static bool starts_filtered(const struct tracer *tr)
{
	const struct segen_tracer_opts *o = tr->opts;

	return o->mode == SEGEN_MODE_FAST && !tr->fast.disabled && o->known &&
	       o->known->n_calls;
}

/* Only who runs under a filter already can be forbidden to load another. */
static bool filters_forbidden(void)
{
	struct proc_status s;

	/* The quick answer first, as most run without. */
	if (prctl(PR_GET_SECCOMP) == 0)
		return false;
	return proc_status_read(getpid(), &s) == 0 && s.seccomp && !spawn_may_filter();
}

/* What the workload has on from its first instruction. */
static int first_filter(struct tracer *tr, struct filter *ret, struct segen_error *err)
{
	const struct segen_tracer_opts *o = tr->opts;

	if (o->policy && !regs_supported())
		return segen_fail(err, -ENOTSUP,
				  "segen cannot answer calls on this architecture; use "
				  "--observe=free");
	if (o->policy && tr->fast.forbidden)
		return segen_fail(err, -EPERM,
				  "the filter that segen runs under forbids seccomp(2); "
				  "use --observe=free");
	if (starts_filtered(tr))
		return fast_known_filter(tr, ret, err);
	return o->policy ? filter_from_policy(o->policy, ret, err) : 0;
}

static void finish_run(struct tracer *tr, struct segen_tracer_result *ret)
{
	struct segen_run *run = tr->trace->runs[tr->run];

	fast_report(tr);
	run->duration_ms = (record_clock_us() - tr->start_us) / 1000;
	ret->signal = tr->leader_end.kind == STOP_KILLED ? tr->leader_end.sig : 0;
	ret->status = ret->signal ? 128 + ret->signal : tr->leader_end.code;
	run->exit = ret->status;
}

/* All that can wait until the child is on its way. */
static void begin_run(struct tracer *tr)
{
	const struct segen_tracer_opts *o = tr->opts;
	struct segen_run *run;

	tr->run = segen_trace_add_run(tr->trace, o->argv);
	run = tr->trace->runs[tr->run];
	run->mode = xstrdup(o->mode == SEGEN_MODE_FAST ? "fast" : "full");
	run->observe = xstrdup(o->policy ? "base" : "free");
	run->known = starts_filtered(tr);
	run->processes = run->threads = 1;
	tr->unwinder = o->stacks ? callsite_new() : NULL;
}

/* Its execve was the workload's only call, and its end. */
static bool died_in_exec(const struct tracer *tr, const struct spawn *child)
{
	return tr->leader_end.kind == STOP_KILLED && spawn_reached_exec(child);
}

static void record_death_in_exec(struct tracer *tr)
{
	struct tracee *t = tracee_add(&tr->tracees, tr->leader, NULL);

	t->process->program = segen_trace_program(tr->trace, tr->opts->argv[0]);
	record_first_exec(tr, t);
	record_note(tr, "'%s' was killed before its first instruction",
		    tr->opts->argv[0]);
	tracee_remove(&tr->tracees, t);
}

static int trace_child(struct tracer *tr, struct spawn *child, struct segen_error *err)
{
	uint64_t tick = tr->opts->progress ? TICK_MS : 0;
	struct control control = {};
	int r = seize(tr, child->pid, err);

	if (r < 0)
		return r;
	tr->leader = child->pid;
	tracee_add(&tr->tracees, child->pid, NULL)->process->filtered =
		starts_filtered(tr);
	tr->start_us = record_clock_us();
	control_begin(&control, tr->opts->for_ms, tick);
	r = spawn_go(child, err);
	begin_run(tr);
	if (r == 0)
		loop(tr, &control);
	control_stop(&control);
	/* Nobody is left, and each end was reported: else something was missed. */
	if (r == 0 && tr->tracees.n)
		record_note(tr, "threads that ended without a report: %zu",
			    tr->tracees.n);
	if (r == 0 && tr->unsupported)
		return segen_fail(
			err, -ENOTSUP,
			"this kernel has no PTRACE_GET_SYSCALL_INFO; segen needs "
			"Linux 5.3 or newer");
	if (r == 0 && !tr->recording && died_in_exec(tr, child))
		record_death_in_exec(tr);
	if (r == 0 && !tr->recording)
		r = spawn_failure(child, tr->opts->argv, err);
	return r;
}

int segen_tracer_run(const struct segen_tracer_opts *opts, struct segen_trace *t,
		     size_t *ret_run, struct segen_tracer_result *ret,
		     struct segen_error *err)
{
	_cleanup_(filter_done) struct filter filter = {};
	_cleanup_(tracer_done) struct tracer tr = {.opts = opts, .trace = t};
	_cleanup_(spawn_done) struct spawn child = {.go = -1, .failed = -1};
	int r;

	tr.fast.forbidden =
		(opts->policy || opts->mode == SEGEN_MODE_FAST) && filters_forbidden();
	tr.fast.disabled = tr.fast.forbidden || !regs_supported();
	r = first_filter(&tr, &filter, err);
	if (r == 0)
		r = spawn_start(opts->argv, filter.n ? &filter : NULL, &child, err);
	if (r < 0)
		return r;
	affinity_init(&tr.home);
	r = trace_child(&tr, &child, err);
	/* A child that was never let go ends by itself when the pipe closes. */
	spawn_done(&child);
	while (waitpid(child.pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	if (tr.leader) {
		finish_run(&tr, ret);
		*ret_run = tr.run;
	}
	return r;
}
