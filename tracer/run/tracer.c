/* tracer.c: a command, from its start under ptrace to the end of its last descendant. */
#include <segen/tracer.h>

#include "fast/fast.h"
#include "proc/proc-status.h"
#include "proc/program.h"
#include "ptrace/regs.h"
#include "run/control.h"
#include "run/recording.h"
#include "run/spawn.h"
#include "state/record.h"
#include "stops/enforce.h"
#include "stops/loop.h"

#include <segen/util.h>

#include <errno.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

struct command {
	const struct segen_tracer_opts *opts;
	struct tracer tr;
	struct spawn child;
	struct control control;
	bool filters_forbidden; /* by a filter around segen */
	bool timed_out, killed;
};

static void kill_process(struct tracee *t, void *ctx)
{
	if (t->tid == t->process->tgid)
		kill(t->tid, *(const int *)ctx);
}

static void signal_all(const struct tracer *tr, int sig)
{
	tracee_each(&tr->tracees, kill_process, &sig);
}

/*
 * What is stopped gets a signal only when it goes on.  The kernel sends SIGCONT behind a
 * hang-up as well; and with the leader there is nobody left who would.
 */
static void forward(const struct tracer *tr, int sig)
{
	if (tr->leader_gone) {
		signal_all(tr, sig);
		signal_all(tr, SIGCONT);
		return;
	}
	kill(tr->leader, sig);
	if (sig == SIGHUP)
		kill(tr->leader, SIGCONT);
}

/* At once; who is not known yet is killed at its first stop. */
static void kill_all(struct tracer *tr)
{
	if (tr->killing)
		return;
	tr->killing = true;
	signal_all(tr, SIGKILL);
}

/* --- what the loop asks ----------------------------------------------------------- */

static struct resume handle(void *ctx, pid_t tid, const struct stop *s)
{
	struct command *c = ctx;

	return handle_stop(&c->tr, tid, s);
}

static bool knows(const void *ctx, pid_t tid)
{
	const struct command *c = ctx;

	return tracee_find(&c->tr.tracees, tid);
}

/* The workload is never left behind: the loop ends with the last of it. */
static bool turn(void *ctx, bool idle)
{
	struct command *c = ctx;
	struct tracer *tr = &c->tr;
	int sig = 0;
	unsigned what;

	if (idle)
		control_wake(&c->control);
	what = control_take(&c->control, &sig);
	if (what & CONTROL_TICK)
		recording_progress(tr, c->opts->progress, c->opts->progress_ctx);
	if (what & CONTROL_FORWARD)
		forward(tr, sig);
	c->timed_out |= !!(what & CONTROL_END);
	c->killed |= !!(what & CONTROL_KILL);
	if (what & CONTROL_END) {
		signal_all(tr, SIGTERM);
		signal_all(tr, SIGCONT);
	}
	if (what & CONTROL_KILL || tr->unsupported)
		kill_all(tr);
	return true;
}

static const struct loop_ops ops = {.handle = handle, .knows = knows, .turn = turn};

/* --- the beginning ---------------------------------------------------------------- */

static int seize(const struct tracer *tr, pid_t pid, struct segen_error *err)
{
	long options = LOOP_OPTIONS | PTRACE_O_EXITKILL;

	/*
	 * Without a filter of ours TRACE can only come from the workload's own: the
	 * kernel then answers as without a tracer.
	 */
	if (tr->settings.policy || tr->settings.fast)
		options |= PTRACE_O_TRACESECCOMP;
	/* What it was killed for shows at its end alone. */
	if (tr->settings.enforce)
		options |= PTRACE_O_TRACEEXIT;
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
	const struct tracer_settings *s = &tr->settings;

	return s->fast && !tr->fast.disabled && s->known && s->known->n_calls;
}

/* Only a process that runs under a filter can be forbidden to load another. */
static bool filters_forbidden(void)
{
	struct proc_status s;

	/* The quick answer first, as most run without. */
	if (prctl(PR_GET_SECCOMP) == 0)
		return false;
	return proc_status_read(getpid(), &s) == 0 && s.seccomp && !spawn_may_filter();
}

/* What the workload has on from its first instruction. */
static int first_filter(struct command *c, struct filter *ret, struct segen_error *err)
{
	const struct segen_rules *policy = c->opts->policy;

	if (policy && !regs_supported())
		return segen_fail(err, -ENOTSUP,
				  "segen cannot answer calls on this architecture; use "
				  "--observe=free");
	if (policy && c->filters_forbidden)
		return segen_fail(err, -EPERM,
				  "the filter that segen runs under forbids seccomp(2); "
				  "use --observe=free");
	if (c->opts->enforce)
		return filter_from_enforced(policy, ret, err);
	if (starts_filtered(&c->tr))
		return fast_known_filter(&c->tr, ret, err);
	return policy ? filter_from_policy(policy, ret, err) : 0;
}

