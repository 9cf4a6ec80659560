/* follow-init.c: from the runtime's thread to the container's first process. */
#include "run/follow-init.h"

#include "fast/fast.h"
#include "ptrace/regs.h"
#include "run/recording.h"
#include "state/record.h"
#include "stops/loop.h"

#include <segen/util.h>

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

static bool is_filtered(pid_t tid)
{
	struct proc_status st;

	return proc_status_read(tid, &st) == 0 && st.seccomp == SECCOMP_MODE_FILTER;
}

static int count_filters(pid_t tid)
{
	struct proc_status st;

	return proc_status_read(tid, &st) == 0 ? st.filters : -1;
}

bool follow_is_confined(const struct follow *f, const struct proc_status *st)
{
	if (!f->filtered || st->seccomp != SECCOMP_MODE_FILTER)
		return false;
	return f->filters < 0 || st->filters >= f->filters;
}

int follow_init_prepare(struct follow *f, struct segen_error *err)
{
	int r = 0;

	/* A runtime that has a filter itself: what it allows is not known. */
	f->tr.fast.disabled = !f->opts->fast || !regs_supported() || f->home_seccomp;
	if (f->tr.fast.disabled) {
		f->tr.settings.fast = false;
		return 0;
	}
	/* With this filter on, only the number of filters tells the container's. */
	if (f->opts->confined && count_filters(getpid()) >= 0)
		r = filter_for_start(&f->start, err);
	if (r == 0 && f->opts->known && f->opts->known->n_calls)
		r = fast_known_filter(&f->tr, &f->known, err);
	return r;
}

void follow_init_born(const struct follow *f, struct runtime_thread *o)
{
	/* Its parent has the filter, so it has it, too. */
	if (f->start.n && is_filtered(o->tid))
		o->watch = WATCH_FILTER;
}

/* From now on it cannot go on without the tracer: it ends with it. */
static int arm(struct follow *f, pid_t tid)
{
	/* The end of a thread shows what a filter has killed it for (signals.h). */
	const long options = LOOP_OPTIONS | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXIT |
			     PTRACE_O_EXITKILL;

	if (ptrace(PTRACE_SETOPTIONS, tid, NULL, (void *)options) < 0)
		return -errno;
	f->armed = true;
	return 0;
}

/* --- the beginning ---------------------------------------------------------------- */

static void begin(struct follow *f, pid_t tgid)
{
	struct tracer *tr = &f->tr;
	struct segen_run *run;

	f->init = tr->leader = tgid;
	run = recording_begin(tr, f->opts->argv,
			      f->filtered ? SEGEN_OBSERVE_CONTAINER : SEGEN_OBSERVE_FREE);
	run->known = f->known.n > 0;
	/* No other thread will become the first process. */
	for (size_t i = 0; i < f->threads.n; i++)
		f->threads.v[i].role = ROLE_RUNTIME;
}

static struct tracee *bring_in(struct follow *f, pid_t tid, struct process *p)
{
	struct tracee *t = record_thread(&f->tr, tid, p);

	t->process->tgid = f->init;
	t->process->runtime = true;
	return t;
}

static bool is_confined(const struct follow *f, pid_t tid)
{
	struct proc_status st;

	return proc_status_read(tid, &st) == 0 && follow_is_confined(f, &st);
}

/* @tid has put the filter on itself, and perhaps on its siblings. */
static void filter_installed(struct follow *f, pid_t tid, pid_t tgid,
			     bool has_known_filter)
{
	struct process *p = NULL;

	f->filtered = true;
	f->filters = count_filters(tid);
	begin(f, tgid);
	f->tr.recording = true;
	for (size_t i = f->threads.n; i-- > 0;) {
		pid_t other = f->threads.v[i].tid;

		if (f->threads.v[i].tgid != tgid ||
		    (other != tid && !is_confined(f, other)))
			continue;
		p = bring_in(f, other, p)->process;
		runtime_thread_remove(&f->threads, other);
	}
	if (!p)
		return;
	p->filter = has_known_filter ? FILTER_SEGEN : FILTER_NONE;
	record_program(&f->tr, p);
}

void follow_init_exec(struct follow *f, const struct runtime_thread *o, pid_t tid)
{
	struct runtime_thread last = *o; /* the table changes */
	struct tracee *t;

	begin(f, tid);
	t = bring_in(f, last.tid, NULL);
	if (last.in == CALL_MAY_BEGIN)
		record_entry(&f->tr, t, &last.call);
	record_note(&f->tr,
		    is_filtered(tid) && last.watch != WATCH_FILTER
			    ? "segen did not see the container's filter being loaded"
			    : "the container has no seccomp filter");
	if (!f->tr.fast.disabled && arm(f, tid) < 0)
		f->tr.fast.disabled = true;
}

/* --- what it calls ---------------------------------------------------------------- */

static bool may_begin(const struct call_info *c)
{
	return c->arch == segen_arch_native() &&
	       (c->nr == SYS_seccomp || c->nr == SYS_execve || c->nr == SYS_execveat ||
		(c->nr == SYS_prctl && c->args[0] == PR_SET_SECCOMP));
}

/* The program is the third argument of both; without one libseccomp only asks. */
static bool puts_filter_on(const struct call_info *c)
{
	if (!c->args[2])
		return false;
	if (c->nr == SYS_seccomp)
		return c->args[0] == SECCOMP_SET_MODE_FILTER;
	return c->nr == SYS_prctl && c->args[1] == SECCOMP_MODE_FILTER;
}

