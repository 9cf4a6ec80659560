/*
 * workload.h: what the sample workloads share.
 *
 * Each sample shows one behaviour that a tracer must survive.  Where the calls are
 * known in advance the program says so on stdout, one "call ABI NAME COUNT" per line;
 * the tests compare these lines with the trace.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE "x86_64"
#elif defined(__i386__)
#define NATIVE "i386"
#elif defined(__aarch64__)
#define NATIVE "aarch64"
#elif defined(__arm__)
#define NATIVE "arm"
#else
#define NATIVE "native"
#endif

/* End with a message when @good is false; errno is part of it. */
static inline void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

/* Announce @count calls of @name under the native ABI. */
static inline void say_call(const char *name, unsigned long count)
{
	printf("call %s %s %lu\n", NATIVE, name, count);
	fflush(stdout);
}

/*
 * Whom to send signals.  Under a filter that refuses the call, -1 would be everybody:
 * kill(2) takes it for all processes of the machine.
 */
static inline pid_t parent(void)
{
	pid_t pid = getppid();

	must(pid > 0, "getppid");
	return pid;
}

/* Wait for @pid to end and return its exit status, or 128 + signal. */
static inline int ended(pid_t pid)
{
	int st;

	while (waitpid(pid, &st, 0) < 0)
		must(errno == EINTR, "waitpid");
	return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
}
