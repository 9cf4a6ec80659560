/*
 * fast-stops: a child makes calls in a row and is stopped and continued again and again
 * meanwhile, at moments that the argument (a seed) decides; at the end it is killed.  The
 * parent is told of each step as the kernel promises.
 */
#include "workload.h"

#include <signal.h>

enum { STOPS = 40 };

static void stop_and_go(pid_t pid)
{
	int st;

	must(!kill(pid, SIGSTOP), "SIGSTOP");
	must(waitpid(pid, &st, WUNTRACED) == pid, "waitpid");
	if (!WIFSTOPPED(st) || WSTOPSIG(st) != SIGSTOP)
		printf("not stopped: %x\n", (unsigned)st);
	must(!kill(pid, SIGCONT), "SIGCONT");
	must(waitpid(pid, &st, WCONTINUED) == pid, "waitpid");
	if (!WIFCONTINUED(st))
		printf("not continued: %x\n", (unsigned)st);
}

int main(int argc, char **argv)
{
	unsigned seed = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0)
		for (;;)
			syscall(SYS_getppid);
	for (int i = 0; i < STOPS; i++) {
		stop_and_go(pid);
		usleep((unsigned)rand_r(&seed) % 400);
	}
	must(!kill(pid, SIGKILL), "SIGKILL");
	printf("%d stops, ended with %d\n", STOPS, ended(pid));
	return 0;
}
