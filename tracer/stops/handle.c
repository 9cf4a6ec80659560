/* handle.c: one handler per kind of stop. */
#include "fast/brief.h"
#include "state/engine.h"
#include "proc/proc-status.h"
#include "ptrace/regs.h"

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

static pid_t event_message(pid_t tid)
{
	unsigned long msg = 0;

	if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &msg) < 0)
		return -1;
	return (pid_t)msg;
}

static struct tracee *add_thread(struct engine *e, pid_t tid, struct process *process)
{
	struct segen_run *run = e->trace->runs[e->run];

	run->threads++;
	if (!process)
		run->processes++;
	return tracee_add(&e->tracees, tid, process);
}

/* A newborn whose parent's event is still to come: all there is to know is in /proc. */
static struct tracee *add_newborn(struct engine *e, pid_t tid)
{
	struct proc_status st = {.tgid = tid};
	struct process *p = NULL;
	struct tracee *t;

	if (proc_status_read(tid, &st) == 0 && st.tgid != tid)
		p = tracee_process_any(&e->tracees, st.tgid);
	t = add_thread(e, tid, p);
	t->newborn = e->leader != 0;
	early_end_take(&e->early, tid);
	if (p)
		return t;
	stray_found(e, t->process, st.ppid);
	record_program(e, t->process);
	return t;
}

static struct resume on_child(struct engine *e, struct tracee *t, const struct stop *s)
{
	pid_t tid = event_message(t->tid);
	struct process *p = t->process;
	struct tracee *child;

	if (tid <= 0)
		return go_on;
	child = tracee_find(&e->tracees, tid);
	if (!child && early_end_take(&e->early, tid)) {
		stray_told(e, t, tid);
		return go_on;
	}
	if (!child) {
		child = add_thread(e, tid, is_thread_of(p->tgid, tid) ? p : NULL);
		child->process->program = p->program;
	}
	if (child->process != p)
		fast_inherit(t, child->process);
	if (child->newborn)
		stray_told(e, child, tid);
	child->newborn = false;
	if (fast_is_let_go(p) && !e->aloof)
		brief_born(e, t, child);
	affinity_inherited(&e->home, &t->affinity, &child->affinity, tid);
	return go_on;
}

static void on_exit_of_call(struct engine *e, struct tracee *t, struct call_info *c)
{
	untraced_restore(t);
	t->unsure = t->want_exit = false;
	fast_made_filter(t, c->failed);
	disguise_result(e, t, c);
	record_exit(e, t, c);
}

static struct resume on_exec(struct engine *e, struct tracee *t, const struct stop *s)
{
	exec_happened(e, t);
	if (!e->recording)
		record_first_exec(e, t);
	fast_exec(t->process);
	t->restart.pending = t->restarts = false;
	affinity_expect(&t->affinity, record_clock_us());
	/* It has succeeded: to see its end as well would be a stop for nothing. */
	if (t->call && (t->call->tag & TAG_EXEC) && fast_is_let_go(t->process)) {
		t->in_call = true;
		on_exit_of_call(e, t, &(struct call_info){.op = CALL_EXIT});
	}
	return go_on;
}

static void release_affinity(struct tracee *t, void *ctx)
{
	struct engine *e = ctx;

	affinity_release(&e->home, &t->affinity, t->tid);
}

/* The workload asks who may run where: nobody is bound while it gets its answer. */
static void show_affinity(struct engine *e, struct tracee *t)
{
	if (!t->call || !(t->call->tag & TAG_AFFINITY))
		return;
	tracee_each(&e->tracees, release_affinity, e);
	t->affinity.never = true;
}

/* seccomp(2), or prctl(PR_SET_SECCOMP), as far as it changes what answers a call. */
static void watch_filter(struct tracee *t)
{
	/* The kernel looks at an int. */
	uint32_t what = (uint32_t)t->args[0], flags = (uint32_t)t->args[1];
	unsigned tag = t->call ? t->call->tag : 0;

	if ((tag & TAG_SECCOMP) && what == SECCOMP_SET_MODE_FILTER)
		fast_makes_filter(t, flags & SECCOMP_FILTER_FLAG_TSYNC);
	else if (((tag & TAG_SECCOMP) && what == SECCOMP_SET_MODE_STRICT) ||
		 ((tag & TAG_PRCTL) && what == PR_SET_SECCOMP))
		fast_makes_filter(t, false);
}

