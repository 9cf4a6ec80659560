/*
 * group-stop: what a shell sees of its jobs.  A child is stopped and continued in all
 * ways there are; waitpid must tell the parent the same as without a tracer.
 */
#include "workload.h"

#include <signal.h>

static void tell(pid_t pid)
{
	int st;

	must(waitpid(pid, &st, WUNTRACED | WCONTINUED) == pid, "waitpid");
	if (WIFSTOPPED(st))
		printf("stopped by signal %d\n", WSTOPSIG(st));
	else if (WIFCONTINUED(st))
		printf("continued\n");
	else if (WIFSIGNALED(st))
		printf("killed by signal %d\n", WTERMSIG(st));
	else
		printf("exited with %d\n", WEXITSTATUS(st));
	fflush(stdout);
}

static void send(pid_t pid, int sig)
{
	must(!kill(pid, sig), "kill");
	tell(pid);
}

/* It must not have run on: a stopped process has no news. */
static void quiet(pid_t pid)
{
	usleep(50000);
	printf("news while stopped: %d\n",
	       waitpid(pid, NULL, WNOHANG | WUNTRACED | WCONTINUED));
}

static pid_t job(void)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_DFL);
		raise(SIGSTOP);
		for (;;)
			pause();
	}
	return pid;
}

int main(void)
{
	pid_t pid = job();

	tell(pid);
	quiet(pid);
	send(pid, SIGCONT);
	send(pid, SIGTSTP);
	quiet(pid);
	send(pid, SIGCONT);
	send(pid, SIGTTIN);
	send(pid, SIGCONT);
	send(pid, SIGTTOU);
	send(pid, SIGCONT);
	send(pid, SIGSTOP);
	send(pid, SIGKILL);
	return 0;
}
