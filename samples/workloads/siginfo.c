/*
 * siginfo: handlers check that what the kernel tells about a signal reaches them
 * unchanged: sender, value, code and fault address.
 */
#include "workload.h"

#include <setjmp.h>
#include <signal.h>
#include <time.h>

static volatile siginfo_t seen;
static sigjmp_buf back;

static void keep(int sig, siginfo_t *info, void *ctx)
{
	memcpy((void *)&seen, info, sizeof(*info));
}

static void keep_and_jump(int sig, siginfo_t *info, void *ctx)
{
	keep(sig, info, ctx);
	siglongjmp(back, 1);
}

static void handle(int sig, void (*fn)(int, siginfo_t *, void *))
{
	struct sigaction sa = {.sa_sigaction = fn, .sa_flags = SA_SIGINFO};

	must(!sigaction(sig, &sa, NULL), "sigaction");
}

static void check_queue(void)
{
	union sigval v = {.sival_int = 4711};

	handle(SIGRTMIN + 3, keep);
	must(!sigqueue(getpid(), SIGRTMIN + 3, v), "sigqueue");
	printf("queue: signal %d code %d value %d from me: %d\n",
	       seen.si_signo - SIGRTMIN, seen.si_code, seen.si_value.sival_int,
	       seen.si_pid == getpid());
}

static void check_timer(void)
{
	struct sigevent ev = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGUSR2,
		.sigev_value.sival_int = 12,
	};
	struct itimerspec its = {.it_value.tv_nsec = 5000000};
	sigset_t none;
	timer_t t;

	handle(SIGUSR2, keep);
	sigemptyset(&none);
	seen.si_signo = 0;
	must(!timer_create(CLOCK_MONOTONIC, &ev, &t), "timer_create");
	must(!timer_settime(t, 0, &its, NULL), "timer_settime");
	while (!seen.si_signo)
		usleep(1000);
	printf("timer: code %d value %d\n", seen.si_code, seen.si_value.sival_int);
}

static void check_fault(void)
{
	handle(SIGSEGV, keep_and_jump);
	if (!sigsetjmp(back, 1))
		*(volatile int *)0x1000 = 1; // NOLINT: this is the fault
	printf("fault: code %d address %p\n", seen.si_code, seen.si_addr);
}

static void check_child(void)
{
	pid_t pid;

	handle(SIGCHLD, keep);
	seen.si_signo = 0;
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0)
		_exit(42);
	while (!seen.si_signo)
		usleep(1000);
	printf("child: code %d status %d it: %d\n", seen.si_code, seen.si_status,
	       seen.si_pid == pid);
	ended(pid);
}

int main(void)
{
	check_queue();
	check_timer();
	check_fault();
	check_child();
	return 0;
}