static void on_entry(struct engine *e, struct tracee *t, const struct call_info *c)
{
	bool discovered = record_entry(e, t, c);

	refuse_note_guard(e, t, c);
	untraced_clear(e, t);
	show_affinity(e, t);
	watch_filter(t);
	disguise_entry(t);
	exec_begins(e, t);
	fast_entry(e, t, discovered);
}

/* Whether the way this call ends is worth a stop: until its first success, as a rule. */
static bool outcome_wanted(const struct engine *e, const struct tracee *t)
{
	const struct segen_seen *seen;

	if (!t->call)
		return false;
	if (t->call->tag & (TAG_SECCOMP | TAG_PRCTL | TAG_EXEC | TAG_CLONE3))
		return true;
	seen = segen_call_seen(t->call, e->run);
	return !seen->n_outcomes || seen->outcomes[0].err != 0;
}

/*
 * A shell tries an execve in one folder after the other; that it succeeded shows without
 * its end (on_exec).
 */
static bool is_dull_exec(const struct engine *e, const struct tracee *t)
{
	const struct segen_seen *seen;

	if (!t->call || !(t->call->tag & TAG_EXEC))
		return false;
	seen = segen_call_seen(t->call, e->run);
	return seen->n_outcomes > 1 && seen->outcomes[0].err == 0;
}

/*
 * Fast mode, the end of a call whose outcome is known: entry and exit take turns, so
 * there is nothing to ask the kernel for.
 */
static bool is_dull_exit(const struct engine *e, struct tracee *t)
{
	if (e->opts->mode != SEGEN_MODE_FAST || !t->in_call || !t->call)
		return false;
	if (fast_wants_exit(t) || outcome_wanted(e, t))
		return false;
	t->in_call = false;
	return true;
}

static struct resume on_syscall(struct engine *e, struct tracee *t, const struct stop *s)
{
	struct call_info c;
	int r;

	if (is_dull_exit(e, t))
		return go_on;
	r = call_info_get(t->tid, &c);

	/* EIO: no such request; ESRCH: the tracee has just died. */
	if (r == -EIO)
		e->unsupported = true;
	if (r < 0)
		return go_on;
	if (fast_step(e, t, &c))
		return go_on;
	if (c.op == CALL_ENTRY)
		on_entry(e, t, &c);
	else if (c.op == CALL_EXIT)
		on_exit_of_call(e, t, &c);
	return go_on;
}

static struct resume on_seccomp(struct engine *e, struct tracee *t, const struct stop *s)
{
	struct call_info c;
	bool trapped, refused;

	if (t->injection || call_info_get(t->tid, &c) < 0 || c.op != CALL_SECCOMP)
		return go_on;
	/* Followed call by call, it has been seen at its entry. */
	trapped = !t->in_call;
	if (trapped) {
		record_entry(e, t, &c);
		untraced_clear(e, t);
		show_affinity(e, t);
		watch_filter(t);
		disguise_entry(t);
		exec_begins(e, t);
	}
	/* restart_syscall of segen's making, or a call that was answered at its entry */
	if (e->recording && c.arch && (!t->call || (c.nr < 0 && t->nr >= 0)))
		return go_on;
	refused = refuse_if_ruled(e, t, &c);
	if (trapped && !refused)
		fast_trapped(e, &c);
	t->want_exit = refused || (outcome_wanted(e, t) && !is_dull_exec(e, t));
	return go_on;
}

static struct resume on_group(struct engine *e, struct tracee *t, const struct stop *s)
{
	return (struct resume){.how = RESUME_LISTEN};
}

static struct resume on_end(struct engine *e, struct tracee *t, const struct stop *s)
{
	if (t->tid == e->leader) {
		e->leader_gone = true;
		e->leader_end = *s;
	}
	affinity_forget(&e->home, &t->affinity);
	if (t->injection)
		t->process->injecting = false;
	fast_made_filter(t, false);
	if (t->newborn)
		early_end_add(&e->early, t->tid);
	if (t->process->threads == 1) {
		brief_ended(e, t->process);
		fast_end(e, t->process);
	}
	tracee_remove(&e->tracees, t);
	return gone;
}

