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
#include "run/recording.h"
#include "state/record.h"
#include "stops/loop.h"

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
	runtime_threads_done(&f->threads);
	container_filter_done(&f->container_filter);
	tracer_done(&f->tr);
}

static ino_t namespace_of(pid_t pid, const char *kind)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, kind);
	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

static struct namespaces namespaces_of(pid_t pid)
{
	return (struct namespaces){namespace_of(pid, "mnt"), namespace_of(pid, "pid")};
}

/*
 * An ordinary user cannot read the namespaces of a process that is not dumpable, as crun
 * makes itself; but its number in its own PID namespace can be read by all.
 */
static bool is_nested(pid_t pid)
{
	struct proc_status st;

	return proc_status_read(pid, &st) == 0 && st.ns_tgid != st.tgid;
}

static bool is_elsewhere(const struct follow *f, pid_t pid)
{
	struct namespaces p = namespaces_of(pid);

	if (!p.mnt)
		return is_nested(pid);
	return p.mnt != f->home.mnt || p.pid != f->home.pid;
}

/* --- stops ------------------------------------------------------------------------ */

static struct resume stop_inside(struct follow *f, pid_t tid, const struct stop *s)
{
	return handle_stop(&f->tr, tid, s);
}

/* From here on the process is the workload. */
static void became_workload(struct follow *f, pid_t tid)
{
	struct process *p = tracee_process(&f->tr.tracees, tid);

	if (!p || tid != f->init || !p->runtime)
		return;
	p->runtime = false;
	if (f->opts->stacks && !f->tr.unwinder)
		f->tr.unwinder = callsite_new();
}

static struct resume outside_exec(struct follow *f, struct runtime_thread *o, pid_t tid)
{
	runtime_thread_remove_process(&f->threads, o->tgid, o->tid);
	o = runtime_thread_find(&f->threads, o->tid);
	o->tid = tid;
	o->in = CALL_IS_NONE;
	if (!f->init && o->role == ROLE_RUNTIME)
		f->home = namespaces_of(tid);
	return (struct resume){.how = RESUME_GO};
}

static struct resume on_exec(struct follow *f, pid_t tid, const struct stop *s)
{
	pid_t old = (pid_t)event_message(tid);
	struct runtime_thread *o = runtime_thread_find(&f->threads, old);
	struct resume r;

	if (!tracee_find(&f->tr.tracees, old) && o) {
		if (f->init || o->role != ROLE_INIT)
			return outside_exec(f, o, tid);
		follow_init_exec(f, o, tid);
	}
	runtime_thread_remove_process(&f->threads, tid, 0);
	r = stop_inside(f, tid, s);
	became_workload(f, tid);
	return r;
}

static struct resume stop_outside(struct follow *f, struct runtime_thread *o,
				  const struct stop *s)
{
	pid_t tid = o->tid;

	switch (s->kind) {
	case STOP_EXITED:
	case STOP_KILLED:
		runtime_thread_remove(&f->threads, tid);
		return (struct resume){.how = RESUME_NONE};
	case STOP_GROUP: return (struct resume){.how = RESUME_LISTEN};
	case STOP_SYSCALL:
	case STOP_SECCOMP:
		if (o->role == ROLE_INIT)
			follow_init_call(f, o, s);
		break;
	default: break;
	}
	return follow_init_resume(f, tid, s->kind == STOP_SIGNAL ? s->sig : 0);
}

/* --- newborns --------------------------------------------------------------------- */

static enum runtime_role role_of_process(const struct follow *f, pid_t pid, pid_t ppid)
{
	const struct runtime_thread *parent = runtime_thread_find(&f->threads, ppid);

	if (f->init || !is_elsewhere(f, pid))
		return ROLE_RUNTIME;
	if (parent && parent->role == ROLE_HOOK)
		return ROLE_HOOK;
	/* A child in a PID namespace of its own is another step of the runtime. */
	if (parent && parent->role == ROLE_INIT &&
	    namespace_of(pid, "pid") == namespace_of(ppid, "pid"))
		return ROLE_HOOK;
	return ROLE_INIT;
}

/* Whether a thread that is not known yet is the container's. */
static bool is_inside(const struct follow *f, pid_t tid, const struct proc_status *st)
{
	bool confined = follow_is_confined(f, st);

	if (!f->init)
		return false;
	if (st->tgid != tid) {
		bool of_inside =
			st->tgid == f->init || tracee_process(&f->tr.tracees, st->tgid);

		return of_inside && (!f->filtered || confined);
	}
	if (is_elsewhere(f, tid))
		return true;
	return confined && f->home_seccomp != SECCOMP_MODE_FILTER;
}

