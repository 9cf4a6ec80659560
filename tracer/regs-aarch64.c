/*
 * regs-aarch64.c: register writes on arm64.
 *
 * The number is a register set of its own (NT_ARM_SYSTEM_CALL); -1 there skips the call
 * and leaves x0 as the result (arch/arm64/kernel/syscall.c).
 */
#include "regs.h"

#include <elf.h>
#include <errno.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

bool regs_supported(void)
{
	return true;
}

static int set_x0(pid_t tid, uint64_t value)
{
	struct user_regs_struct regs;
	struct iovec iov = {&regs, sizeof(regs)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) < 0)
		return -errno;
	regs.regs[0] = value;
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov) < 0 ? -errno : 0;
}

int regs_skip_call(pid_t tid, int64_t ret)
{
	int nr = -1;
	struct iovec iov = {&nr, sizeof(nr)};

	if (ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &iov) < 0)
		return -errno;
	return set_x0(tid, (uint64_t)ret);
}

int regs_set_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value)
{
	return set_x0(tid, value);
}
