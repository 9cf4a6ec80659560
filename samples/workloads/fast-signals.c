/*
 * fast-signals: counts signals that come as fast as they can while it makes calls in a
 * row: queued ones, each with its number, and those of a timer.  None may be lost, none
 * may come out of order, and each must tell where it comes from.
 */
#include "workload.h"

#include <signal.h>
#include <sys/time.h>

enum { SIGNALS = 2000 };

static volatile sig_atomic_t queued, wrong, ticks;
static volatile pid_t sender;

static void on_queued(int sig, siginfo_t *info, void *ctx)
{
	wrong += info->si_code != SI_QUEUE || info->si_pid != sender ||
		 info->si_value.sival_int != queued;
	queued++;
}

static void on_tick(int sig, siginfo_t *info, void *ctx)
{
	wrong += info->si_signo != SIGALRM || info->si_code != SI_KERNEL;
	ticks++;
}

static void handle(int sig, void (*fn)(int, siginfo_t *, void *))
{
	struct sigaction sa = {.sa_sigaction = fn, .sa_flags = SA_SIGINFO | SA_RESTART};

	must(!sigaction(sig, &sa, NULL), "sigaction");
}

static void send_all(void)
{
	for (int i = 0; i < SIGNALS; i++)
		while (sigqueue(getppid(), SIGRTMIN + 1, (union sigval){.sival_int = i}))
			must(errno == EAGAIN, "sigqueue");
	_exit(0);
}

int main(void)
{
	const struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
	sigset_t mine, old;

	handle(SIGRTMIN + 1, on_queued);
	handle(SIGALRM, on_tick);
	/* The handler needs to know the sender's id. */
	sigemptyset(&mine);
	sigaddset(&mine, SIGRTMIN + 1);
	must(!sigprocmask(SIG_BLOCK, &mine, &old), "sigprocmask");
	sender = fork();
	must(sender >= 0, "fork");
	if (sender == 0)
		send_all();
	must(!sigprocmask(SIG_SETMASK, &old, NULL), "sigprocmask");
	must(!setitimer(ITIMER_REAL, &often, NULL), "setitimer");
	while (queued < SIGNALS || !ticks)
		syscall(SYS_getppid);
	must(!setitimer(ITIMER_REAL, &never, NULL), "setitimer");
	printf("sender ended with %d\n", ended(sender));
	printf("%d signals, wrong: %d, timer: %d\n", (int)queued, (int)wrong, ticks > 0);
	return 0;
}
