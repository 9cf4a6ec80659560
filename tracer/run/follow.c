/*
 * follow.c: from a container runtime into its container.
 *
 * Outside, processes stop only when they fork or execve.  A process that is born in other
 * namespaces than the runtime's is about to become the container's first one: it stops at
 * each call, until one of them puts a filter on it or is the workload's execve.  From
 * then on the rest of the tracer has it and all that descends from it.
 */
#include <segen/follow.h>

#include "run/follow-init.h"
#include "proc/proc-status.h"

#include <segen/util.h>

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void follow_done(struct follow *f)
{
	filter_done(&f->start);
	filter_done(&f->known);
	outside_done(&f->out);
	engine_done(&f->e);
}

static ino_t namespace_of(pid_t pid, const char *kind)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, kind);
	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

static struct place place_of(pid_t pid)
{
	return (struct place){namespace_of(pid, "mnt"), namespace_of(pid, "pid")};
}

/*
 * An ordinary user is not shown the namespaces of a process that is not dumpable, as crun
 * makes itself; but its number in its own PID namespace is for everybody.
 */
static bool is_nested(pid_t pid)
{
	struct proc_status st;

	return proc_status_read(pid, &st) == 0 && st.ns_tgid != st.tgid;
}

static bool is_elsewhere(const struct follow *f, pid_t pid)
{
	struct place p = place_of(pid);

	if (!p.mnt)
		return is_nested(pid);
	return p.mnt != f->home.mnt || p.pid != f->home.pid;
}

static pid_t event_message(pid_t tid)
{
	unsigned long msg = 0;

	return ptrace(PTRACE_GETEVENTMSG, tid, NULL, &msg) < 0 ? -1 : (pid_t)msg;
}

/* --- stops ------------------------------------------------------------------------ */

static struct resume stop_inside(struct follow *f, pid_t tid, const struct stop *s)
{
	return handle_stop(&f->e, tid, s);
}

/* From here on the process is the workload. */
static void became_workload(struct follow *f, pid_t tid)
{
	struct process *p = tracee_process(&f->e.tracees, tid);

	if (!p || tid != f->init || !p->runtime)
		return;
	p->runtime = false;
	if (f->opts->stacks && !f->e.unwinder)
		f->e.unwinder = callsite_new();
}

static struct resume outside_exec(struct follow *f, struct outside *o, pid_t tid)
{
	outside_remove_process(&f->out, o->tgid, o->tid);
	o = outside_find(&f->out, o->tid);
	o->tid = tid;
	o->in_call = false;
	if (!f->init && o->role == OUT_RUNTIME)
		f->home = place_of(tid);
	return (struct resume){.how = RESUME_GO};
}

static struct resume on_exec(struct follow *f, pid_t tid, const struct stop *s)
{
	pid_t old = event_message(tid);
	struct outside *o = outside_find(&f->out, old);
	struct resume r;

	if (!tracee_find(&f->e.tracees, old) && o) {
		if (f->init || o->role != OUT_INIT)
			return outside_exec(f, o, tid);
		follow_init_exec(f, o, tid);
	}
	outside_remove_process(&f->out, tid, 0);
	r = stop_inside(f, tid, s);
	became_workload(f, tid);
	return r;
}

static struct resume stop_outside(struct follow *f, struct outside *o,
				  const struct stop *s)
{
	pid_t tid = o->tid;

	switch (s->kind) {
	case STOP_EXITED:
	case STOP_KILLED:
		outside_remove(&f->out, tid);
		return (struct resume){.how = RESUME_NONE};
	case STOP_GROUP: return (struct resume){.how = RESUME_LISTEN};
	case STOP_SYSCALL:
	case STOP_SECCOMP:
		if (o->role == OUT_INIT)
			follow_init_call(f, o, s);
		break;
	default: break;
	}
	return follow_init_resume(f, tid, s->kind == STOP_SIGNAL ? s->sig : 0);
}

/* --- newborns --------------------------------------------------------------------- */

static enum outside_role role_of_process(const struct follow *f, pid_t pid, pid_t ppid)
{
	const struct outside *parent = outside_find(&f->out, ppid);

	if (f->init || !is_elsewhere(f, pid))
		return OUT_RUNTIME;
	if (parent && parent->role == OUT_HOOK)
		return OUT_HOOK;
	/* A child in a PID namespace of its own is another step of the runtime. */
	if (parent && parent->role == OUT_INIT &&
	    namespace_of(pid, "pid") == namespace_of(ppid, "pid"))
		return OUT_HOOK;
	return OUT_INIT;
}

