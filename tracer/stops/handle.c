/* handle.c: from a stop to how its thread goes on. */
#include "stops/handle.h"

#include "fast/birth.h"
#include "fast/fast.h"
#include "fast/short-lived.h"
#include "proc/proc-status.h"
#include "ptrace/regs.h"
#include "state/record.h"
#include "stops/enforce.h"
#include "stops/hide-filter.h"
#include "stops/loop.h"
#include "stops/quiesce.h"
#include "stops/refuse.h"
#include "stops/signals.h"
#include "stops/untraced.h"

#include <segen/syscall.h>

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

static const struct resume go_on = {.how = RESUME_CALL};
static const struct resume gone = {.how = RESUME_NONE};

/* A newborn whose parent's event is still to come: /proc tells what it is. */
static struct tracee *add_newborn(struct tracer *tr, pid_t tid)
{
	struct proc_status st = {.tgid = tid};
	struct process *p = NULL;
	struct tracee *t;

	if (proc_status_read(tid, &st) == 0 && st.tgid != tid)
		p = tracee_process_any(&tr->tracees, st.tgid);
	t = record_thread(tr, tid, p);
	t->fork_event_pending = tr->leader != 0;
	early_exit_take(&tr->early, tid);
	if (p)
		return t;
	birth_found(tr, t->process, st.ppid);
	record_program(tr, t->process);
	return t;
}

static struct resume on_child(struct tracer *tr, struct tracee *t, const struct stop *s)
{
	pid_t tid = (pid_t)event_message(t->tid);
	struct process *p = t->process;
	struct tracee *child;

	if (tid <= 0)
		return go_on;
	child = tracee_find(&tr->tracees, tid);
	if (!child && early_exit_take(&tr->early, tid)) {
		birth_reported(tr, t, tid);
		return go_on;
	}
	if (!child) {
		child = record_thread(tr, tid, is_thread_of(p->tgid, tid) ? p : NULL);
		child->process->program = p->program;
	}
	if (child->process != p)
		birth_inherit(t, child->process);
	if (child->fork_event_pending)
		birth_reported(tr, child, tid);
	child->fork_event_pending = false;
	if (process_is_fast(p) && !tr->settings.no_pinning)
		short_lived_born(tr, t, child);
	affinity_inherited(&tr->home, &t->affinity, &child->affinity, tid);
	return go_on;
}

static void on_exit_of_call(struct tracer *tr, struct tracee *t, struct call_info *c)
{
	untraced_restore(t);
	t->unsure = t->want_exit = false;
	fast_made_filter(t, c->failed);
	hide_filter_result(tr, t, c);
	record_exit(tr, t, c);
}

/* The workload's own execve. */
static void begin_recording(struct tracer *tr, struct tracee *t)
{
	record_first_exec(tr, t);
	if (tr->settings.enforce)
		enforce_first_exec(tr, t);
}

static struct resume on_exec(struct tracer *tr, struct tracee *t, const struct stop *s)
{
	record_exec(tr, t);
	if (!tr->recording)
		begin_recording(tr, t);
	fast_exec(t->process);
	t->restart = (struct call_restart){};
	affinity_expect(&t->affinity, record_clock_us());
	/* It has succeeded: to see its end as well would be a stop for nothing. */
	if ((t->tags & TAG_EXEC) && process_is_fast(t->process)) {
		t->in_call = true;
		on_exit_of_call(tr, t, &(struct call_info){.op = CALL_EXIT});
	}
	return go_on;
}

static void release_affinity(struct tracee *t, void *ctx)
{
	struct tracer *tr = ctx;

	affinity_release(&tr->home, &t->affinity, t->tid);
}

/* The workload asks for CPU masks: no tracee is bound while it gets its answer. */
static void show_affinity(struct tracer *tr, struct tracee *t)
{
	if (!(t->tags & TAG_AFFINITY))
		return;
	tracee_each(&tr->tracees, release_affinity, tr);
	t->affinity.never = true;
}

