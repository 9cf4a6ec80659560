/* regs-none.c: an architecture without a register file runs in full mode, free. */
#include "regs.h"

#include <errno.h>

bool regs_supported(void)
{
	return false;
}

int regs_skip_call(pid_t tid, int64_t ret)
{
	return -ENOSYS;
}

int regs_set_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value)
{
	return -ENOSYS;
}
