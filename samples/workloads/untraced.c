/*
 * untraced: starts a process that asks not to be followed (CLONE_UNTRACED), as
 * LeakSanitizer does.  It must run and end all the same, and nothing it calls may be
 * missed.
 *
 * usage: untraced [clone|clone3 [N]]: N harmless calls first
 */
#include "workload.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>

static int child(void *arg)
{
	syscall(SYS_getsid, 0);
	return 11;
}

static pid_t start(bool clone3)
{
	static char stack[65536] __attribute__((aligned(16)));
	struct clone_args args = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD};
	pid_t pid;

	if (!clone3)
		return clone(child, stack + sizeof(stack), CLONE_UNTRACED | SIGCHLD,
			     NULL);
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(child(NULL));
	must(pid < 0 || args.flags == CLONE_UNTRACED, "clone3 arguments");
	return pid;
}

int main(int argc, char **argv)
{
	pid_t pid;

	for (int n = argc > 2 ? atoi(argv[2]) : 0; n > 0; n--)
		syscall(SYS_getppid);
	pid = start(argc > 1 && !strcmp(argv[1], "clone3"));
	must(pid > 0, "clone");
	printf("child exited with %d\n", ended(pid));
	say_call("getsid", 1);
	return 0;
}
