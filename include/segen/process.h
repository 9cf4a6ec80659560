/*
 * process.h: what /proc tells of a process that runs already.
 *
 * Must not know: ptrace, traces, containers.
 */
#pragma once

#include <segen/error.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct segen_process {
	pid_t pid;	   /* of the thread group, whatever thread was asked for */
	char *name;	   /* file name of its program, else what the kernel calls it */
	char **argv;	   /* its command line, NULL-terminated, one block; never empty */
	uint64_t bounding; /* bounding set of capabilities, a bit each */
	bool no_new_privs;
	bool filtered;	  /* it runs under a seccomp filter */
	bool is_32bit;	  /* of its program, where this program is a 64-bit one */
	bool elsewhere;	  /* in another mount namespace than this program */
	pid_t pid_inside; /* its number in its own PID namespace */
};

/* -ESRCH: there is none; -EPERM: it is a kernel thread or has ended already. */
int segen_process_read(pid_t pid, struct segen_process *ret, struct segen_error *err);
void segen_process_done(struct segen_process *p);

/* Whether this program was started by @pid, directly or not. */
bool segen_process_is_ancestor(pid_t pid);