static void inject(struct follow *f, struct runtime_thread *o,
		   const struct filter *filter)
{
	if (arm(f, o->tid) < 0)
		return;
	o->injection = xcalloc(1, sizeof(*o->injection));
	if (inject_start(o->injection, o->tid, filter, INJECT_THREAD) < 0)
		inject_free(TAKE_PTR(o->injection));
}

static void injected(struct runtime_thread *o)
{
	bool good = o->injection->result == 0;

	if (o->known == KNOWN_LOADING)
		o->known = good ? KNOWN_LOADED : KNOWN_IMPOSSIBLE;
	else if (good)
		o->watch = WATCH_FILTER;
	inject_free(TAKE_PTR(o->injection));
	o->in = CALL_IS_NONE;
}

/* Whether a filter that is being loaded is put on siblings as well. */
static bool is_shared(const struct follow *f, const struct runtime_thread *o)
{
	if (o->call.nr != SYS_seccomp || !(o->call.args[1] & SECCOMP_FILTER_FLAG_TSYNC))
		return false;
	for (size_t i = 0; i < f->threads.n; i++)
		if (f->threads.v[i].tgid == o->tgid && f->threads.v[i].tid != o->tid)
			return true;
	return false;
}

/*
 * It is about to load the container's filter: read it, and in fast mode get its refusals
 * changed to stops, so that known calls can be allowed in the kernel.
 */
static void at_load(struct follow *f, struct runtime_thread *o)
{
	struct container_filter *g = &f->container_filter;

	o->load = container_filter_read(g, o->tid, o->call.args[2]) == 0 ? LOAD_READ
									 : LOAD_UNREAD;
	if (o->load == LOAD_UNREAD || f->tr.fast.disabled)
		return;
	if (container_filter_may_inject(g) && !is_shared(f, o) && arm(f, o->tid) == 0 &&
	    container_filter_divert(g, o->tid, o->call.args[2]) == 0)
		o->load = LOAD_REWRITTEN;
}

static void after_load(struct follow *f, struct runtime_thread *o, bool failed)
{
	struct tracer *tr = &f->tr;
	bool forbidden;

	if (o->load == LOAD_REWRITTEN)
		container_filter_put_back(&f->container_filter, o->tid, o->call.args[2]);
	if (failed) {
		if (o->load != LOAD_UNREAD)
			container_filter_drop(&f->container_filter);
		return;
	}
	f->container_filter.unknown |= o->load == LOAD_UNREAD;
	tr->filter_rewritten = o->load == LOAD_REWRITTEN;
	forbidden = !tr->fast.disabled && !tr->filter_rewritten;
	if (forbidden) {
		tr->fast.disabled = true;
		f->tr.settings.fast = false;
	}
	filter_installed(f, o->tid, o->tgid, o->known == KNOWN_LOADED);
	if (forbidden)
		record_note(
			tr,
			"fast mode is unavailable under this container's filter: every process was followed call by call");
}

/* Load a filter of segen's first.  True: then the call begins again. */
static bool inject_first(struct follow *f, struct runtime_thread *o,
			 const struct call_info *c)
{
	bool load = may_begin(c) && puts_filter_on(c);

	if (c->arch != segen_arch_native())
		return false;
	if (o->watch == WATCH_CALLS && f->start.n) {
		o->watch = WATCH_CALLS_ONLY;
		inject(f, o, &f->start);
	} else if (load && f->known.n && o->known == KNOWN_UNTRIED) {
		inject(f, o, &f->known);
		o->known = o->injection ? KNOWN_LOADING : KNOWN_IMPOSSIBLE;
	}
	return o->injection != NULL;
}

static void at_entry(struct follow *f, struct runtime_thread *o,
		     const struct call_info *c)
{
	if (inject_first(f, o, c))
		return;
	/* At a filter's stop only the end of a call that may begin is waited for. */
	o->in = may_begin(c)	      ? CALL_MAY_BEGIN
		: c->op == CALL_ENTRY ? CALL_IS_OTHER
				      : CALL_IS_NONE;
	if (o->in != CALL_MAY_BEGIN)
		return;
	o->call = *c;
	if (puts_filter_on(c))
		at_load(f, o);
}

static void at_exit(struct follow *f, struct runtime_thread *o, const struct call_info *c)
{
	bool load = o->in == CALL_MAY_BEGIN && puts_filter_on(&o->call);

	o->in = CALL_IS_NONE;
	/* It may not be in the table any more after this. */
	if (load)
		after_load(f, o, c->failed);
}

void follow_init_call(struct follow *f, struct runtime_thread *o, const struct stop *s)
{
	struct call_info c;

	if (call_info_get(o->tid, &c) < 0)
		return;
	if (o->injection) {
		if (!inject_step(o->injection, o->tid, &c))
			injected(o);
		return;
	}
	if (c.op == CALL_EXIT)
		at_exit(f, o, &c);
	/* A filter's stop comes after that of the entry, where there is one. */
	else if (c.op == CALL_ENTRY || (c.op == CALL_SECCOMP && o->in == CALL_IS_NONE))
		at_entry(f, o, &c);
}

struct resume follow_init_resume(const struct follow *f, pid_t tid, int sig)
{
	const struct runtime_thread *o = runtime_thread_find(&f->threads, tid);
	struct resume r = {.how = RESUME_CALL, .sig = sig};

	if (o && o->role != ROLE_INIT)
		r.how = RESUME_GO;
	/* Its filter stops it in time; the end of what it loads must be seen. */
	if (o && o->role == ROLE_INIT && o->watch == WATCH_FILTER && !o->injection &&
	    o->in != CALL_MAY_BEGIN)
		r.how = RESUME_GO;
	return r;
}
