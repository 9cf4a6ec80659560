/* callinfo.c: PTRACE_GET_SYSCALL_INFO to a value. */
#include "ptrace/callinfo.h"

#include <segen/util.h>

#include <errno.h>
#include <linux/ptrace.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void take_call(struct call_info *c, uint32_t audit, uint64_t nr,
		      const __u64 args[6])
{
	/* The kernel looks at the low half of the number register only. */
	c->nr = (int32_t)nr;
	c->arch = segen_arch_of_call(audit, &c->nr);
	for (int i = 0; i < 6; i++)
		c->args[i] = args[i];
}

static int get(pid_t tid, struct ptrace_syscall_info *i)
{
	memset(i, 0, sizeof(*i));
	/* glibc's <sys/ptrace.h> names this struct differently: go without it. */
	return syscall(SYS_ptrace, PTRACE_GET_SYSCALL_INFO, tid, sizeof(*i), i) < 0
		       ? -errno
		       : 0;
}

int call_info_inside(pid_t tid, struct call_info *ret)
{
	_cleanup_fclose_ FILE *f = NULL;
	struct ptrace_syscall_info i;
	unsigned long long args[6], sp, pc;
	char path[64];
	long long nr;
	int r = get(tid, &i);

	if (r < 0)
		return r;
	/* proc_pid_syscall(5): "running", "-1 SP PC", or the number first. */
	snprintf(path, sizeof(path), "/proc/%d/syscall", tid);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%lld %llx %llx %llx %llx %llx %llx %llx %llx", &nr, &args[0],
			 &args[1], &args[2], &args[3], &args[4], &args[5], &sp, &pc) != 9)
		return -ENOENT;
	*ret = (struct call_info){.op = CALL_ENTRY, .ip = pc, .sp = sp};
	for (int k = 0; k < 6; k++)
		i.entry.args[k] = args[k];
	take_call(ret, i.arch, (uint64_t)nr, i.entry.args);
	return 0;
}

int call_info_get(pid_t tid, struct call_info *ret)
{
	struct ptrace_syscall_info i;
	int r = get(tid, &i);

	if (r < 0)
		return r;
	*ret = (struct call_info){.ip = i.instruction_pointer, .sp = i.stack_pointer};
	switch (i.op) {
	case PTRACE_SYSCALL_INFO_ENTRY:
		ret->op = CALL_ENTRY;
		take_call(ret, i.arch, i.entry.nr, i.entry.args);
		break;
	case PTRACE_SYSCALL_INFO_SECCOMP:
		ret->op = CALL_SECCOMP;
		ret->trace_data = i.seccomp.ret_data;
		take_call(ret, i.arch, i.seccomp.nr, i.seccomp.args);
		break;
	case PTRACE_SYSCALL_INFO_EXIT:
		ret->op = CALL_EXIT;
		ret->ret = i.exit.rval;
		ret->failed = i.exit.is_error;
		break;
	default: ret->op = CALL_NONE;
	}
	return 0;
}
