/*
 * quiesce.c: interrupt the siblings, and wait until each has stopped.
 *
 * A sibling that sleeps in a call starts it again after that.  The filter to come may
 * forbid that very call, which the sibling was past: it gets the time to be in it again.
 */
#include "stops/quiesce.h"

#include "proc/proc-status.h"
#include "state/record.h"
#include "stops/loop.h"

#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#define GIVE_UP_US 2000000 /* something is wrong, and the workload has to go on */
#define ROUND_NS 50000
/*
 * Its entry, its filter's TRACE (after which the kernel asks all filters again), its
 * exit: it is past the call that it started again.
 */
#define SETTLE_STOPS 3

struct member {
	pid_t tid;
	bool stopped;	/* it has stopped for the interrupt */
	bool again;	/* and starts a call again that it was in */
	unsigned stops; /* seen since */
	unsigned idle;	/* rounds without one */
};

struct quiescence {
	struct tracer *tracer;
	const struct process *process;
	pid_t by;
	struct member *v;
	size_t n, cap;
};

static void quiescence_done(struct quiescence *g)
{
	free(g->v);
}

static void interrupt(struct tracee *t, void *ctx)
{
	struct quiescence *g = ctx;

	if (t->process != g->process || t->tid == g->by)
		return;
	if (!t->running_free && !t->injection)
		return;
	GROW(g->v, g->n, g->cap);
	g->v[g->n++] = (struct member){.tid = t->tid, .stopped = !t->running_free};
	if (!t->running_free)
		return;
	t->stop_requested = true;
	ptrace(PTRACE_INTERRUPT, t->tid, NULL, NULL);
}

static void take_stop(struct quiescence *g, struct member *m)
{
	const struct tracee *t;
	struct stop s;
	int status;

	m->idle++;
	if (wait4(m->tid, &status, __WALL | WNOHANG, NULL) != m->tid)
		return;
	m->idle = 0;
	s = stop_decode(status);
	resume(m->tid, handle_stop(g->tracer, m->tid, &s));
	t = tracee_find(&g->tracer->tracees, m->tid);
	if (m->stopped) {
		m->stops++;
	} else if (t && t->stop_requested && s.kind != STOP_GROUP) {
		/* It was on its way to another stop, and the interrupt is lost. */
		ptrace(PTRACE_INTERRUPT, m->tid, NULL, NULL);
	} else if (t && !t->stop_requested) {
		m->stopped = true;
		m->again = t->restart.unseen;
	}
}

/* Whether it cannot enter a call unseen, nor has one to start again. */
static bool is_settled(const struct quiescence *g, const struct member *m)
{
	const struct tracee *t = tracee_find(&g->tracer->tracees, m->tid);
	struct proc_status st = {};

	/* It has ended, or become another program, which stops at its end. */
	if (!t || t->process != g->process)
		return true;
	if (m->stopped && !t->injection && (!m->again || m->stops >= SETTLE_STOPS))
		return true;
	if (proc_status_read(m->tid, &st) < 0)
		return true;
	/* Stopped, but there is no stop to take: the loop has it, or it listens. */
	if (st.state == 't' || st.state == 'T')
		return m->idle > 1;
	if (t->injection)
		return false;
	/*
	 * Dead, or sleeping where nothing interrupts it, say for a child of vfork: it
	 * stops before it gets back to its program.
	 */
	if (strchr("DZX", st.state))
		return true;
	return m->stopped && st.state == 'S';
}

/* One round; true when all are settled. */
static bool all_settled(struct quiescence *g)
{
	bool all = true;

	for (size_t i = 0; i < g->n; i++) {
		take_stop(g, &g->v[i]);
		all &= is_settled(g, &g->v[i]);
	}
	return all;
}

void quiesce(struct tracer *tr, pid_t by)
{
	const struct timespec pause = {.tv_nsec = ROUND_NS};
	_cleanup_(quiescence_done) struct quiescence g = {.tracer = tr, .by = by};
	const struct tracee *t = tracee_find(&tr->tracees, by);
	uint64_t start = record_clock_us();

	if (!t)
		return;
	g.process = t->process;
	tracee_each(&tr->tracees, interrupt, &g);
	while (!all_settled(&g)) {
		if (record_clock_us() - start > GIVE_UP_US) {
			record_note(tr, "a thread could not be stopped while a sibling "
					"put a filter on it: calls may be missing");
			return;
		}
		nanosleep(&pause, NULL);
	}
}