/* All that can wait until the child is on its way. */
static void begin(struct command *c)
{
	struct tracer *tr = &c->tr;
	struct segen_run *run = recording_begin(tr, c->opts->argv,
						c->opts->enforce  ? SEGEN_OBSERVE_PROFILE
						: c->opts->policy ? SEGEN_OBSERVE_BASE
								  : SEGEN_OBSERVE_FREE);

	run->known = starts_filtered(tr);
	record_thread(tr, c->child.pid, NULL)->process->filter =
		run->known || c->opts->enforce ? FILTER_SEGEN : FILTER_NONE;
	tr->settings.no_proc = !program_proc_is_ours();
	if (tr->settings.no_proc)
		record_note(
			tr,
			"/proc is missing or belongs to another PID namespace: programs and stacks are unknown");
	tr->unwinder = c->opts->stacks && !tr->settings.no_proc ? callsite_new() : NULL;
}

/* --- the end ---------------------------------------------------------------------- */

/* Its execve was the workload's only call, and its end. */
static void record_death_in_exec(struct command *c)
{
	const char *name = c->opts->argv[0];
	struct tracer *tr = &c->tr;
	struct tracee *t = tracee_add(&tr->tracees, tr->leader, NULL);

	t->process->program = segen_trace_program(tr->trace, name);
	record_first_exec(tr, t);
	if (tr->settings.enforce)
		enforce_first_exec(tr, t);
	record_note(tr, "'%s' was killed before its first instruction", name);
	tracee_remove(&tr->tracees, t);
}

/* The last tracee is gone; why, if the workload has never begun. */
static int end(struct command *c, struct segen_error *err)
{
	struct tracer *tr = &c->tr;

	/* Each end was reported, or something was missed. */
	if (tr->tracees.n)
		record_note(tr, "threads that ended without being reported: %zu",
			    tr->tracees.n);
	if (!tr->recording && tr->leader_end.kind == STOP_KILLED &&
	    spawn_reached_exec(&c->child))
		record_death_in_exec(c);
	return tr->recording ? 0 : spawn_failure(&c->child, c->opts->argv, err);
}

static int trace_child(struct command *c, struct segen_error *err)
{
	struct tracer *tr = &c->tr;
	int r = seize(tr, c->child.pid, err), before;

	if (r < 0)
		return r;
	r = control_begin(&c->control, CONTROL_SHORT, c->opts->for_ms,
			  c->opts->progress ? RECORDING_TICK_MS : 0, err);
	if (r < 0)
		return r;
	tr->leader = c->child.pid;
	before = recording_guard();
	r = spawn_go(&c->child, err);
	begin(c);
	if (r == 0)
		r = loop_run(tr, &ops, c, err);
	control_stop(&c->control);
	recording_unguard(before);
	return r < 0 ? r : end(c, err);
}

static void finish(struct command *c, struct segen_tracer_result *ret)
{
	const struct stop *end = &c->tr.leader_end;

	if (c->filters_forbidden && c->tr.settings.fast)
		record_note(
			&c->tr,
			"the filter that segen runs under forbids seccomp(2): every process was followed call by call");
	recording_end(&c->tr);
	ret->signal = end->kind == STOP_KILLED ? end->sig : 0;
	ret->timed_out = c->timed_out;
	ret->killed = c->killed;
	ret->status = recording_exit(end);
}

static void command_init(struct command *c, struct segen_trace *t)
{
	const struct segen_tracer_opts *o = c->opts;

	c->tr.trace = t;
	c->tr.settings = (struct tracer_settings){
		.fast = o->mode == SEGEN_MODE_FAST,
		.policy = o->policy,
		.enforce = o->enforce,
		.policy_all = o->policy_all,
		.policy_ctx = o->policy_ctx,
		.known = o->known,
		.patience = o->patience,
		.args = o->args,
	};
	c->filters_forbidden = (o->policy || c->tr.settings.fast) && filters_forbidden();
	c->tr.fast.disabled = c->filters_forbidden || !regs_supported();
	affinity_init(&c->tr.home);
}

static void command_done(struct command *c)
{
	spawn_done(&c->child);
	tracer_done(&c->tr);
}

int segen_tracer_run(const struct segen_tracer_opts *opts, struct segen_trace *t,
		     size_t *ret_run, struct segen_tracer_result *ret,
		     struct segen_error *err)
{
	_cleanup_(filter_done) struct filter filter = {};
	_cleanup_(command_done) struct command c = {
		.opts = opts,
		.child = {.go = -1, .failed = -1},
	};
	int r;

	command_init(&c, t);
	r = first_filter(&c, &filter, err);
	if (r == 0)
		r = spawn_start(opts->argv, filter.n ? &filter : NULL, &c.child, err);
	if (r < 0)
		return r;
	r = trace_child(&c, err);
	/* A child that was never released ends by itself when the pipe closes. */
	spawn_done(&c.child);
	while (waitpid(c.child.pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	if (c.tr.leader) {
		finish(&c, ret);
		*ret_run = c.tr.run;
	}
	return r;
}
