/* fast.c: when a process gets segen's filter, and what a process has of one. */
#include "fast/fast.h"

#include "fast/batch-program.h"
#include "proc/cmdline.h"
#include "proc/proc-status.h"
#include "state/record.h"
#include "state/restart.h"

#include <segen/syscall.h>

#include <errno.h>

/* Calls in a row of at most LOOP_KINDS kinds: a loop. */
#define QUIET_LOOP 5000
/* One call in so many may be of another kind. */
#define LOOP_STRAYS 16
/* Known calls in a row of any kind: a program may start up with thousands. */
#define QUIET_OWN 25000
/* The same of a program that does one piece of work and ends (batch-program.h). */
#define QUIET_BATCH 150
/* Calls by children that have ended, none of which told the parent's filter anything. */
#define QUIET_CHILDREN 600

/* A known call that a filter stopped this often was worth knowing before. */
#define HOT 5000

/* The filter of what is known now; built anew only when that has grown. */
static const struct filter *current_filter(struct tracer *tr)
{
	struct segen_rules rules = {};
	struct fast *f = &tr->fast;

	if (f->filter.insns && f->version == f->knowledge.version)
		return &f->filter;
	filter_done(&f->filter);
	knowledge_rules(&f->knowledge, tr->trace, tr->settings.known, tr->settings.policy,
			&rules);
	knowledge_allowed(&f->knowledge, &rules, tr->trace, tr->run);
	f->version = f->knowledge.version;
	if (filter_from_known(&rules, &f->filter, NULL) < 0)
		f->disabled = true;
	segen_rules_done(&rules);
	return f->disabled ? NULL : &f->filter;
}

/* Or is about to: from then on its answers may come before ours. */
bool process_has_own_filter(const struct process *p)
{
	return p->filter == FILTER_OWN || p->making;
}

static bool is_batch(const char *program, pid_t tgid)
{
	const struct interpreter *i = interpreter_find(program);
	_cleanup_free_ char **argv = i ? cmdline_read(tgid) : NULL;

	return i ? interpreter_is_batch(i, argv) : is_batch_program(program);
}

/* Once per execve, of a process that has told nothing new for a while. */
static void judge_program(const struct tracer *tr, struct process *p)
{
	if (p->judged || p->calls_since_new < QUIET_BATCH)
		return;
	p->judged = true;
	p->batch_program = p->program < tr->trace->n_programs &&
			   is_batch(tr->trace->programs[p->program], p->tgid);
}

/* Whether it has told nothing new for so long that it should get a filter. */
static bool is_due(const struct tracer *tr, const struct process *p)
{
	if (tr->settings.patience)
		return p->calls_since_new + p->childrens_calls >= tr->settings.patience;
	return p->loop.calls >= QUIET_LOOP || p->calls_since_new >= QUIET_OWN ||
	       p->childrens_calls >= QUIET_CHILDREN ||
	       (p->calls_since_new >= QUIET_BATCH && p->batch_program);
}

/*
 * Only in a plain native call: not in one that is half done or of another ABI, nor in an
 * execve, whose program may have privileges to lose.
 */
static bool is_good_moment(const struct tracee *t)
{
	return t->call && t->arch == segen_arch_native() &&
	       !(t->tags &
		 (TAG_NO_RESULT | TAG_RESTART | TAG_CLONE | TAG_CLONE3 | TAG_EXEC));
}

/* Why a process that is due gets no filter. */
static void note_obstacle(struct tracer *tr, const struct tracee *t)
{
	struct process *p = t->process;

	/* One native call will do; if none comes, its end tells (fast_end()). */
	p->foreign = t->arch == segen_arch_native() ? NULL : t->arch;
	if (!process_has_own_filter(p) || p->own_filter_noted)
		return;
	p->own_filter_noted = true;
	record_note(tr, "%s has a filter of its own: it was followed call by call",
		    segen_trace_program_name(tr->trace, p->program));
}

static void count_loop(struct call_loop *l, int64_t nr)
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
		*l = (struct call_loop){};
	l->nrs[l->n++] = nr;
}

static void give_up(struct tracer *tr, struct process *p, int err)
{
	/* The thread died, as it does when a sibling calls execve. */
	if (err == -ESRCH)
		return;
	if (p->filter == FILTER_NONE)
		p->filter = FILTER_IMPOSSIBLE;
	record_note(
		tr,
		"a process could not be given segen's filter (%s): it was followed call by call",
		segen_errno_name(-err));
}

void fast_entry(struct tracer *tr, struct tracee *t, bool discovered)
{
	struct process *p = t->process;
	const struct filter *filter;
	int r;

	p->calls++;
	p->calls_since_new = discovered ? 0 : p->calls_since_new + 1;
	count_loop(&p->loop, t->nr);
	if (!tr->settings.fast || tr->fast.disabled || !tr->recording)
		return;
	judge_program(tr, p);
	if (!is_due(tr, p))
		return;
	note_obstacle(tr, t);
	if (p->filter != FILTER_NONE || p->making || p->birth_unknown ||
	    !is_good_moment(t))
		return;
	filter = current_filter(tr);
	if (!filter)
		return;
	t->injection = xcalloc(1, sizeof(*t->injection));
	r = inject_start(t->injection, t->tid, filter, INJECT_PROCESS);
	if (r == 0) {
		p->filter = FILTER_INJECTING;
		return;
	}
	inject_free(TAKE_PTR(t->injection));
	give_up(tr, p, r);
}

