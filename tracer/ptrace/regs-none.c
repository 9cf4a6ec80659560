/* regs-none.c: an architecture without a register file runs in full mode, free. */
#include "ptrace/regs.h"

#include <errno.h>

bool regs_supported(void)
{
	return false;
}

int regs_skip_call(pid_t tid, int64_t ret)
{
	return -ENOSYS;
}

int regs_set_nr(pid_t tid, int nr)
{
	return -ENOSYS;
}

int regs_set_result(pid_t tid, int64_t ret)
{
	return -ENOSYS;
}

int regs_set_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value)
{
	return -ENOSYS;
}

int regs_restore_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value)
{
	return -ENOSYS;
}

int regs_get(pid_t tid, struct regs *ret)
{
	return -ENOSYS;
}

int regs_set(pid_t tid, const struct regs *r)
{
	return -ENOSYS;
}

void regs_substitute(struct regs *r, long nr, const uint64_t args[6])
{
}

void regs_rewind(struct regs *r, long nr, const uint64_t args[6])
{
}

void regs_rewind_same(struct regs *r)
{
}

bool regs_at_syscall_insn(pid_t tid, const struct regs *r)
{
	return false;
}

enum regs_interrupted regs_undo_interrupt(pid_t tid)
{
	return REGS_NOT_INTERRUPTED;
}

int regs_dwarf_index(unsigned n)
{
	return -1;
}