/* A thread that nobody knows yet: whose is it? */
static bool is_inside(const struct follow *f, pid_t tid, const struct proc_status *st)
{
	bool confined = follow_is_confined(f, st);

	if (!f->init)
		return false;
	if (st->tgid != tid) {
		bool of_inside =
			st->tgid == f->init || tracee_process(&f->e.tracees, st->tgid);

		return of_inside && (!f->filtered || confined);
	}
	if (is_elsewhere(f, tid))
		return true;
	return confined && f->home_seccomp != SECCOMP_MODE_FILTER;
}

static struct resume on_newborn(struct follow *f, pid_t tid, const struct stop *s)
{
	struct proc_status st = {.tgid = tid};
	const struct outside *leader;
	struct outside *o;
	enum outside_role role = OUT_RUNTIME;

	proc_status_read(tid, &st);
	if (is_inside(f, tid, &st))
		return stop_inside(f, tid, s);
	leader = outside_find(&f->out, st.tgid);
	if (st.tgid == tid)
		role = role_of_process(f, tid, st.ppid);
	else if (leader)
		role = leader->role;
	o = outside_add(&f->out, tid, st.tgid, role);
	if (role == OUT_INIT)
		follow_init_born(f, o);
	return stop_outside(f, o, s);
}

static struct resume dispatch(struct follow *f, pid_t tid, const struct stop *s)
{
	struct outside *o;

	if (s->kind == STOP_EXEC)
		return on_exec(f, tid, s);
	if (tracee_find(&f->e.tracees, tid))
		return stop_inside(f, tid, s);
	o = outside_find(&f->out, tid);
	if (o)
		return stop_outside(f, o, s);
	if (s->kind == STOP_EXITED || s->kind == STOP_KILLED)
		return (struct resume){.how = RESUME_NONE};
	return on_newborn(f, tid, s);
}

/* --- the run ---------------------------------------------------------------------- */

static int seize(const struct follow *f, struct segen_error *err)
{
	/* No EXITKILL: a runtime must not end because its observer does. */
	if (ptrace(PTRACE_SEIZE, f->opts->pid, NULL, (void *)(long)FOLLOW_OPTIONS) < 0)
		return segen_fail_errno(err, -errno, "cannot trace the runtime");
	return 0;
}

static void loop(struct follow *f)
{
	for (;;) {
		int status, sig;
		unsigned what;
		pid_t tid = wait4(-1, &status, __WALL, NULL);

		if (tid < 0 && errno != EINTR)
			return;
		if (tid > 0) {
			struct stop s = stop_decode(status);

			resume(tid, dispatch(f, tid, &s));
		}
		what = attention_take(&f->attention, &sig);
		if (what && !f->armed)
			return;
		if (f->init && what & ATTENTION_FORWARD)
			kill(f->init, sig);
		if (f->init && what & ATTENTION_KILL)
			kill(f->init, SIGKILL);
	}
}

static void finish(struct follow *f)
{
	struct engine *e = &f->e;
	struct segen_run *run = e->trace->runs[e->run];

	fast_report(e);
	run->duration_ms = (record_clock_us() - e->start_us) / 1000;
	if (!e->leader_gone)
		record_note(&f->e, "recording ended before the container did");
	else
		run->exit = e->leader_end.kind == STOP_KILLED ? 128 + e->leader_end.sig
							      : e->leader_end.code;
}

static void engine_begin(struct follow *f, struct segen_trace *t)
{
	const struct segen_follow_opts *opts = f->opts;
	struct proc_status own = {};

	f->engine_opts = (struct segen_tracer_opts){
		.mode = opts->fast ? SEGEN_MODE_FAST : SEGEN_MODE_FULL,
		.known = opts->known,
		.patience = opts->patience,
		.args = opts->args,
	};
	f->e.opts = &f->engine_opts;
	f->e.trace = t;
	f->e.phases = opts->phases;
	f->e.aloof = true;
	f->home = place_of(opts->pid);
	if (proc_status_read(opts->pid, &own) == 0)
		f->home_seccomp = own.seccomp;
	outside_add(&f->out, opts->pid, opts->pid, OUT_RUNTIME);
}

int segen_follow(const struct segen_follow_opts *opts, struct segen_trace *t,
		 bool *ret_recorded, struct segen_error *err)
{
	_cleanup_(follow_done) struct follow f = {.opts = opts};
	int r = seize(&f, err);

	*ret_recorded = false;
	if (r < 0)
		return r;
	engine_begin(&f, t);
	r = follow_init_prepare(&f, err);
	if (r == 0)
		r = attention_start(&f.attention, 0, 0, err);
	if (r < 0)
		return r;
	opts->seized(opts->ctx);
	loop(&f);
	attention_stop(&f.attention);
	*ret_recorded = f.init != 0;
	if (f.init)
		finish(&f);
	return 0;
}
