/* stop.c: wait status -> struct stop. */
#include "ptrace/stop.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#define SYSGOOD_TRAP (SIGTRAP | 0x80)

static enum stop_kind event_kind(int event, int sig)
{
	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE: return STOP_CHILD;
	case PTRACE_EVENT_EXEC: return STOP_EXEC;
	case PTRACE_EVENT_SECCOMP: return STOP_SECCOMP;
	case PTRACE_EVENT_EXIT: return STOP_DYING;
	case PTRACE_EVENT_STOP: return sig == SIGTRAP ? STOP_TRAP : STOP_GROUP;
	default: return STOP_OTHER;
	}
}

struct stop stop_decode(int status)
{
	int sig, event;

	if (WIFEXITED(status))
		return (struct stop){.kind = STOP_EXITED, .code = WEXITSTATUS(status)};
	if (WIFSIGNALED(status))
		return (struct stop){.kind = STOP_KILLED, .sig = WTERMSIG(status)};
	sig = WSTOPSIG(status);
	event = (int)((unsigned)status >> 16);
	if (event)
		return (struct stop){.kind = event_kind(event, sig), .sig = sig};
	if (sig == SYSGOOD_TRAP)
		return (struct stop){.kind = STOP_SYSCALL};
	return (struct stop){.kind = STOP_SIGNAL, .sig = sig};
}
