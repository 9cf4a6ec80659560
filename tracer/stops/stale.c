/*
 * stale.c: a stop that is over by the time it is handled.
 *
 * When a thread executes a program it takes the place, and the number, of the first one
 * of its process, whatever stop that was at.  To go on from that stop would be to go on
 * from the exec's, which would never be seen then.
 */
#include "state/tracer-state.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>

bool stop_is_stale(const struct tracee *t, const struct stop *s)
{
	siginfo_t info;

	if (s->kind == STOP_EXEC || s->kind == STOP_EXITED || s->kind == STOP_KILLED)
		return false;
	if (t->process->threads < 2 || t->tid != t->process->tgid)
		return false;
	return ptrace(PTRACE_GETSIGINFO, t->tid, NULL, &info) == 0 &&
	       info.si_code == (SIGTRAP | PTRACE_EVENT_EXEC << 8);
}

/* Signal 0 only asks; EPERM says that it is there. */
bool is_thread_of(pid_t tgid, pid_t tid)
{
	return syscall(SYS_tgkill, tgid, tid, 0) == 0 || errno == EPERM;
}
