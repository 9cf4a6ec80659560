/* short-lived.c: which processes are kept on the tracer's CPU, and until when. */
#include "fast/short-lived.h"

#include "state/record.h"

#include <signal.h>
#include <sys/syscall.h>

/* Its name since glibc 2.40 (timer_create(2)). */
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* Consecutive short-lived children that make a pattern. */
#define PATTERN 3

/* Whether all traced processes are one line of parents and children, without threads. */
static bool is_in_line(const struct tracer *tr, const struct process *p)
{
	size_t n = 0;

	for (; p && n <= tr->tracees.n_processes;
	     p = tracee_process(&tr->tracees, p->parent)) {
		if (p->threads != 1)
			return false;
		n++;
	}
	return n == tr->tracees.n_processes;
}

static bool set_clock(const struct short_lived *b, long ns)
{
	const struct itimerspec s = {{0, ns}, {0, ns}};

	return timer_settime(b->timer, 0, &s, NULL) == 0;
}

/* Again and again: a signal that comes just before wait4() is lost. */
static bool start_clock(struct short_lived *b)
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
	b->ticking = b->has_timer && set_clock(b, SHORT_LIVED_US * 1000L);
	return b->ticking;
}

static void keep(struct tracee *t, uint64_t now_us)
{
	t->affinity.kept = t->affinity.bound;
	t->affinity.resumed_us = now_us;
}

static void release(struct tracer *tr, struct tracee *t)
{
	if (!t->affinity.kept)
		return;
	t->process->short_lived = 0;
	affinity_release(&tr->home, &t->affinity, t->tid);
}

static void release_each(struct tracee *t, void *ctx)
{
	release(ctx, t);
}

void short_lived_born(struct tracer *tr, struct tracee *parent, struct tracee *child)
{
	bool is_thread = child->process == parent->process;

	if (!is_thread)
		child->process->born_us = record_clock_us();
	if (parent->process->short_lived < PATTERN || parent->affinity.never)
		return;
	if (!is_in_line(tr, child->process)) {
		tracee_each(&tr->tracees, release_each, tr);
		return;
	}
	if (!start_clock(&tr->short_lived))
		return;
	/* A child of a parent that is kept already has the one CPU from birth. */
	if (parent->affinity.kept) {
		affinity_share(&tr->home, &parent->affinity, &child->affinity);
	} else {
		affinity_inherited(&tr->home, &parent->affinity, &child->affinity,
				   child->tid);
		affinity_bind(&tr->home, &child->affinity, child->tid);
	}
	affinity_bind(&tr->home, &parent->affinity, parent->tid);
	keep(parent, child->process->born_us);
	keep(child, child->process->born_us);
}

void short_lived_ended(struct tracer *tr, const struct process *p)
{
	struct process *parent = tracee_process(&tr->tracees, p->parent);

	if (!parent || !p->born_us)
		return;
	if (record_clock_us() - p->born_us <= SHORT_LIVED_US)
		parent->short_lived++;
	else
		parent->short_lived = 0;
}

void short_lived_stopped(struct tracer *tr, struct tracee *t)
{
	if (!t->affinity.kept)
		return;
	t->affinity.resumed_us = record_clock_us();
	if (t->process->threads > 1)
		release(tr, t);
}

struct sweep {
	struct tracer *tracer;
	uint64_t now_us;
	bool left;
};

static void release_stale(struct tracee *t, void *ctx)
{
	struct sweep *s = ctx;

	if (!t->affinity.kept)
		return;
	if (s->now_us - t->affinity.resumed_us > SHORT_LIVED_US)
		release(s->tracer, t);
	else
		s->left = true;
}

void short_lived_tick(struct tracer *tr)
{
	struct sweep s = {.tracer = tr, .now_us = record_clock_us()};

	if (!tr->short_lived.ticking)
		return;
	tracee_each(&tr->tracees, release_stale, &s);
	if (s.left)
		return;
	set_clock(&tr->short_lived, 0);
	tr->short_lived.ticking = false;
}

void short_lived_done(struct short_lived *b)
{
	if (b->has_timer)
		timer_delete(b->timer);
}
