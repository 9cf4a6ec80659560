/*
 * forced.c: calls that a container's filter answers by force.
 *
 * KILL and TRAP come before segen's TRACE (seccomp(2)), so of a process that was let go
 * there is no stop for such a call.  It shows by its effect: the end of the thread, or
 * the SIGSYS that says which call it was.
 */
#include "engine.h"
#include "proc-status.h"

#include <segen/util.h>

#include <inttypes.h>
#include <string.h>
#include <sys/ptrace.h>

/* si_code of a filter's SIGSYS (asm-generic/siginfo.h); glibc names another one. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1
#endif

/* Where each call stops it has been seen. */
static bool is_unseen(const struct engine *e, const struct tracee *t)
{
	return e->recording && !t->punished && fast_is_let_go(t->process) &&
	       !t->in_call && !t->injection;
}

static bool is_caught(pid_t tid, int sig)
{
	struct proc_status st;

	return proc_status_read(tid, &st) == 0 && proc_status_catches(&st, sig);
}

/* "NR 0xARG… 0xSP 0xPC", of a thread that is in a call (proc_pid_syscall(5)). */
static bool read_call(pid_t tid, struct call_info *c)
{
	char path[64];
	_cleanup_fclose_ FILE *f = NULL;
	int64_t nr;

	snprintf(path, sizeof(path), "/proc/%d/syscall", tid);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%" SCNd64, &nr) != 1 || nr < 0)
		return false;
	c->nr = nr;
	for (int i = 0; i < 6; i++)
		if (fscanf(f, " 0x%" SCNx64, &c->args[i]) != 1)
			return false;
	return true;
}

void forced_end(struct engine *e, struct tracee *t)
{
	struct call_info c;
	unsigned long code;

	if (!is_unseen(e, t) || ptrace(PTRACE_GETEVENTMSG, t->tid, NULL, &code) < 0 ||
	    (code & 0x7f) != SIGSYS)
		return;
	if (call_info_get(t->tid, &c) < 0 || !read_call(t->tid, &c))
		return;
	c.arch = segen_arch_of_call(c.audit, &c.nr);
	record_entry(e, t, &c);
}

void forced_signal(struct engine *e, struct tracee *t)
{
	struct call_info c;
	siginfo_t info;

	if (!is_unseen(e, t) || ptrace(PTRACE_GETSIGINFO, t->tid, NULL, &info) < 0 ||
	    info.si_code != SYS_SECCOMP || call_info_get(t->tid, &c) < 0)
		return;
	/* The registers are those of the call; its result has not been written. */
	if (!read_call(t->tid, &c) || c.nr != info.si_syscall) {
		memset(c.args, 0, sizeof(c.args));
		c.nr = info.si_syscall;
	}
	c.arch = segen_arch_of_call(info.si_arch, &c.nr);
	record_entry(e, t, &c);
	t->in_call = false;
	t->punished = !is_caught(t->tid, SIGSYS);
}
