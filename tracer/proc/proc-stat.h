/*
 * proc-stat.h: the fields of /proc/PID/stat that are nowhere else.
 *
 * Private to tracer/.  Format: proc_pid_stat(5).
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct proc_stat {
	char name[64]; /* as the kernel calls it; threads of the kernel: up to 63 bytes */
	char state;
	pid_t ppid;
	bool is_kernel; /* a thread of the kernel's own */
	bool is_copy;	/* it was forked and has not executed a program since */
	unsigned threads;
};

/* Pure.  -EINVAL: it is not such a text. */
int proc_stat_parse(const char *text, struct proc_stat *ret);

/* -ESRCH: gone; else what reading said. */
int proc_stat_read(pid_t pid, struct proc_stat *ret);
