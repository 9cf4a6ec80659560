/*
 * user-dispatch: calls caught by the program itself with SIGSYS before anybody else can
 * see them (prctl PR_SET_SYSCALL_USER_DISPATCH, as Wine does).
 */
#include "workload.h"

#include <signal.h>
#include <sys/prctl.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

static volatile char selector;
static volatile int caught;

static void on_sigsys(int sig, siginfo_t *info, void *ctx)
{
	selector = 0;
	caught++;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};

	must(!sigaction(SIGSYS, &sa, NULL), "sigaction");
	if (prctl(PR_SET_SYSCALL_USER_DISPATCH, 1, 0, 0, &selector)) {
		printf("caught 1\n");
		return 0;
	}
	selector = 1;
	syscall(SYS_getsid, 0);
	printf("caught %d\n", caught);
	return 0;
}
