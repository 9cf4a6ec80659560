/* brief.c: who is kept on the tracer's CPU, and until when. */
#include "fast/brief.h"

#include "state/engine.h"

#include <signal.h>
#include <sys/syscall.h>

/* Its name since glibc 2.40 (timer_create(2)). */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* Lives in a row that were short enough. */
#define PATTERN 3

/* Whether the processes under trace are one line of parents and children, no threads. */
static bool is_in_line(const struct engine *e, const struct process *p)
{
	size_t n = 0;

	for (; p && n <= e->tracees.n_processes;
	     p = tracee_process(&e->tracees, p->parent)) {
		if (p->threads != 1)
			return false;
		n++;
	}
	return n == e->tracees.n_processes;
}

static bool set_clock(const struct brief *b, long ns)
{
	const struct itimerspec s = {{0, ns}, {0, ns}};

	return timer_settime(b->timer, 0, &s, NULL) == 0;
}

/* Again and again: a signal that comes just before wait4() is lost. */
static bool start_clock(struct brief *b)
{
	struct sigevent nudge = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = WAKE_UP_SIGNAL,
	};

	if (b->ticking)
		return true;
	nudge.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
	if (!b->has_timer)
		b->has_timer = timer_create(CLOCK_MONOTONIC, &nudge, &b->timer) == 0;
	b->ticking = b->has_timer && set_clock(b, BRIEF_US * 1000L);
	return b->ticking;
}

static void keep(struct tracee *t, uint64_t now_us)
{
	t->affinity.kept = t->affinity.bound;
	t->affinity.resumed_us = now_us;
}

static void release(struct engine *e, struct tracee *t)
{
	if (!t->affinity.kept)
		return;
	t->process->brief = 0;
	affinity_release(&e->home, &t->affinity, t->tid);
}

static void release_each(struct tracee *t, void *ctx)
{
	release(ctx, t);
}

void brief_born(struct engine *e, struct tracee *parent, struct tracee *child)
{
	bool is_thread = child->process == parent->process;

	if (!is_thread)
		child->process->born_us = record_clock_us();
	if (parent->process->brief < PATTERN || parent->affinity.never)
		return;
	if (!is_in_line(e, child->process)) {
		tracee_each(&e->tracees, release_each, e);
		return;
	}
	if (!start_clock(&e->brief))
		return;
	/* Born of a parent that is kept already, it has the one CPU from birth. */
	if (parent->affinity.kept) {
		affinity_share(&e->home, &parent->affinity, &child->affinity);
	} else {
		affinity_inherited(&e->home, &parent->affinity, &child->affinity,
				   child->tid);
		affinity_bind(&e->home, &child->affinity, child->tid);
	}
	affinity_bind(&e->home, &parent->affinity, parent->tid);
	keep(parent, child->process->born_us);
	keep(child, child->process->born_us);
}

void brief_ended(struct engine *e, const struct process *p)
{
	struct process *parent = tracee_process(&e->tracees, p->parent);

	if (!parent || !p->born_us)
		return;
	if (record_clock_us() - p->born_us <= BRIEF_US)
		parent->brief++;
	else
		parent->brief = 0;
}

void brief_stopped(struct engine *e, struct tracee *t)
{
	if (!t->affinity.kept)
		return;
	t->affinity.resumed_us = record_clock_us();
	if (t->process->threads > 1)
		release(e, t);
}

struct sweep {
	struct engine *engine;
	uint64_t now_us;
	bool left;
};

static void release_stale(struct tracee *t, void *ctx)
{
	struct sweep *s = ctx;

	if (!t->affinity.kept)
		return;
	if (s->now_us - t->affinity.resumed_us > BRIEF_US)
		release(s->engine, t);
	else
		s->left = true;
}

void brief_tick(struct engine *e)
{
	struct sweep s = {.engine = e, .now_us = record_clock_us()};

	if (!e->brief.ticking)
		return;
	tracee_each(&e->tracees, release_stale, &s);
	if (s.left)
		return;
	set_clock(&e->brief, 0);
	e->brief.ticking = false;
}

void brief_done(struct brief *b)
{
	if (b->has_timer)
		timer_delete(b->timer);
}