/*
 * seccomp(2), or prctl(PR_SET_SECCOMP), as far as it changes what answers a call.  True:
 * that of its siblings as well.
 */
static bool watch_filter(struct tracee *t)
{
	/* The kernel looks at an int. */
	uint32_t what = (uint32_t)t->args[0], flags = (uint32_t)t->args[1];
	unsigned tag = t->tags;
	bool filter = (tag & TAG_SECCOMP) && what == SECCOMP_SET_MODE_FILTER;

	if (filter || ((tag & TAG_SECCOMP) && what == SECCOMP_SET_MODE_STRICT) ||
	    ((tag & TAG_PRCTL) && what == PR_SET_SECCOMP))
		fast_makes_filter(t);
	return filter && (flags & SECCOMP_FILTER_FLAG_TSYNC) && t->process->threads > 1;
}

struct entered {
	bool discovered;    /* something new was learned */
	bool quiesce_first; /* before the call is made */
};

/*
 * The side effects of every entry, at whichever stop it is seen first.  Their order:
 *
 * 1. The call is recorded; the others look at what is known of it then.
 * 2. CLONE_UNTRACED is taken out of its flags, and
 * 3. CPU masks are put back, before the kernel looks at them.
 * 4. A filter that is about to come is counted: from here on no exit is skipped.
 * 5. Calls that segen's own filter must not be noticed by; what 4 found is needed.
 *
 * What may put another call in its place, or none, comes after these: the registers are
 * then no longer what the workload has put there.
 */
static struct entered enter_call(struct tracer *tr, struct tracee *t,
				 const struct call_info *c)
{
	struct entered e = {.discovered = record_entry(tr, t, c)};

	untraced_clear(tr, t);
	show_affinity(tr, t);
	e.quiesce_first = watch_filter(t);
	hide_filter_entry(t);
	return e;
}

/* Whether the way this call ends is worth a stop: until its first success, as a rule. */
static bool outcome_wanted(const struct tracer *tr, const struct tracee *t)
{
	const struct segen_observation *seen;

	if (!t->call)
		return false;
	if (t->tags & (TAG_SECCOMP | TAG_PRCTL | TAG_EXEC | TAG_CLONE3))
		return true;
	seen = segen_call_seen(t->call, tr->run);
	return !seen->n_outcomes || seen->outcomes[0].err != 0;
}

/*
 * A shell tries an execve in one folder after the other; that it succeeded shows without
 * its end (on_exec).
 */
static bool is_skippable_exec(const struct tracer *tr, const struct tracee *t)
{
	const struct segen_observation *seen;

	if (!(t->tags & TAG_EXEC))
		return false;
	seen = segen_call_seen(t->call, tr->run);
	return seen->n_outcomes > 1 && seen->outcomes[0].err == 0;
}

/*
 * Fast mode, the end of a call whose outcome is known: entry and exit take turns, so
 * there is nothing to ask the kernel for.
 */
static bool is_skippable_exit(const struct tracer *tr, const struct tracee *t)
{
	if (!tr->settings.fast || !t->in_call || !t->call)
		return false;
	return !fast_wants_exit(t) && !outcome_wanted(tr, t);
}

static struct resume on_syscall(struct tracer *tr, struct tracee *t, const struct stop *s)
{
	struct call_info c;
	struct entered e;
	int r;

	if (is_skippable_exit(tr, t)) {
		t->in_call = false;
		return go_on;
	}
	r = call_info_get(t->tid, &c);

