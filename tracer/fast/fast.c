/*
 * fast.c: learn a call once, then let it go.
 *
 * Each process starts without a filter and is followed call by call.  When it (or what it
 * starts) has gone on for long without anything new, it gets a filter that lets the known
 * calls go; what it starts later inherits it.  A filter cannot be loosened, so how long
 * is a bet: see docs/native-speed.md for the measurements behind the figures.
 */
#include "proc/cmdline.h"
#include "state/engine.h"
#include "fast/oneshot.h"
#include "proc/proc-status.h"

#include <segen/syscall.h>

#include <errno.h>

/* Calls in a row of at most LOOP_KINDS kinds: a loop. */
#define QUIET_LOOP 5000
/* One call in so many may be of another kind. */
#define LOOP_STRAYS 16
/* Known calls in a row of any kind: a program may start up with thousands. */
#define QUIET_OWN 25000
/* The same of a program that does one piece of work and ends (oneshot.h). */
#define QUIET_ONESHOT 150
/* Calls by children that have ended, none of which told the parent's filter anything. */
#define QUIET_CHILDREN 600

/* A let-go call that stopped this often was worth knowing before. */
#define HOT 5000

/* The filter of what is known now; built anew only when that has grown. */
static const struct filter *current_filter(struct engine *e)
{
	struct segen_rules rules = {};
	struct fast *f = &e->fast;

	if (f->filter.insns && f->version == f->learned.version)
		return &f->filter;
	filter_done(&f->filter);
	learn_rules(&f->learned, e->trace, e->opts->known, e->opts->policy, &rules);
	learn_let_go(&f->learned, &rules, e->trace, e->run);
	f->version = f->learned.version;
	if (filter_from_known(&rules, &f->filter, NULL) < 0)
		f->disabled = true;
	segen_rules_done(&rules);
	return f->disabled ? NULL : &f->filter;
}

/* Or is about to: from then on its answers may come before ours. */
static bool has_own_filter(const struct process *p)
{
	return p->own_filter || p->making;
}

static bool judge(const char *program, pid_t tgid)
{
	const struct interpreter *i = interpreter_find(program);
	_cleanup_free_ char **argv = i ? cmdline_read(tgid) : NULL;

	return i ? interpreter_is_oneshot(i, argv) : is_oneshot(program);
}

/* Asked at each call of who has been quiet for a while, answered once per execve. */
static bool runs_oneshot(const struct engine *e, struct process *p)
{
	if (!p->judged)
		p->oneshot = p->program < e->trace->n_programs &&
			     judge(e->trace->programs[p->program], p->tgid);
	p->judged = true;
	return p->oneshot;
}

/* Whether it has gone on for so long without news that it had better be let go. */
static bool is_due(const struct engine *e, struct process *p)
{
	if (e->opts->mode != SEGEN_MODE_FAST || e->fast.disabled || !e->recording)
		return false;
	if (e->opts->patience)
		return p->quiet + p->quiet_children >= e->opts->patience;
	return p->loop.calls >= QUIET_LOOP || p->quiet >= QUIET_OWN ||
	       p->quiet_children >= QUIET_CHILDREN ||
	       (p->quiet >= QUIET_ONESHOT && runs_oneshot(e, p));
}

/*
 * Only from a plain native call: nothing half-done, nothing of another ABI; nor from an
 * execve, whose program may have privileges to lose.
 */
static bool is_good_moment(const struct tracee *t)
{
	return t->call && t->arch == segen_arch_native() &&
	       !(t->call->tag &
		 (TAG_NO_RESULT | TAG_RESTART | TAG_CLONE | TAG_CLONE3 | TAG_EXEC));
}

/* Why a process that is due is not let go. */
static void note_obstacle(struct engine *e, const struct tracee *t)
{
	struct process *p = t->process;

	/* One native call is enough to let it go: to be told when it ends. */
	p->foreign = t->arch == segen_arch_native() ? NULL : t->arch;
	if (!has_own_filter(p) || p->noted)
		return;
	p->noted = true;
	record_note(e, "%s has a filter of its own: it was followed call by call",
		    e->trace->programs[p->program]);
}

static void count_loop(struct loop *l, int64_t nr)
{
	for (unsigned i = 0; i < l->n; i++) {
		if (l->nrs[i] == nr) {
			l->calls++;
			return;
		}
	}
	/* A server in its loop still looks at the clock or a file now and then. */
	if (l->n == LOOP_KINDS && ++l->strays * LOOP_STRAYS <= l->calls)
		return;
	if (l->n == LOOP_KINDS)
		*l = (struct loop){};
	l->nrs[l->n++] = nr;
}

static void give_up(struct engine *e, struct process *p, int err)
{
	/* Its thread died, as it does when a sibling calls execve. */
	if (err == -ESRCH)
		return;
	p->never_filter = true;
	record_note(e, "a process could not be let go (%s): it was followed call by call",
		    segen_errno_name(-err));
}

void fast_entry(struct engine *e, struct tracee *t, bool discovered)
{
	struct process *p = t->process;
	const struct filter *filter;
	int r;

	p->calls++;
	p->quiet = discovered ? 0 : p->quiet + 1;
	count_loop(&p->loop, t->nr);
	if (!is_due(e, p))
		return;
	note_obstacle(e, t);
	if (p->filtered || p->never_filter || has_own_filter(p) || p->injecting ||
	    p->stray || !is_good_moment(t))
		return;
	filter = current_filter(e);
	if (!filter)
		return;
	t->injection = xcalloc(1, sizeof(*t->injection));
	r = inject_start(t->injection, t->tid, filter, INJECT_PROCESS);
	p->injecting = r == 0;
	if (r == 0)
		return;
	inject_free(TAKE_PTR(t->injection));
	give_up(e, p, r);
}

