/*
 * pid-namespace: processes whose ids inside differ from those their tracer sees.  An
 * unprivileged user needs a user namespace of its own for that.
 */
#include "workload.h"

#include <sched.h>

static int inside(void)
{
	printf("I am %d\n", getpid());
	fflush(stdout);
	for (int i = 0; i < 3; i++) {
		pid_t pid = fork();

		must(pid >= 0, "fork");
		if (pid == 0) {
			syscall(SYS_getsid, 0);
			_exit(i);
		}
		printf("child %d exited with %d\n", pid, ended(pid));
		fflush(stdout);
	}
	return 6;
}

int main(void)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID) && unshare(CLONE_NEWUSER | CLONE_NEWPID))
		must(false, "unshare");
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0)
		exit(inside());
	printf("it exited with %d\n", ended(pid));
	say_call("getsid", 3);
	return 0;
}
