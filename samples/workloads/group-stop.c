/*
 * group-stop: what a shell sees of its jobs.  A child is stopped and continued in all
 * ways there are; waitpid must tell the parent the same as without a tracer.
 */
#include "workload.h"

#include <signal.h>
#include <sys/mman.h>

static volatile int *beats; /* shared: the child counts while it runs */

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

/* A stopped process does not run on, and has no news. */
static void quiet(pid_t pid)
{
	int before = *beats;

	usleep(100000);
	printf("news while stopped: %d, it runs: %d\n",
	       waitpid(pid, NULL, WNOHANG | WUNTRACED | WCONTINUED), *beats != before);
}

/* A continued one does. */
static void lively(void)
{
	int before = *beats;

	for (int i = 0; i < 500 && *beats == before; i++)
		usleep(10000);
	printf("it runs: %d\n", *beats != before);
}

static pid_t job(void)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_DFL);
		raise(SIGSTOP);
		for (;;) {
			++*beats;
			usleep(1000);
		}
	}
	return pid;
}

int main(void)
{
	pid_t pid;

	beats = mmap(NULL, sizeof(*beats), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(beats != MAP_FAILED, "mmap");
	pid = job();
	tell(pid);
	quiet(pid);
	send(pid, SIGCONT);
	lively();
	send(pid, SIGTSTP);
	quiet(pid);
	send(pid, SIGCONT);
	lively();
	send(pid, SIGTTIN);
	send(pid, SIGCONT);
	send(pid, SIGTTOU);
	send(pid, SIGCONT);
	send(pid, SIGSTOP);
	send(pid, SIGKILL);
	return 0;
}