struct mark {
	struct engine *engine;
	const struct process *process;
	const struct tracee *by;
};

/*
 * A sibling that is inside a call went into it without the filter.  Is it a fork, its
 * child may have been copied before or after: it is taken to have none, which is always
 * safe.
 */
static void mark_let_go(struct tracee *t, void *ctx)
{
	const struct mark *m = ctx;

	if (t->process != m->process)
		return;
	affinity_release(&m->engine->home, &t->affinity, t->tid);
	if (t != m->by && t->in_call)
		t->unsure = true;
}

static void injected(struct engine *e, struct tracee *t)
{
	struct injection *i = t->injection;
	struct process *p = t->process;
	struct mark m = {.engine = e, .process = p, .by = t};

	p->injecting = false;
	p->privs_taken |= i->no_new_privs;
	if (i->result < 0) {
		give_up(e, p, i->result);
		return;
	}
	p->filtered = true;
	tracee_each(&e->tracees, mark_let_go, &m);
}

bool fast_step(struct engine *e, struct tracee *t, const struct call_info *c)
{
	if (!t->injection)
		return false;
	if (inject_step(t->injection, t->tid, c))
		return true;
	injected(e, t);
	inject_free(TAKE_PTR(t->injection));
	t->in_call = false;
	record_restart(t);
	return true;
}

void fast_resemble(const struct process *p, struct process *child)
{
	child->runtime = p->runtime;
	child->phases |= p->phases;
	child->never_filter |= p->never_filter;
	child->own_filter |= has_own_filter(p);
	child->privs_taken |= p->privs_taken;
	child->own_no_new_privs |= p->own_no_new_privs;
}

void fast_inherit(const struct tracee *parent, struct process *child)
{
	const struct process *p = parent->process;

	fast_resemble(p, child);
	child->parent = p->tgid;
	child->filtered |= p->filtered && !parent->unsure;
	child->stray = p->stray;
}

void fast_exec(struct process *p)
{
	/* Whoever was at it has ended. */
	p->injecting = p->judged = false;
	p->own_filter |= p->making > 0;
	p->making = 0;
}

void fast_end(struct engine *e, const struct process *p)
{
	struct process *parent = tracee_process(&e->tracees, p->parent);

	if (p->foreign && !p->filtered && !p->never_filter && !has_own_filter(p))
		record_note(e, "%s makes %s calls: it was followed call by call",
			    e->trace->programs[p->program], p->foreign->name);
	if (parent)
		parent->quiet_children += p->calls + p->quiet_children;
}

void fast_makes_filter(struct tracee *t, bool on_siblings)
{
	const struct process *p = t->process;

	t->gathers = on_siblings && p->threads > 1 && (p->filtered || p->injecting);
	t->process->making += !t->makes_filter;
	t->makes_filter = true;
}

void fast_made_filter(struct tracee *t, bool failed)
{
	if (!t->makes_filter)
		return;
	t->makes_filter = false;
	t->process->making--;
	if (!failed)
		t->process->own_filter = true;
}

bool fast_is_let_go(const struct process *p)
{
	return p->filtered && !has_own_filter(p);
}

bool fast_wants_exit(const struct tracee *t)
{
	return t->injection || t->untraced_cleared || t->unsure || t->want_exit ||
	       t->strict;
}

/* Whether the call that @t is in has to be seen to its end. */
static bool exit_matters(const struct engine *e, const struct tracee *t)
{
	if (fast_wants_exit(t))
		return true;
	return !fast_is_let_go(t->process);
}

bool fast_lets_go(const struct engine *e, struct tracee *t)
{
	if (exit_matters(e, t))
		return false;
	t->in_call = false;
	return true;
}

void fast_trapped(struct engine *e, const struct call_info *c)
{
	struct lesson *l;

	if (c->arch != segen_arch_native() || c->nr < 0 || c->nr >= SEGEN_NR_TABLE)
		return;
	l = &e->fast.learned.lessons[c->nr];
	if (l->settled && !l->never)
		l->trapped++;
}

/* What a filter around segen refuses comes before TRACE, and cannot be read. */
static bool has_blind_spot(const struct engine *e)
{
	const struct segen_trace *known = e->opts->known;
	struct proc_status own;

	if (e->opts->mode != SEGEN_MODE_FAST || e->fast.forbidden || e->fast.disabled ||
	    !(e->fast.filter.n || (known && known->n_calls)))
		return false;
	return proc_status_read(getpid(), &own) == 0 && own.seccomp;
}

void fast_report(struct engine *e)
{
	if (has_blind_spot(e))
		record_note(e, "segen runs under a filter of another: what that refuses "
			       "is not seen of a process that was let go; --mode=full "
			       "sees it");
	if (e->fast.forbidden && e->opts->mode == SEGEN_MODE_FAST)
		record_note(e,
			    "the filter that segen runs under forbids seccomp(2): every "
			    "process was followed call by call");
	for (int nr = 0; nr < SEGEN_NR_TABLE; nr++) {
		_cleanup_free_ char *name = NULL;

		if (e->fast.learned.lessons[nr].trapped < HOT)
			continue;
		name = segen_syscall_name(segen_arch_native(), nr);
		record_note(e,
			    "%s became hot after its process had been let go and stopped "
			    "each time: with --known and this trace it is free",
			    name);
	}
}

int fast_known_filter(struct engine *e, struct filter *ret, struct segen_error *err)
{
	struct segen_rules rules = {};
	int r;

	learn_rules(&e->fast.learned, e->trace, e->opts->known, e->opts->policy, &rules);
	r = filter_from_known(&rules, ret, err);
	segen_rules_done(&rules);
	return r;
}

void fast_done(struct fast *f)
{
	filter_done(&f->filter);
}