/* A filter of the workload's own may have come meanwhile: that stays. */
static void injection_ended(struct process *p)
{
	if (p->filter == FILTER_INJECTING)
		p->filter = FILTER_NONE;
}

struct mark {
	struct tracer *tracer;
	const struct process *process;
	const struct tracee *by;
};

/*
 * A sibling that is inside a call went into it without the filter.  If that is a fork,
 * the child may have been copied before or after: it is taken to have none, which is
 * always safe.
 */
static void mark_fast(struct tracee *t, void *ctx)
{
	const struct mark *m = ctx;

	if (t->process != m->process)
		return;
	affinity_release(&m->tracer->home, &t->affinity, t->tid);
	if (t != m->by && t->in_call)
		t->unsure = true;
}

static void injected(struct tracer *tr, struct tracee *t)
{
	struct injection *i = t->injection;
	struct process *p = t->process;
	struct mark m = {.tracer = tr, .process = p, .by = t};

	injection_ended(p);
	p->privs_taken |= i->no_new_privs;
	if (i->result < 0) {
		give_up(tr, p, i->result);
		return;
	}
	if (p->filter == FILTER_NONE)
		p->filter = FILTER_SEGEN;
	tracee_each(&tr->tracees, mark_fast, &m);
}

bool fast_step(struct tracer *tr, struct tracee *t, const struct call_info *c)
{
	if (!t->injection)
		return false;
	if (inject_step(t->injection, t->tid, c))
		return true;
	injected(tr, t);
	inject_free(TAKE_PTR(t->injection));
	t->in_call = false;
	restart_expect(t);
	return true;
}

void fast_exec(struct process *p)
{
	/* A thread that died in such a call may have loaded the filter. */
	injection_ended(p);
	if (p->making)
		p->filter = FILTER_OWN;
	p->making = 0;
	p->judged = false;
}

void fast_thread_end(struct tracee *t)
{
	if (t->injection)
		injection_ended(t->process);
	fast_made_filter(t, false);
}

void fast_end(struct tracer *tr, const struct process *p)
{
	struct process *parent = tracee_process(&tr->tracees, p->parent);

	if (p->foreign && p->filter == FILTER_NONE && !p->making)
		record_note(tr, "%s makes %s calls: it was followed call by call",
			    segen_trace_program_name(tr->trace, p->program),
			    p->foreign->name);
	if (parent)
		parent->childrens_calls += p->calls + p->childrens_calls;
}

void fast_makes_filter(struct tracee *t)
{
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
		t->process->filter = FILTER_OWN;
}

bool process_is_fast(const struct process *p)
{
	return p->filter == FILTER_SEGEN && !p->making;
}

bool fast_wants_exit(const struct tracee *t)
{
	return t->injection || t->untraced_cleared || t->unsure || t->want_exit ||
	       t->strict;
}

bool fast_may_resume(const struct tracee *t)
{
	return process_is_fast(t->process) && !fast_wants_exit(t);
}

void fast_trapped(struct tracer *tr, const struct call_info *c)
{
	struct known_call *l;

	if (c->arch != segen_arch_native() || c->nr < 0 || c->nr >= SEGEN_NR_TABLE)
		return;
	l = &tr->fast.knowledge.calls[c->nr];
	if (l->settled && !l->never)
		l->trapped++;
}

/* What a filter around segen refuses comes before TRACE, and cannot be read. */
static bool has_blind_spot(const struct tracer *tr)
{
	const struct segen_trace *known = tr->settings.known;
	struct proc_status own;

	if (!tr->settings.fast || tr->fast.disabled ||
	    !(tr->fast.filter.n || (known && known->n_calls)))
		return false;
	return proc_status_read(getpid(), &own) == 0 && own.seccomp;
}

void fast_report(struct tracer *tr)
{
	if (has_blind_spot(tr))
		record_note(
			tr,
			"segen itself runs under a filter: calls that it refuses to a process on the fast path are not seen; --mode=full sees them");
	for (int nr = 0; nr < SEGEN_NR_TABLE; nr++) {
		_cleanup_free_ char *name = NULL;

		if (tr->fast.knowledge.calls[nr].trapped < HOT)
			continue;
		name = segen_syscall_name(segen_arch_native(), nr);
		record_note(
			tr,
			"%s became frequent after its process had got a filter, so each call stopped; use this trace with --known to avoid that",
			name);
	}
}

int fast_known_filter(struct tracer *tr, struct filter *ret, struct segen_error *err)
{
	struct segen_rules rules = {};
	int r;

	knowledge_rules(&tr->fast.knowledge, tr->trace, tr->settings.known,
			tr->settings.policy, &rules);
	r = filter_from_known(&rules, ret, err);
	segen_rules_done(&rules);
	return r;
}

void fast_done(struct fast *f)
{
	filter_done(&f->filter);
}
