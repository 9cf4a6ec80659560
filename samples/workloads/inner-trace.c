/*
 * inner-trace: a debugger.  One tracer per process is the kernel's rule: under segen
 * PTRACE_TRACEME fails and the program says so; nothing hangs.
 */
#include "workload.h"

#include <sys/ptrace.h>

int main(void)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0)
		_exit(ptrace(PTRACE_TRACEME, 0, 0, 0) ? 1 : 0);
	printf("tracing allowed: %s\n", ended(pid) ? "no" : "yes");
	return 0;
}