	/* EIO: no such request; ESRCH: the tracee has just died. */
	if (r == -EIO)
		tr->unsupported = true;
	if (r < 0)
		return go_on;
	if (tr->settings.enforce)
		enforce_entry(t, &c);
	if (tr->settings.enforce || fast_step(tr, t, &c))
		return go_on;
	if (c.op == CALL_EXIT)
		on_exit_of_call(tr, t, &c);
	if (c.op != CALL_ENTRY)
		return go_on;
	e = enter_call(tr, t, &c);
	refuse_note_container_filter(tr, t, &c);
	fast_entry(tr, t, e.discovered);
	return (struct resume){.how = RESUME_CALL, .quiesce_first = e.quiesce_first};
}

static struct resume on_seccomp(struct tracer *tr, struct tracee *t, const struct stop *s)
{
	struct resume r = go_on;
	struct call_info c;
	bool trapped, refused;

	if (t->injection || call_info_get(t->tid, &c) < 0 || c.op != CALL_SECCOMP)
		return go_on;
	if (tr->settings.enforce) {
		enforce_call(tr, t, &c);
		return go_on;
	}
	/* Followed call by call, it has been seen at its entry. */
	trapped = !t->in_call;
	if (trapped)
		r.quiesce_first = enter_call(tr, t, &c).quiesce_first;
	/* restart_syscall of segen's making, or a call that was answered at its entry */
	if (tr->recording && c.arch && (!t->call || (c.nr < 0 && t->nr >= 0)))
		return r;
	refused = refuse_call(tr, t, &c);
	if (trapped && !refused)
		fast_trapped(tr, &c);
	t->want_exit = refused || (outcome_wanted(tr, t) && !is_skippable_exec(tr, t));
	return r;
}

static struct resume on_group(struct tracer *tr, struct tracee *t, const struct stop *s)
{
	return (struct resume){.how = RESUME_LISTEN};
}

static struct resume on_end(struct tracer *tr, struct tracee *t, const struct stop *s)
{
	if (t->tid == tr->leader) {
		tr->leader_gone = true;
		tr->leader_end = *s;
	}
	affinity_forget(&tr->home, &t->affinity);
	fast_thread_end(t);
	if (t->fork_event_pending)
		early_exit_add(&tr->early, t->tid);
	if (t->process->threads == 1) {
		short_lived_ended(tr, t->process);
		fast_end(tr, t->process);
	}
	tracee_remove(&tr->tracees, t);
	return gone;
}

static struct resume on_signal(struct tracer *tr, struct tracee *t, const struct stop *s)
{
	const struct stop killed = {.kind = STOP_KILLED, .sig = s->sig};

	if (s->sig == SIGSYS)
		signals_record_sigsys(tr, t);
	if (s->sig == SIGSYS && tr->settings.enforce)
		enforce_sigsys(t);
	if (signals_detach_faulting_pid1(t, s->sig))
		return on_end(tr, t, &killed);
	if (!tr->settings.read_only)
		signals_undo_interrupt(tr, t, s->sig);
	return (struct resume){.how = RESUME_CALL, .sig = s->sig};
}

static struct resume on_dying(struct tracer *tr, struct tracee *t, const struct stop *s)
{
	signals_record_kill(tr, t);
	return go_on;
}

/* The end of a group-stop, a newborn, or an interrupt of segen's. */
static struct resume on_trap(struct tracer *tr, struct tracee *t, const struct stop *s)
{
	if (t->stop_requested)
		t->restart.unseen = regs_undo_interrupt(t->tid) != REGS_NOT_INTERRUPTED;
	t->stop_requested = false;
	return go_on;
}

static struct resume on_other(struct tracer *tr, struct tracee *t, const struct stop *s)
{
	return go_on;
}

/* The thread that called execve is now @tid, and the only one. */
static struct tracee *find_execed(struct tracer *tr, pid_t tid)
{
	pid_t old = (pid_t)event_message(tid);
	const struct tracee *t;

	/* It has just been killed: its end is to come, its siblings are gone. */
	if (old < 0)
		return tracee_exec(&tr->tracees, tid, tid);
	t = tracee_find(&tr->tracees, old);
	if (t && t->process->threads > 1)
		tracee_each(&tr->tracees, release_affinity, tr);
	return tracee_exec(&tr->tracees, old, tid);
}

