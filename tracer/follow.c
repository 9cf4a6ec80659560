/*
 * follow.c: from a container runtime into its container.
 *
 * Outside, processes stop only when they fork or execve.  A process that is born in other
 * namespaces than the runtime's is about to become the container's first one: it stops at
 * each call, until one of them puts a filter on it or is the workload's execve.  From
 * then on the rest of the tracer has it and all that descends from it.
 */
#include <segen/follow.h>

#include "engine.h"
#include "outside.h"
#include "proc-status.h"

#include <segen/util.h>

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Which namespaces a process is in: the identity of two that every container has. */
struct place {
	ino_t mnt, pid;
};

struct follow {
	struct engine e;
	const struct segen_follow_opts *opts;
	struct outside_table out;
	struct place home; /* the runtime's */
	int home_seccomp;
	pid_t init;    /* the container's first process; 0: not there yet */
	bool filtered; /* it has put its filter on */
};

static void follow_done(struct follow *f)
{
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

static bool is_elsewhere(const struct follow *f, pid_t pid)
{
	struct place p = place_of(pid);

	return p.mnt && (p.mnt != f->home.mnt || p.pid != f->home.pid);
}

static pid_t event_message(pid_t tid)
{
	unsigned long msg = 0;

	return ptrace(PTRACE_GETEVENTMSG, tid, NULL, &msg) < 0 ? -1 : (pid_t)msg;
}

/* --- from outside to inside ------------------------------------------------------- */

static void begin(struct follow *f, pid_t tgid)
{
	struct engine *e = &f->e;
	struct segen_run *run;

	f->init = e->leader = tgid;
	e->start_us = record_clock_us();
	e->run = segen_trace_add_run(e->trace, f->opts->argv);
	run = e->trace->runs[e->run];
	run->mode = xstrdup("full");
	run->observe = xstrdup(f->filtered ? "container" : "free");
	run->exit = -1;
	run->processes = 1;
	/* Whoever else was taken for it will not be. */
	for (size_t i = 0; i < f->out.n; i++)
		f->out.v[i].role = OUT_RUNTIME;
}

static struct tracee *bring_in(struct follow *f, pid_t tid, struct process *p)
{
	struct tracee *t = tracee_add(&f->e.tracees, tid, p);

	f->e.trace->runs[f->e.run]->threads++;
	t->process->tgid = f->init;
	t->process->runtime = true;
	return t;
}

static bool is_filtered(pid_t tid)
{
	struct proc_status st;

	return proc_status_read(tid, &st) == 0 && st.seccomp == SECCOMP_MODE_FILTER;
}

/* @tid has put the filter on itself, and perhaps on its siblings. */
static void filter_installed(struct follow *f, pid_t tid, pid_t tgid)
{
	struct process *p = NULL;

	f->filtered = true;
	begin(f, tgid);
	f->e.recording = true;
	for (size_t i = f->out.n; i-- > 0;) {
		pid_t other = f->out.v[i].tid;

		if (f->out.v[i].tgid != tgid || (other != tid && !is_filtered(other)))
			continue;
		p = bring_in(f, other, p)->process;
		outside_remove(&f->out, other);
	}
	if (p)
		record_program(&f->e, p);
}

static bool may_begin(const struct call_info *c)
{
	return c->nr == SYS_seccomp || c->nr == SYS_execve || c->nr == SYS_execveat ||
	       (c->nr == SYS_prctl && c->args[0] == PR_SET_SECCOMP);
}

static bool puts_filter_on(const struct call_info *c)
{
	if (c->nr == SYS_seccomp)
		return c->args[0] == SECCOMP_SET_MODE_FILTER;
	return c->nr == SYS_prctl && c->args[1] == SECCOMP_MODE_FILTER;
}

/* A call boundary of a process that may become the container's first. */
static void watch_call(struct follow *f, struct outside *o)
{
	struct call_info c;

	if (o->in_call && !o->telling) {
		o->in_call = false;
		return;
	}
	if (call_info_get(o->tid, &c) < 0)
		return;
	o->in_call = c.op == CALL_ENTRY;
	if (o->in_call) {
		o->telling = may_begin(&c);
		if (o->telling)
			o->call = c;
		return;
	}
	if (o->telling && !c.failed && puts_filter_on(&o->call))
		filter_installed(f, o->tid, o->tgid);
	else
		o->telling = false;
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

/* The workload's execve, and no filter was put on before it. */
static void begin_at_exec(struct follow *f, const struct outside *o, pid_t tid)
{
	struct outside last = *o; /* the table changes */
	struct tracee *t;

	begin(f, tid);
	t = bring_in(f, last.tid, NULL);
	if (last.telling)
		record_entry(&f->e, t, &last.call);
	record_note(&f->e, is_filtered(tid)
				   ? "the container's filter was not seen to be loaded"
				   : "the container has no seccomp filter");
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
		begin_at_exec(f, o, tid);
	}
	outside_remove_process(&f->out, tid, 0);
	r = stop_inside(f, tid, s);
	became_workload(f, tid);
	return r;
}

static struct resume stop_outside(struct follow *f, struct outside *o,
				  const struct stop *s)
{
	struct resume r = {.how = RESUME_GO};
	pid_t tid = o->tid;

	switch (s->kind) {
	case STOP_EXITED:
	case STOP_KILLED:
		outside_remove(&f->out, tid);
		return (struct resume){.how = RESUME_NONE};
	case STOP_GROUP: return (struct resume){.how = RESUME_LISTEN};
	case STOP_SIGNAL: r.sig = s->sig; break;
	case STOP_SYSCALL:
		if (o->role == OUT_INIT)
			watch_call(f, o);
		break;
	default: break;
	}
	/* It may have moved inside by now. */
	o = outside_find(&f->out, tid);
	if (!o || o->role == OUT_INIT)
		r.how = RESUME_CALL;
	return r;
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
	bool has_filter = st->seccomp == SECCOMP_MODE_FILTER;

	if (!f->init)
		return false;
	if (st->tgid != tid) {
		bool of_inside =
			st->tgid == f->init || tracee_process(&f->e.tracees, st->tgid);

		return of_inside && (!f->filtered || has_filter);
	}
	if (is_elsewhere(f, tid))
		return true;
	return f->filtered && has_filter && f->home_seccomp != SECCOMP_MODE_FILTER;
}

static struct resume on_newborn(struct follow *f, pid_t tid, const struct stop *s)
{
	struct proc_status st = {.tgid = tid};
	const struct outside *leader;
	enum outside_role role = OUT_RUNTIME;

	proc_status_read(tid, &st);
	if (is_inside(f, tid, &st))
		return stop_inside(f, tid, s);
	leader = outside_find(&f->out, st.tgid);
	if (st.tgid == tid)
		role = role_of_process(f, tid, st.ppid);
	else if (leader)
		role = leader->role;
	return stop_outside(f, outside_add(&f->out, tid, st.tgid, role), s);
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
	/* No EXITKILL: a container must not end because its observer does. */
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;

	if (ptrace(PTRACE_SEIZE, f->opts->pid, NULL, (void *)options) < 0)
		return segen_fail_errno(err, -errno, "cannot trace the runtime");
	return 0;
}

static void loop(struct follow *f)
{
	for (;;) {
		int status, sig;
		pid_t tid = wait4(-1, &status, __WALL, NULL);

		if (tid < 0 && errno != EINTR)
			return;
		if (tid > 0) {
			struct stop s = stop_decode(status);

			resume(tid, dispatch(f, tid, &s));
		}
		if (attention_take(&f->e.attention, &sig))
			return;
	}
}

static void finish(struct follow *f)
{
	const struct engine *e = &f->e;
	struct segen_run *run = e->trace->runs[e->run];

	run->duration_ms = (record_clock_us() - e->start_us) / 1000;
	if (!e->leader_gone)
		record_note(&f->e, "recording ended before the container did");
	else
		run->exit = e->leader_end.kind == STOP_KILLED ? 128 + e->leader_end.sig
							      : e->leader_end.code;
}

int segen_follow(const struct segen_follow_opts *opts, struct segen_trace *t,
		 bool *ret_recorded, struct segen_error *err)
{
	_cleanup_(follow_done) struct follow f = {.opts = opts};
	static const struct segen_tracer_opts full = {.mode = SEGEN_MODE_FULL};
	struct proc_status own = {};
	int r = seize(&f, err);

	*ret_recorded = false;
	if (r < 0)
		return r;
	f.e.opts = &full;
	f.e.trace = t;
	f.e.phases = opts->phases;
	f.e.aloof = f.e.fast.disabled = true;
	f.home = place_of(opts->pid);
	if (proc_status_read(opts->pid, &own) == 0)
		f.home_seccomp = own.seccomp;
	outside_add(&f.out, opts->pid, opts->pid, OUT_RUNTIME);
	r = attention_start(&f.e.attention, 0, 0, err);
	if (r < 0)
		return r;
	opts->seized(opts->ctx);
	loop(&f);
	attention_stop(&f.e.attention);
	*ret_recorded = f.init != 0;
	if (f.init)
		finish(&f);
	return 0;
}
