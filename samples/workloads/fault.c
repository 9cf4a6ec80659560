/*
 * fault: ends by a fault of its own, also as the first process of a PID namespace.
 *
 * usage: fault segv|abort|trap|handled [ns]     ns: in a PID namespace of its own
 */
#include "workload.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

static void on_fault(int sig)
{
	static const char text[] = "handled\n";

	_exit(write(STDOUT_FILENO, text, sizeof(text) - 1) > 0 ? 7 : 8);
}

static void fault(const char *how)
{
	volatile int *nowhere = NULL;

	if (!strcmp(how, "handled"))
		signal(SIGSEGV, on_fault);
	if (!strcmp(how, "abort"))
		abort();
	if (!strcmp(how, "trap"))
		__builtin_trap();
	*nowhere = 1; // NOLINT: that is what this is about
}

int main(int argc, char **argv)
{
	int status;
	pid_t pid;

	must(argc > 1, "usage");
	if (argc == 2) {
		fault(argv[1]);
		return 1;
	}
	must(!unshare(CLONE_NEWPID) || !unshare(CLONE_NEWUSER | CLONE_NEWPID), "unshare");
	pid = fork();
	if (pid == 0) {
		fault(argv[1]);
		_exit(1);
	}
	must(waitpid(pid, &status, 0) == pid, "waitpid");
	printf("signal %d status %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 0);
	return 0;
}
