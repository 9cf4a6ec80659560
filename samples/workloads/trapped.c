/*
 * trapped: getsid by three ABIs under a filter that answers TRAP; its own handler says
 * what the signal tells.
 */
#include "workload.h"

#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

enum { I386_GETSID = 147, X32_BIT = 0x40000000 };

static void on_sigsys(int sig, siginfo_t *info, void *ctx)
{
	const greg_t *regs = ((ucontext_t *)ctx)->uc_mcontext.gregs;

	(void)sig;
	printf("call %d of %x, register %llx, at its address: %d\n", info->si_syscall,
	       info->si_arch, regs[REG_RAX],
	       (greg_t)(uintptr_t)info->si_call_addr == regs[REG_RIP]);
	fflush(stdout);
}

int main(void)
{
	const struct sigaction sa = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};
	long ret;

	must(sigaction(SIGSYS, &sa, NULL) == 0, "sigaction");
	syscall(SYS_getsid, 0);
	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(I386_GETSID), "b"(0) : "memory");
	syscall(X32_BIT + SYS_getsid, 0);
	syscall(SYS_getsid, 0);
	return 0;
}
