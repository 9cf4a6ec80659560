/*
 * ignored-signals: signals that it ignores come while it sleeps in calls that a signal
 * otherwise ends with EINTR.  Nobody but a tracer hears of them.
 */
#include "workload.h"

#include <signal.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <time.h>

enum { SIGNALS = 5, WAIT_MS = 250 };

static const int ignored[SIGNALS] = {SIGCHLD, SIGWINCH, SIGURG, SIGUSR1, SIGCONT};

/* One after the other; its own end is one more. */
static pid_t start_sender(void)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid > 0)
		return pid;
	for (int i = 0; i < SIGNALS; i++) {
		nanosleep(&pause, NULL);
		kill(parent(), ignored[i]);
	}
	_exit(0);
}

static void say(const char *what, long ret)
{
	printf("%s: %ld %s\n", what, ret, ret < 0 ? strerror(errno) : "");
	fflush(stdout);
}

static void in_epoll(void)
{
	int fd = epoll_create1(0);
	struct epoll_event e;

	say("epoll", syscall(SYS_epoll_pwait, fd, &e, 1, WAIT_MS, NULL, 8));
}

static void in_semop(void)
{
	const struct timespec time = {.tv_nsec = WAIT_MS * 1000000L};
	struct sembuf wait = {.sem_op = -1};
	int id = semget(IPC_PRIVATE, 1, 0600);

	must(id >= 0, "semget");
	say("semaphore", semtimedop(id, &wait, 1, &time));
	semctl(id, 0, IPC_RMID);
}

/* The kernel takes it up again by restart_syscall. */
static void in_sleep(void)
{
	const struct timespec time = {.tv_nsec = WAIT_MS * 1000000L};

	say("sleep", syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, NULL));
}

int main(void)
{
	static void (*const sleeps[])(void) = {in_epoll, in_semop, in_sleep};

	must(signal(SIGUSR1, SIG_IGN) != SIG_ERR, "signal");
	for (size_t i = 0; i < sizeof(sleeps) / sizeof(sleeps[0]); i++) {
		pid_t pid = start_sender();

		sleeps[i]();
		must(ended(pid) == 0, "sender");
	}
	say_call("epoll_pwait", 1);
	say_call("semtimedop", 1);
	/* The senders sleep before each signal. */
	say_call("clock_nanosleep", 1 + 3 * SIGNALS);
	say_call("restart_syscall", 0);
	return 0;
}
