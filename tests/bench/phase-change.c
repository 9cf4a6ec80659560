/*
 * phase-change.c: a server in miniature: it starts up with 20 000 calls of ten kinds, and
 * then does its work with three others.
 *
 * usage: phase-change CALLS
 *
 * Prints "ns-per-call N": the mean of the second phase.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define STARTUP 20000

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
	static const long startup[] = {
		SYS_getuid,  SYS_geteuid, SYS_getgid,	   SYS_getegid, SYS_umask,
		SYS_getpgid, SYS_getsid,  SYS_sched_yield, SYS_getcpu,	SYS_fcntl,
	};
	static const long work[] = {SYS_getppid, SYS_gettid, SYS_close};
	unsigned long calls = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000000;
	double begin;

	for (unsigned i = 0; i < STARTUP; i++)
		syscall(startup[i % (sizeof(startup) / sizeof(*startup))], 0, 0, 0);
	begin = now_ns();
	for (unsigned long i = 0; i < calls; i++)
		syscall(work[i % (sizeof(work) / sizeof(*work))], -1);
	printf("ns-per-call %.2f\n", (now_ns() - begin) / (double)calls);
	return 0;
}
