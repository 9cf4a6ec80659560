/* tracer.c: start, wait, dispatch, resume, end. */
#include <segen/tracer.h>

#include "state/engine.h"
#include "fast/brief.h"
#include "proc/proc-status.h"
#include "ptrace/regs.h"
#include "run/attention.h"
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

void engine_done(struct engine *e)
{
	tracee_table_done(&e->tracees);
	fast_done(&e->fast);
	guard_done(&e->guard);
	brief_done(&e->brief);
	callsite_free(e->unwinder);
	free(e->watches);
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

static void signal_all(const struct engine *e, int sig)
{
	tracee_each(&e->tracees, kill_process, &sig);
}

static void forward(const struct engine *e, int sig)
{
	if (e->leader_gone)
		signal_all(e, sig);
	else
		kill(e->leader, sig);
}

void engine_progress(const struct engine *e)
{
	struct segen_progress p = {
		.elapsed_ms = (record_clock_us() - e->start_us) / 1000,
		.processes = e->tracees.n_processes,
		.calls = e->trace->n_calls,
		.last_new = e->last_new,
	};

	e->opts->progress(&p, e->opts->progress_ctx);
}

static void attend(struct engine *e, struct attention *a)
{
	int sig = 0;
	unsigned what = attention_take(a, &sig);

	if (what & ATTENTION_TICK)
		engine_progress(e);
	if (what & ATTENTION_FORWARD)
		forward(e, sig);
	if (what & ATTENTION_END) {
		signal_all(e, SIGTERM);
		signal_all(e, SIGCONT);
	}
	if (what & ATTENTION_KILL)
		signal_all(e, SIGKILL);
}

/*
 * wait4() returns stops in the order of its lists: a busy tracee at the head would
 * starve the others.
 */
static bool looks_for_more(const struct engine *e)
{
	return e->tracees.n > 1 && (e->crowded || e->waits % ALONE_WAITS == 0);
}

/* The event of its parent, which has more to say, may be there as well. */
static bool is_newborn(const struct engine *e, pid_t tid)
{
	return e->recording && !tracee_find(&e->tracees, tid);
}

int engine_wait(struct engine *e, struct waited *w)
{
	bool more;
	int n = 0;

	w[0].tid = wait4(-1, &w[0].status, __WALL, NULL);
	if (w[0].tid < 0)
		return -errno;
	e->waits++;
	more = looks_for_more(e) || is_newborn(e, w[0].tid);
	for (n = 1; n < WAIT_BATCH && more; n++) {
		w[n].tid = wait4(-1, &w[n].status, __WALL | WNOHANG, NULL);
		if (w[n].tid <= 0)
			break;
	}
	e->crowded = n > 1;
	return n;
}

static void handle(struct engine *e, const struct waited *w)
{
	struct stop s = stop_decode(w->status);

	resume(w->tid, handle_stop(e, w->tid, &s));
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
static void handle_all(struct engine *e, const struct waited *w, int n)
{
	struct waited later[WAIT_BATCH];
	int n_later = 0;

	for (int i = 0; i < n; i++) {
		if (is_newborn(e, w[i].tid) || is_among(later, n_later, w[i].tid))
			later[n_later++] = w[i];
		else
			handle(e, &w[i]);
	}
	for (int i = 0; i < n_later; i++)
		handle(e, &later[i]);
}

static void loop(struct engine *e, struct attention *a)
{
	struct waited w[WAIT_BATCH];

	for (;;) {
		int n = engine_wait(e, w);

		if (n == -ECHILD)
			return;
		if (n < 0 || e->waits % BUSY_WAITS == 0)
			attention_awake(a);
		if (n < 0)
			brief_tick(e);
		handle_all(e, w, n);
		attend(e, a);
		if (e->unsupported)
			signal_all(e, SIGKILL);
	}
}

static int seize(struct engine *e, pid_t pid, struct segen_error *err)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;

	/*
	 * Without a filter of ours TRACE can only come from the workload's own: the
	 * kernel then answers as if nobody traced.
	 */
	if (e->opts->policy || e->opts->mode == SEGEN_MODE_FAST)
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

static bool starts_filtered(const struct engine *e)
{
	const struct segen_tracer_opts *o = e->opts;

	return o->mode == SEGEN_MODE_FAST && !e->fast.disabled && o->known &&
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
static int first_filter(struct engine *e, struct filter *ret, struct segen_error *err)
{
	const struct segen_tracer_opts *o = e->opts;

	if (o->policy && !regs_supported())
		return segen_fail(err, -ENOTSUP,
				  "segen cannot answer calls on this architecture; use "
				  "--observe=free");
	if (o->policy && e->fast.forbidden)
		return segen_fail(err, -EPERM,
				  "the filter that segen runs under forbids seccomp(2); "
				  "use --observe=free");
	if (starts_filtered(e))
		return fast_known_filter(e, ret, err);
	return o->policy ? filter_from_policy(o->policy, ret, err) : 0;
}

static void finish_run(struct engine *e, struct segen_tracer_result *ret)
{
	struct segen_run *run = e->trace->runs[e->run];

	fast_report(e);
	run->duration_ms = (record_clock_us() - e->start_us) / 1000;
	ret->signal = e->leader_end.kind == STOP_KILLED ? e->leader_end.sig : 0;
	ret->status = ret->signal ? 128 + ret->signal : e->leader_end.code;
	run->exit = ret->status;
}

/* All that can wait until the child is on its way. */
static void begin_run(struct engine *e)
{
	const struct segen_tracer_opts *o = e->opts;
	struct segen_run *run;

	e->run = segen_trace_add_run(e->trace, o->argv);
	run = e->trace->runs[e->run];
	run->mode = xstrdup(o->mode == SEGEN_MODE_FAST ? "fast" : "full");
	run->observe = xstrdup(o->policy ? "base" : "free");
	run->known = starts_filtered(e);
	run->processes = run->threads = 1;
	e->unwinder = o->stacks ? callsite_new() : NULL;
}

/* Its execve was the workload's only call, and its end. */
static bool died_in_exec(const struct engine *e, const struct spawn *child)
{
	return e->leader_end.kind == STOP_KILLED && spawn_reached_exec(child);
}

static void record_death_in_exec(struct engine *e)
{
	struct tracee *t = tracee_add(&e->tracees, e->leader, NULL);

	t->process->program = segen_trace_program(e->trace, e->opts->argv[0]);
	record_first_exec(e, t);
	record_note(e, "'%s' was killed before its first instruction", e->opts->argv[0]);
	tracee_remove(&e->tracees, t);
}

static int trace_child(struct engine *e, struct spawn *child, struct segen_error *err)
{
	uint64_t tick = e->opts->progress ? TICK_MS : 0;
	struct attention attention = {};
	int r = seize(e, child->pid, err);

	if (r < 0)
		return r;
	e->leader = child->pid;
	tracee_add(&e->tracees, child->pid, NULL)->process->filtered = starts_filtered(e);
	e->start_us = record_clock_us();
	attention_begin(&attention, e->opts->for_ms, tick);
	r = spawn_go(child, err);
	begin_run(e);
	if (r == 0)
		loop(e, &attention);
	attention_stop(&attention);
	/* Nobody is left, and each end was reported: else something was missed. */
	if (r == 0 && e->tracees.n)
		record_note(e, "threads that ended without a report: %zu", e->tracees.n);
	if (r == 0 && e->unsupported)
		return segen_fail(
			err, -ENOTSUP,
			"this kernel has no PTRACE_GET_SYSCALL_INFO; segen needs "
			"Linux 5.3 or newer");
	if (r == 0 && !e->recording && died_in_exec(e, child))
		record_death_in_exec(e);
	if (r == 0 && !e->recording)
		r = spawn_failure(child, e->opts->argv, err);
	return r;
}

int segen_tracer_run(const struct segen_tracer_opts *opts, struct segen_trace *t,
		     size_t *ret_run, struct segen_tracer_result *ret,
		     struct segen_error *err)
{
	_cleanup_(filter_done) struct filter filter = {};
	_cleanup_(engine_done) struct engine e = {.opts = opts, .trace = t};
	_cleanup_(spawn_done) struct spawn child = {.go = -1, .failed = -1};
	int r;

	e.fast.forbidden =
		(opts->policy || opts->mode == SEGEN_MODE_FAST) && filters_forbidden();
	e.fast.disabled = e.fast.forbidden || !regs_supported();
	r = first_filter(&e, &filter, err);
	if (r == 0)
		r = spawn_start(opts->argv, filter.n ? &filter : NULL, &child, err);
	if (r < 0)
		return r;
	affinity_init(&e.home);
	e.scattered = exec_cache_may_move(opts->known);
	r = trace_child(&e, &child, err);
	/* A child that was never let go ends by itself when the pipe closes. */
	spawn_done(&child);
	while (waitpid(child.pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	if (e.leader) {
		finish_run(&e, ret);
		*ret_run = e.run;
	}
	return r;
}
