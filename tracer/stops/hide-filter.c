/* hide-filter.c: answers of seccomp(2) and prctl(2), and strict mode. */
#include "stops/hide-filter.h"

#include "proc/proc-status.h"
#include "ptrace/regs.h"
#include "state/record.h"

#include <segen/syscall.h>

#include <errno.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Whether a filter that the process has can only be segen's. */
static bool is_ours(const struct tracer *tr, const struct process *p)
{
	struct proc_status own;

	if (!tr->settings.fast || tr->settings.policy || p->filter == FILTER_OWN)
		return false;
	/* A container's filter is the workload's own affair. */
	if (tr->container_filter &&
	    (tr->container_filter->n || tr->container_filter->unknown))
		return false;
	/* A filter around segen is around the workload as well. */
	return proc_status_read(getpid(), &own) == 0 && !own.seccomp;
}

static bool asks_prctl(const struct tracee *t, uint32_t option)
{
	return (t->tags & TAG_PRCTL) && (uint32_t)t->args[0] == option;
}

/* The kernel takes neither flags nor a program for it. */
static bool asks_strict(const struct tracee *t)
{
	if (asks_prctl(t, PR_SET_SECCOMP))
		return t->args[1] == SECCOMP_MODE_STRICT;
	return (t->tags & TAG_SECCOMP) &&
	       (uint32_t)t->args[0] == SECCOMP_SET_MODE_STRICT && !(uint32_t)t->args[1] &&
	       !t->args[2];
}

static void answer(const struct tracee *t, struct call_info *c, int64_t ret)
{
	if (regs_set_result(t->tid, ret) < 0)
		return;
	c->ret = ret;
	c->failed = false;
}

static void answer_strict(struct tracer *tr, struct tracee *t, struct call_info *c)
{
	if (c->failed && c->ret == -EINVAL && is_ours(tr, t->process)) {
		t->strict = true;
		answer(t, c, 0);
	}
	if (!c->failed)
		record_note(tr,
			    "%s entered seccomp strict mode; in a container that has a "
			    "profile the kernel refuses that (EINVAL)",
			    segen_trace_program_name(tr->trace, t->process->program));
}

static bool tells_of_filter(const struct tracer *tr, const struct tracee *t,
			    const struct call_info *c)
{
	return asks_prctl(t, PR_GET_SECCOMP) && c->ret == SECCOMP_MODE_FILTER &&
	       is_ours(tr, t->process);
}

static bool tells_of_privileges(const struct tracee *t, const struct call_info *c)
{
	return asks_prctl(t, PR_GET_NO_NEW_PRIVS) && c->ret == 1 &&
	       t->process->privs_taken && !t->process->own_no_new_privs;
}

void hide_filter_result(struct tracer *tr, struct tracee *t, struct call_info *c)
{
	struct process *p = t->process;

	if (!(t->tags & (TAG_SECCOMP | TAG_PRCTL)))
		return;
	if (asks_strict(t))
		answer_strict(tr, t, c);
	if (asks_prctl(t, PR_SET_NO_NEW_PRIVS) && !c->failed)
		p->own_no_new_privs = true;
	if (tells_of_filter(tr, t, c) || tells_of_privileges(t, c))
		answer(t, c, 0);
}

/* seccomp(2): "The only system calls that the calling thread is permitted to make". */
static bool strict_allows(const struct tracee *t)
{
	static const char *const allowed[] = {"read", "write", "exit"};
	const char *back = t->arch == segen_arch_native() ? "rt_sigreturn" : "sigreturn";
	_cleanup_free_ char *name = t->arch ? segen_syscall_name(t->arch, t->nr) : NULL;

	/* The kernel compares x32 numbers with those of i386: none is among them. */
	if (!name || !strcmp(t->arch->name, "x32"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (!strcmp(name, allowed[i]))
			return true;
	return !strcmp(name, back);
}

/* In strict mode the kernel ends the thread only, not the process. */
static bool exit_instead(const struct tracee *t)
{
	struct regs r;

	if (t->arch != segen_arch_native() || regs_get(t->tid, &r) < 0)
		return false;
	regs_substitute(&r, SYS_exit, (uint64_t[6]){0});
	return regs_set(t->tid, &r) == 0;
}

/* Whether the call would be refused if segen had not set NO_NEW_PRIVS. */
static bool lacks_privileges(const struct tracee *t)
{
	const struct process *p = t->process;
	struct proc_status st;

	/* The kernel looks at the program first. */
	if (!p->privs_taken || p->own_no_new_privs || !t->makes_filter || !t->args[2])
		return false;
	return proc_status_read(t->tid, &st) == 0 && !(st.cap_eff >> CAP_SYS_ADMIN & 1);
}

void hide_filter_entry(const struct tracee *t)
{
	if (lacks_privileges(t))
		regs_skip_call(t->tid, -EACCES);
	if (!t->strict || strict_allows(t))
		return;
	if (t->process->threads > 1 && exit_instead(t))
		return;
	regs_skip_call(t->tid, -ENOSYS);
	kill(t->process->tgid, SIGKILL);
}
