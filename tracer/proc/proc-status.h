/*
 * proc-status.h: the fields of /proc/PID/status that the tracer needs.
 *
 * Private to tracer/.  Format: proc_pid_status(5).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct proc_status {
	pid_t tgid, ppid, tracer; /* tracer: 0 is none */
	pid_t ns_tgid;		  /* in the process's own PID namespace */
	uint64_t cap_bnd, cap_eff;
	uint64_t sig_caught;  /* bit N-1: there is a handler for signal N */
	uint64_t sig_ignored; /* the same for those that the process ignores */
	bool no_new_privs;
	int seccomp;	 /* 0 none, 1 strict, 2 filter */
	int filters;	 /* how many; -1: the kernel does not say (before 5.9) */
	uid_t uid, euid; /* in the reader's user namespace */
	gid_t egid;
	char state; /* 'R', 'S', 'D', 't', 'Z', ... */
};

/* Pure.  A field that @text lacks is 0 (ids: -1; ns_tgid: tgid).  -EINVAL: no Tgid in it.
 */
int proc_status_parse(const char *text, struct proc_status *ret);

/* Of a process or a thread.  -ESRCH: gone; else what reading said. */
int proc_status_read(pid_t pid, struct proc_status *ret);

/* Whether the signal has its default action. */
static inline bool proc_status_defaults(const struct proc_status *st, int sig)
{
	return !((st->sig_caught | st->sig_ignored) >> (sig - 1) & 1);
}

/* Whether the process has a handler for the signal. */
static inline bool proc_status_catches(const struct proc_status *st, int sig)
{
	return st->sig_caught >> (sig - 1) & 1;
}