static struct resume on_newborn(struct follow *f, pid_t tid, const struct stop *s)
{
	struct proc_status st = {.tgid = tid};
	const struct runtime_thread *leader;
	struct runtime_thread *o;
	enum runtime_role role = ROLE_RUNTIME;

	proc_status_read(tid, &st);
	if (is_inside(f, tid, &st))
		return stop_inside(f, tid, s);
	leader = runtime_thread_find(&f->threads, st.tgid);
	if (st.tgid == tid)
		role = role_of_process(f, tid, st.ppid);
	else if (leader)
		role = leader->role;
	o = runtime_thread_add(&f->threads, tid, st.tgid, role);
	if (role == ROLE_INIT)
		follow_init_born(f, o);
	return stop_outside(f, o, s);
}

static struct resume handle(void *ctx, pid_t tid, const struct stop *s)
{
	struct follow *f = ctx;
	struct runtime_thread *o;

	if (s->kind == STOP_EXEC)
		return on_exec(f, tid, s);
	if (tracee_find(&f->tr.tracees, tid))
		return stop_inside(f, tid, s);
	o = runtime_thread_find(&f->threads, tid);
	if (o)
		return stop_outside(f, o, s);
	if (s->kind == STOP_EXITED || s->kind == STOP_KILLED)
		return (struct resume){.how = RESUME_NONE};
	return on_newborn(f, tid, s);
}

/* --- the run ---------------------------------------------------------------------- */

static int seize(const struct follow *f, struct segen_error *err)
{
	/* No EXITKILL: a runtime must not end because its tracer does. */
	if (ptrace(PTRACE_SEIZE, f->opts->pid, NULL, (void *)(long)(LOOP_OPTIONS)) < 0)
		return segen_fail_errno(err, -errno, "cannot trace the runtime");
	return 0;
}

static bool knows(const void *ctx, pid_t tid)
{
	const struct follow *f = ctx;

	return tracee_find(&f->tr.tracees, tid) || runtime_thread_find(&f->threads, tid);
}

static bool turn(void *ctx, bool idle)
{
	struct follow *f = ctx;
	int sig;
	unsigned what = control_take(&f->control, &sig);

	if (!f->armed)
		return !what && !f->tr.unsupported;
	if (f->init && what & CONTROL_FORWARD)
		kill(f->init, sig);
	if (f->init && what & CONTROL_KILL)
		kill(f->init, SIGKILL);
	return true;
}

static const struct loop_ops ops = {.handle = handle, .knows = knows, .turn = turn};

static void tracer_begin(struct follow *f, struct segen_trace *t)
{
	const struct segen_follow_opts *opts = f->opts;
	struct proc_status own = {};

	f->tr.settings = (struct tracer_settings){
		.fast = opts->fast,
		.known = opts->known,
		.patience = opts->patience,
		.args = opts->args,
		.no_pinning = true,
		.phases = opts->phases,
	};
	f->tr.trace = t;
	f->tr.container_filter = &f->container_filter;
	f->home = namespaces_of(opts->pid);
	if (proc_status_read(opts->pid, &own) == 0)
		f->home_seccomp = own.seccomp;
	runtime_thread_add(&f->threads, opts->pid, opts->pid, ROLE_RUNTIME);
}

int segen_follow(const struct segen_follow_opts *opts, struct segen_trace *t,
		 bool *ret_recorded, struct segen_error *err)
{
	_cleanup_(follow_done) struct follow f = {.opts = opts};
	int r = seize(&f, err);

	*ret_recorded = false;
	if (r < 0)
		return r;
	tracer_begin(&f, t);
	r = follow_init_prepare(&f, err);
	if (r == 0)
		r = control_begin(&f.control, CONTROL_LONG, 0, 0, err);
	if (r < 0)
		return r;
	recording_guard();
	opts->seized(opts->ctx);
	r = loop_run(&f.tr, &ops, &f, err);
	control_stop(&f.control);
	*ret_recorded = f.init != 0;
	if (f.init && !f.tr.leader_gone)
		record_note(&f.tr, "recording ended before the container did");
	if (f.init)
		recording_end(&f.tr);
	return r;
}