/*
 * One of the siblings may end @t meanwhile, and even take its place (exec): then there is
 * nothing to resume.
 */
static bool quiesce_siblings(struct tracer *tr, const struct tracee *t)
{
	pid_t tid = t->tid;

	quiesce(tr, tid);
	return tracee_find(&tr->tracees, tid) == t;
}

/* Whether the next entry tells if the call that it is in starts again. */
static bool waits_for_restart(const struct tracer *tr, const struct tracee *t)
{
	return t->restart.stopped_ip || (tr->settings.enforce && t->restart.unseen);
}

static struct resume how_to_go_on(struct tracer *tr, struct tracee *t,
				  const struct stop *s, struct resume r)
{
	t->affinity.freed = false;
	if (r.quiesce_first && !quiesce_siblings(tr, t))
		return gone;
	/* After an entry stop the filter may ask for the same call: see it to its end. */
	if (s->kind == STOP_SYSCALL && t->in_call)
		return r;
	if (r.how == RESUME_CALL && !waits_for_restart(tr, t) && fast_may_resume(t)) {
		t->in_call = false;
		if (!t->affinity.kept)
			affinity_release(&tr->home, &t->affinity, t->tid);
		r.how = RESUME_GO;
	}
	t->running_free = r.how == RESUME_GO;
	return r;
}

static bool is_end(const struct stop *s)
{
	return s->kind == STOP_EXITED || s->kind == STOP_KILLED;
}

/* A thread that is waited for keeps its number: this hits no other. */
static struct resume kill_stopped(struct tracer *tr, pid_t tid, const struct stop *s)
{
	/* Its siblings' numbers will not be reported. */
	if (s->kind == STOP_EXEC)
		find_execed(tr, tid);
	/* It is past all signals, and waits for segen. */
	if (s->kind == STOP_DYING)
		return go_on;
	kill(tid, SIGKILL);
	return gone;
}

struct resume handle_stop(struct tracer *tr, pid_t tid, const struct stop *s)
{
	static struct resume (*const handlers[])(struct tracer *, struct tracee *,
						 const struct stop *) = {
		[STOP_EXITED] = on_end,	     [STOP_KILLED] = on_end,
		[STOP_SYSCALL] = on_syscall, [STOP_SECCOMP] = on_seccomp,
		[STOP_CHILD] = on_child,     [STOP_EXEC] = on_exec,
		[STOP_DYING] = on_dying,     [STOP_GROUP] = on_group,
		[STOP_TRAP] = on_trap,	     [STOP_SIGNAL] = on_signal,
		[STOP_OTHER] = on_other,
	};
	struct resume r;
	struct tracee *t;

	if (tr->killing && !is_end(s))
		return kill_stopped(tr, tid, s);
	t = s->kind == STOP_EXEC ? find_execed(tr, tid) : tracee_find(&tr->tracees, tid);
	if (!t && is_end(s)) {
		/* Killed before its first stop, and before its parent told of it. */
		early_exit_add(&tr->early, tid);
		return gone;
	}
	/* Killed at a stop that was still to be handled while its end was (quiesce.c). */
	if (!t && event_message(tid) < 0)
		return gone;
	if (!t)
		t = add_newborn(tr, tid);
	if (stop_is_stale(t, s))
		return gone;
	if (s->kind == STOP_SYSCALL && !tr->settings.no_pinning &&
	    !process_is_fast(t->process))
		affinity_stopped(&tr->home, &t->affinity, tid, record_clock_us(),
				 tr->many_stops);
	short_lived_stopped(tr, t);
	r = handlers[s->kind](tr, t, s);
	if (r.how != RESUME_NONE)
		r = how_to_go_on(tr, t, s, r);
	return r.how != RESUME_NONE && stop_is_stale(t, s) ? gone : r;
}
