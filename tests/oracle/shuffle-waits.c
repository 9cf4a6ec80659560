/*
 * shuffle-waits.c: a wait4() that returns stops late and in random order, as on a machine
 * so busy that a child is far ahead of its parent's report of its birth.
 *
 * Linked into segen with --wrap=wait4.  SHUFFLE is the seed; it is taken out of the
 * environment again, so that the workload does not have it.  Stops of one thread stay in
 * order, and none comes after an end or an exec that followed it.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#define HELD_MAX 64
#define PATIENCE_NS 300000 /* for a stop that another one can wait for */
#define BIRTHS_IN_TIME 3   /* one birth in so many */
#define OTHERS_LATE 16	   /* one of all other stops in so many */

/* Names of the linker's. */
pid_t __real_wait4(pid_t tid, int *status, int options, struct rusage *usage);
pid_t __wrap_wait4(pid_t tid, int *status, int options, struct rusage *usage);

struct held {
	pid_t tid;
	int status;
	unsigned rounds; /* for which it still waits */
};

/* Its state is that of a process; segen waits in one thread. */
static struct {
	uint64_t random;
	struct held v[HELD_MAX];
	size_t n;
} shuffle;

static unsigned pick(unsigned n)
{
	uint64_t z = shuffle.random += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (unsigned)((z ^ (z >> 31)) % n);
}

static __attribute__((constructor)) void start(void)
{
	const char *seed = getenv("SHUFFLE");

	shuffle.random = seed ? strtoull(seed, NULL, 10) : 0;
	unsetenv("SHUFFLE");
}

static bool is_birth(int status)
{
	int event = status >> 16;

	return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	       event == PTRACE_EVENT_CLONE;
}

/* What all that came before it must have been seen before. */
static bool is_last(int status)
{
	return !WIFSTOPPED(status) || status >> 16 == PTRACE_EVENT_EXEC;
}

static void hold(pid_t tid, int status)
{
	struct held h = {.tid = tid, .status = status};

	if (is_birth(status) ? pick(BIRTHS_IN_TIME) : !pick(OTHERS_LATE))
		h.rounds = pick(200);
	shuffle.v[shuffle.n++] = h;
}

/* True: all that is held has to go, the newest last. */
static bool take_all(void)
{
	int status;
	pid_t tid;

	while (shuffle.n < HELD_MAX - 1) {
		tid = __real_wait4(-1, &status, __WALL | WNOHANG, NULL);
		if (tid <= 0)
			return false;
		hold(tid, status);
		if (is_last(status))
			return true;
	}
	return true;
}

static pid_t give(size_t i, int *status)
{
	struct held h = shuffle.v[i];

	memmove(&shuffle.v[i], &shuffle.v[i + 1], (--shuffle.n - i) * sizeof(h));
	*status = h.status;
	return h.tid;
}

/* The first one of a thread whose time has come. */
static pid_t give_any(int *status)
{
	size_t ready[HELD_MAX], n = 0;

	for (size_t i = 0; i < shuffle.n; i++) {
		struct held *h = &shuffle.v[i];

		if (h->rounds)
			h->rounds--;
		else
			ready[n++] = i;
	}
	return n ? give(ready[pick((unsigned)n)], status) : 0;
}

static bool must_flush(void)
{
	for (size_t i = 0; i < shuffle.n; i++)
		if (is_last(shuffle.v[i].status))
			return true;
	return shuffle.n >= HELD_MAX - 1;
}

static pid_t wait_any(int *status, int options)
{
	const struct timespec pause = {.tv_nsec = PATIENCE_NS / 10};
	pid_t tid = 0;

	for (unsigned i = 0;; i++) {
		if (must_flush() || take_all())
			return give(0, status);
		if (!shuffle.n)
			return __real_wait4(-1, status, options, NULL);
		tid = give_any(status);
		if (tid || options & WNOHANG)
			return tid;
		nanosleep(&pause, NULL);
	}
}

static pid_t wait_one(pid_t tid, int *status, int options)
{
	for (size_t i = 0; i < shuffle.n; i++)
		if (shuffle.v[i].tid == tid)
			return give(i, status);
	return __real_wait4(tid, status, options, NULL);
}

pid_t __wrap_wait4(pid_t tid, int *status, int options, struct rusage *usage)
{
	if (!(options & __WALL) || usage)
		return __real_wait4(tid, status, options, usage);
	return tid == -1 ? wait_any(status, options) : wait_one(tid, status, options);
}
