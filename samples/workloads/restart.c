/*
 * restart: calls that the kernel restarts after a stop or a signal.  They must take as
 * long and return the same as without a tracer.
 */
#include "workload.h"

#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

static void nothing(int sig)
{
}

static long ms_since(const struct timespec *t0)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (t.tv_sec - t0->tv_sec) * 1000 + (t.tv_nsec - t0->tv_nsec) / 1000000;
}

/* Stop and continue our parent a few times while it sleeps. */
static pid_t nudge(void)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid > 0)
		return pid;
	for (int i = 0; i < 3; i++) {
		usleep(20000);
		kill(parent(), SIGSTOP);
		usleep(20000);
		kill(parent(), SIGCONT);
	}
	_exit(0);
}

static void sleeps(void)
{
	struct timespec t0, ts = {.tv_nsec = 300000000};
	pid_t pid = nudge();
	int ret;

	clock_gettime(CLOCK_MONOTONIC, &t0);
	ret = nanosleep(&ts, NULL);
	printf("nanosleep: %d, long enough: %d\n", ret, ms_since(&t0) >= 300);
	ended(pid);
}

static void polls(void)
{
	struct timespec t0;
	pid_t pid = nudge();
	int ret;

	clock_gettime(CLOCK_MONOTONIC, &t0);
	ret = poll(NULL, 0, 300);
	printf("poll: %d, long enough: %d\n", ret, ms_since(&t0) >= 300);
	ended(pid);
}

/* A read that a signal interrupts: restarted with SA_RESTART, EINTR without. */
static void reads(int flags)
{
	struct sigaction sa = {.sa_handler = nothing, .sa_flags = flags};
	struct itimerval it = {.it_value.tv_usec = 50000};
	int fds[2];
	char c;
	ssize_t n;
	pid_t pid;

	must(!sigaction(SIGALRM, &sa, NULL) && !pipe(fds), "set-up");
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		usleep(200000);
		_exit(write(fds[1], "x", 1) != 1);
	}
	must(!setitimer(ITIMER_REAL, &it, NULL), "setitimer");
	n = read(fds[0], &c, 1);
	printf("read%s: %zd %s\n", flags ? " with SA_RESTART" : "", n,
	       n < 0 ? strerror(errno) : "");
	ended(pid);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	sleeps();
	polls();
	reads(SA_RESTART);
	reads(0);
	return 0;
}
