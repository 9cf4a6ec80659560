/*
 * untraced: starts a process that asks not to be followed (CLONE_UNTRACED), as
 * LeakSanitizer does.  It must run and end all the same.
 */
#include "workload.h"

#include <sched.h>
#include <signal.h>

static int child(void *arg)
{
	syscall(SYS_getppid);
	return 11;
}

int main(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid = clone(child, stack + sizeof(stack), CLONE_UNTRACED | SIGCHLD, NULL);

	must(pid > 0, "clone");
	printf("child exited with %d\n", ended(pid));
	return 0;
}
