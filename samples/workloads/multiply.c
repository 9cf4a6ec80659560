/*
 * multiply: processes that live for some milliseconds, ignore SIGTERM and leave children
 * behind in sessions of their own.  Whoever signals all that it knows of always comes too
 * late for some; only one that lets no newborn run can end it.
 *
 * By itself it ends after SECONDS, and there are never more than MOST at once.
 *
 * usage: multiply SECONDS
 */
#include "workload.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>

#define MOST 200
#define LIFE_NS 3000000

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void child(_Atomic int *alive)
{
	pid_t pid;

	if (atomic_fetch_add(alive, 1) >= MOST) {
		atomic_fetch_sub(alive, 1);
		return;
	}
	pid = fork();
	if (pid == 0)
		setsid();
	if (pid < 0)
		atomic_fetch_sub(alive, 1);
}

int main(int argc, char **argv)
{
	const struct timespec life = {.tv_nsec = LIFE_NS};
	time_t end = now() + (argc > 1 ? atoi(argv[1]) : 1);
	_Atomic int *alive = mmap(NULL, sizeof(*alive), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t first = getpid();

	must(alive != MAP_FAILED, "mmap");
	must(signal(SIGTERM, SIG_IGN) != SIG_ERR, "signal");
	must(signal(SIGCHLD, SIG_IGN) != SIG_ERR, "signal");
	while (now() < end) {
		pid_t self = getpid();

		child(alive);
		if (getpid() != self)
			continue;
		nanosleep(&life, NULL);
		child(alive);
		if (getpid() == self && self != first)
			break;
	}
	atomic_fetch_sub(alive, 1);
	return 0;
}