static struct resume on_signal(struct engine *e, struct tracee *t, const struct stop *s)
{
	const struct stop killed = {.kind = STOP_KILLED, .sig = s->sig};

	if (s->sig == SIGSYS)
		forced_signal(e, t);
	if (init_fault(e, t, s->sig))
		return on_end(e, t, &killed);
	if (!e->hands_off)
		interrupt_undo(e, t, s->sig);
	return (struct resume){.how = RESUME_CALL, .sig = s->sig};
}

static struct resume on_dying(struct engine *e, struct tracee *t, const struct stop *s)
{
	forced_end(e, t);
	return go_on;
}

/* The end of a group-stop, a newborn, or one that was told to stop. */
static struct resume on_trap(struct engine *e, struct tracee *t, const struct stop *s)
{
	if (t->interrupted)
		t->restarts = regs_undo_interrupt(t->tid) != REGS_NOT_INTERRUPTED;
	t->interrupted = false;
	return go_on;
}

static struct resume on_other(struct engine *e, struct tracee *t, const struct stop *s)
{
	return go_on;
}

/* The thread that called execve is now @tid, and the only one. */
static struct tracee *find_execed(struct engine *e, pid_t tid)
{
	pid_t old = event_message(tid);
	const struct tracee *t;

	/* It has just been killed: its end is to come, its siblings are gone. */
	if (old < 0)
		return tracee_exec(&e->tracees, tid, tid);
	t = tracee_find(&e->tracees, old);
	if (t && t->process->threads > 1)
		tracee_each(&e->tracees, release_affinity, e);
	return tracee_exec(&e->tracees, old, tid);
}

/*
 * The others of its process first.  One of them may end this one meanwhile, and even
 * take its place (exec): then it is not there any more to go on.
 */
static bool gather_siblings(struct engine *e, const struct tracee *t)
{
	pid_t tid = t->tid;

	gather(e, tid);
	return tracee_find(&e->tracees, tid) == t;
}

static struct resume how_to_go_on(struct engine *e, struct tracee *t,
				  const struct stop *s, struct resume r)
{
	t->affinity.freed = false;
	if (t->gathers) {
		t->gathers = false;
		if (!gather_siblings(e, t))
			return gone;
	}
	/* After an entry stop the filter may ask for the same call: see it to its end. */
	if (s->kind == STOP_SYSCALL && t->in_call)
		return r;
	if (r.how == RESUME_CALL && fast_lets_go(e, t)) {
		if (!t->affinity.kept)
			affinity_release(&e->home, &t->affinity, t->tid);
		r.how = RESUME_GO;
	}
	t->loose = r.how == RESUME_GO;
	return r;
}

struct resume handle_stop(struct engine *e, pid_t tid, const struct stop *s)
{
	static struct resume (*const handlers[])(struct engine *, struct tracee *,
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

	t = s->kind == STOP_EXEC ? find_execed(e, tid) : tracee_find(&e->tracees, tid);
	if (!t && (s->kind == STOP_EXITED || s->kind == STOP_KILLED)) {
		/* Killed before its first stop, and before its parent told of it. */
		early_end_add(&e->early, tid);
		return gone;
	}
	/* Killed at a stop that was still to be handled while its end was (gather.c). */
	if (!t && event_message(tid) < 0)
		return gone;
	if (!t)
		t = add_newborn(e, tid);
	if (stop_is_stale(t, s))
		return gone;
	if (s->kind == STOP_SYSCALL && !e->aloof && !fast_is_let_go(t->process))
		affinity_stopped(&e->home, &t->affinity, tid, record_clock_us(),
				 e->crowded);
	brief_stopped(e, t);
	r = handlers[s->kind](e, t, s);
	if (r.how != RESUME_NONE)
		r = how_to_go_on(e, t, s, r);
	return r.how != RESUME_NONE && stop_is_stale(t, s) ? gone : r;
}
