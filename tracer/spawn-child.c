/* spawn-child.c: nothing but system calls: all memory, errno too, is the parent's. */
#include "spawn-child.h"

#include "raw-call.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

/* Sanitizers keep notes on the stack of the parent's thread, which this is not. */
#define ALONE __attribute__((no_sanitize("address")))

ALONE static void leave(int status)
{
	for (;;)
		RAW_CALL(SYS_exit_group, status);
}

ALONE static void say(const struct spawn_child *c, int step, long err)
{
	const struct spawn_report r = {step, (int)err};

	if (RAW_CALL(SYS_write, c->failed, (long)&r, sizeof(r)) < 0)
		leave(125);
}

ALONE static long load(const struct sock_fprog *prog, unsigned flags)
{
	return RAW_CALL(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, (long)prog);
}

/* As filter_load(). */
ALONE static long put_on(const struct filter *f)
{
	const struct sock_fprog prog = {(unsigned short)f->n, f->insns};
	unsigned flags = FILTER_FLAGS;
	long r = load(&prog, flags);

	if (r == -EINVAL)
		r = load(&prog, flags = 0);
	if (r != -EACCES)
		return r;
	r = RAW_CALL(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return r < 0 ? r : load(&prog, flags);
}

ALONE static int child(void *arg)
{
	const struct spawn_child *c = arg;
	char byte;
	long r;

	for (unsigned i = 0; i < 2; i++)
		RAW_CALL(SYS_close, c->not_its[i]);
	if (RAW_CALL(SYS_read, c->go, (long)&byte, 1) != 1)
		leave(125);
	r = c->filter ? put_on(c->filter) : 0;
	if (r < 0) {
		say(c, SPAWN_FILTER, -r);
		leave(126);
	}
	say(c, SPAWN_EXEC, 0);
	r = RAW_CALL(SYS_execve, (long)c->file, (long)c->argv, (long)environ);
	if (r == -ENOEXEC)
		r = RAW_CALL(SYS_execve, (long)"/bin/sh", (long)c->sh_argv,
			     (long)environ);
	say(c, SPAWN_EXEC, -r);
	leave(126);
	return 0;
}

/* Before Linux 5.16 the core dump of one ended all who shared its memory. */
static bool may_share(void)
{
	struct utsname u;
	unsigned major = 0, minor = 0;

	if (!raw_call_supported() || uname(&u) < 0 ||
	    sscanf(u.release, "%u.%u", &major, &minor) != 2)
		return false;
	return major > 5 || (major == 5 && minor >= 16);
}

pid_t spawn_child_start(struct spawn_child *c)
{
	pid_t pid;

	if (may_share()) {
		pid = clone(child, c->stack + sizeof(c->stack), CLONE_VM | SIGCHLD, c);
	} else {
		pid = fork();
		if (pid == 0)
			child(c);
	}
	return pid < 0 ? -errno : pid;
}
