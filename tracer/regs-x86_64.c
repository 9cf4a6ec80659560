/*
 * regs-x86_64.c: register writes on x86-64.
 *
 * The kernel takes the number from orig_rax; -1 there skips the call and leaves rax as
 * the result (arch/x86/entry, seccomp_filter.rst).  i386 tracees use the same layout.
 */
#include "regs.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>

static int poke(pid_t tid, size_t offset, uint64_t value)
{
	return ptrace(PTRACE_POKEUSER, tid, offset, value) < 0 ? -errno : 0;
}

bool regs_supported(void)
{
	return true;
}

int regs_skip_call(pid_t tid, int64_t ret)
{
	int r = poke(tid, offsetof(struct user_regs_struct, orig_rax), (uint64_t)-1);

	if (r < 0)
		return r;
	return poke(tid, offsetof(struct user_regs_struct, rax), (uint64_t)ret);
}

int regs_set_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value)
{
	if (!strcmp(arch->name, "i386"))
		return poke(tid, offsetof(struct user_regs_struct, rbx), value);
	return poke(tid, offsetof(struct user_regs_struct, rdi), value);
}
