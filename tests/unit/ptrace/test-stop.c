/* test-stop.c: every wait status of a seized tracee has one meaning. */
#include "ptrace/stop.h"
#include "tests/tap.h"

#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>

#define STOPPED(sig, event) ((event) << 16 | (sig) << 8 | 0x7f)
#define RT_SIGNAL 64 /* SIGRTMAX is no constant */

static const struct {
	const char *what;
	int status;
	struct stop stop;
} cases[] = {
	{"exit 0", 0, {.kind = STOP_EXITED}},
	{"exit 3", 3 << 8, {.kind = STOP_EXITED, .code = 3}},
	{"exit 255", 255 << 8, {.kind = STOP_EXITED, .code = 255}},
	{"killed", SIGKILL, {.kind = STOP_KILLED, .sig = SIGKILL}},
	{"core dumped", SIGSEGV | 0x80, {.kind = STOP_KILLED, .sig = SIGSEGV}},
	{"a call", STOPPED(SIGTRAP | 0x80, 0), {.kind = STOP_SYSCALL}},
	{"a filter",
	 STOPPED(SIGTRAP, PTRACE_EVENT_SECCOMP),
	 {.kind = STOP_SECCOMP, .sig = SIGTRAP}},
	{"fork",
	 STOPPED(SIGTRAP, PTRACE_EVENT_FORK),
	 {.kind = STOP_CHILD, .sig = SIGTRAP}},
	{"vfork",
	 STOPPED(SIGTRAP, PTRACE_EVENT_VFORK),
	 {.kind = STOP_CHILD, .sig = SIGTRAP}},
	{"clone",
	 STOPPED(SIGTRAP, PTRACE_EVENT_CLONE),
	 {.kind = STOP_CHILD, .sig = SIGTRAP}},
	{"exec",
	 STOPPED(SIGTRAP, PTRACE_EVENT_EXEC),
	 {.kind = STOP_EXEC, .sig = SIGTRAP}},
	{"the end of a vfork",
	 STOPPED(SIGTRAP, PTRACE_EVENT_VFORK_DONE),
	 {.kind = STOP_OTHER, .sig = SIGTRAP}},
	{"the end of a thread",
	 STOPPED(SIGTRAP, PTRACE_EVENT_EXIT),
	 {.kind = STOP_DYING, .sig = SIGTRAP}},
	{"a newborn",
	 STOPPED(SIGTRAP, PTRACE_EVENT_STOP),
	 {.kind = STOP_TRAP, .sig = SIGTRAP}},
	{"group-stop by SIGSTOP",
	 STOPPED(SIGSTOP, PTRACE_EVENT_STOP),
	 {.kind = STOP_GROUP, .sig = SIGSTOP}},
	{"group-stop by ^Z",
	 STOPPED(SIGTSTP, PTRACE_EVENT_STOP),
	 {.kind = STOP_GROUP, .sig = SIGTSTP}},
	{"delivery of SIGSTOP",
	 STOPPED(SIGSTOP, 0),
	 {.kind = STOP_SIGNAL, .sig = SIGSTOP}},
	{"delivery of a breakpoint",
	 STOPPED(SIGTRAP, 0),
	 {.kind = STOP_SIGNAL, .sig = SIGTRAP}},
	{"delivery of SIGTERM",
	 STOPPED(SIGTERM, 0),
	 {.kind = STOP_SIGNAL, .sig = SIGTERM}},
	{"delivery of a real-time signal",
	 STOPPED(RT_SIGNAL, 0),
	 {.kind = STOP_SIGNAL, .sig = RT_SIGNAL}},
};

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct stop s = stop_decode(cases[i].status);
		const struct stop *want = &cases[i].stop;

		ok(s.kind == want->kind && s.sig == want->sig && s.code == want->code,
		   "%s", cases[i].what);
	}
	return done();
}
