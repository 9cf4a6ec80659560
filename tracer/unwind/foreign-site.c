/* foreign-site.c: what can be said without registers and tables of another machine. */
#include "unwind/foreign-site.h"

#include <linux/audit.h>
#include <string.h>
#include <sys/ptrace.h>

/*
 * Where an i386 program called the vdso from: __kernel_vsyscall keeps three registers on
 * the stack, above them is the return address (arch/x86/entry/vdso/vdso32).
 */
static bool i386_vdso_caller(struct mappings *maps, struct remote_mem *mem, uint64_t sp,
			     uint64_t *ret)
{
	uint32_t caller;

	if (!remote_mem_read(mem, sp + 3 * sizeof(caller), &caller, sizeof(caller)) ||
	    !mappings_is_code(maps, caller))
		return false;
	*ret = caller;
	return true;
}

size_t foreign_site(pid_t tid, struct mappings *maps, struct remote_mem *mem,
		    uint64_t ret[FOREIGN_SITE_MAX])
{
	struct __ptrace_syscall_info info = {};
	const struct procmap *map;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof(info), &info) <= 0)
		return 0;
	map = mappings_find(maps, info.instruction_pointer);
	if (!map || !map->exec)
		return 0;
	ret[0] = info.instruction_pointer;
	if (info.arch != AUDIT_ARCH_I386 || strcmp(map->path, "[vdso]") != 0 ||
	    !i386_vdso_caller(maps, mem, info.stack_pointer, &ret[1]))
		return 1;
	return 2;
}
