/* affinity.c: bind a busy tracee to the tracer's CPU, and release it. */
#include "state/affinity.h"

/*
 * Found by measurement (docs/native-speed.md): a call that takes longer than SLOW_US is
 * computing or waiting, and gains nothing; a few quick ones in a row are a pattern.
 */
#define QUICK_US 400
#define QUICK_STOPS 6
/* Fewer stops suffice for a thread that was bound before: it computes and calls in turns.
 */
#define AGAIN_STOPS 2
#define SLOW_US 2000

void affinity_init(struct affinity_home *h)
{
	*h = (struct affinity_home){.cpu = -1};
}

static bool home_take(struct affinity_home *h)
{
	cpu_set_t one;

	if (h->cpu >= 0)
		return true;
	if (sched_getaffinity(0, sizeof(h->own), &h->own) < 0)
		return false;
	h->cpu = sched_getcpu();
	CPU_ZERO(&one);
	CPU_SET(h->cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one) == 0)
		return true;
	h->cpu = -1;
	return false;
}

static void home_leave(struct affinity_home *h)
{
	if (h->bound)
		return;
	sched_setaffinity(0, sizeof(h->own), &h->own);
	h->cpu = -1;
}

void affinity_bind(struct affinity_home *h, struct affinity *a, pid_t tid)
{
	cpu_set_t one;

	if (a->bound)
		return;
	/* A machine with more CPUs than cpu_set_t holds goes on without. */
	if (sched_getaffinity(tid, sizeof(a->own), &a->own) < 0 || !home_take(h))
		return;
	CPU_ZERO(&one);
	CPU_SET(h->cpu, &one);
	if (CPU_ISSET(h->cpu, &a->own) &&
	    sched_setaffinity(tid, sizeof(one), &one) == 0) {
		a->bound = true;
		h->bound++;
	}
	home_leave(h);
}

void affinity_share(struct affinity_home *h, const struct affinity *parent,
		    struct affinity *a)
{
	a->own = parent->own;
	a->bound = true;
	h->bound++;
}

void affinity_stopped(struct affinity_home *h, struct affinity *a, pid_t tid,
		      uint64_t now_us, bool many_stops)
{
	uint64_t gap = many_stops ? 0 : now_us - a->resumed_us;

	a->resumed_us = now_us;
	if (gap > SLOW_US) {
		bool again = a->bound;

		affinity_release(h, a, tid);
		a->quick = again ? QUICK_STOPS - AGAIN_STOPS : 0;
	} else if (gap <= QUICK_US && !a->bound && !a->never) {
		if (++a->quick >= QUICK_STOPS)
			affinity_bind(h, a, tid);
	}
}

void affinity_expect(struct affinity *a, uint64_t now_us)
{
	a->resumed_us = now_us;
	a->quick = QUICK_STOPS - 1;
}

void affinity_release(struct affinity_home *h, struct affinity *a, pid_t tid)
{
	if (!a->bound)
		return;
	sched_setaffinity(tid, sizeof(a->own), &a->own);
	affinity_forget(h, a);
	a->freed = true;
}

void affinity_forget(struct affinity_home *h, struct affinity *a)
{
	if (!a->bound)
		return;
	a->bound = a->kept = false;
	a->quick = 0;
	h->bound--;
	home_leave(h);
}

void affinity_inherited(struct affinity_home *h, const struct affinity *parent,
			struct affinity *a, pid_t tid)
{
	if (!parent->bound && !parent->freed)
		return;
	if (a->bound)
		a->own = parent->own;
	else
		sched_setaffinity(tid, sizeof(parent->own), &parent->own);
}
