/* test-filters.c: what the filters of a running process answer, read from the kernel. */
#include "ptrace/filter.h"
#include "tests/tap.h"

#include <segen/filters.h>
#include <segen/util.h>

#include <errno.h>
#include <linux/audit.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF(k, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (yes), (no))
#define RET(k) BPF_STMT(BPF_RET | BPF_K, (k))

/* 1000: EPERM; 1001: let in with argument 0 == 7, else ENOSYS; x32: kills; all else in.
 */
static struct sock_filter first[] = {
	LOAD(nr),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, SEGEN_X32_BIT, 5, 0),
	IF(1000, 5, 0),
	IF(1001, 0, 5),
	LOAD(args[0]),
	IF(7, 3, 0),
	RET(SECCOMP_RET_ERRNO | ENOSYS),
	RET(SECCOMP_RET_KILL_PROCESS),
	RET(SECCOMP_RET_ERRNO | EPERM),
	RET(SECCOMP_RET_ALLOW),
};

/* 1000: EACCES; 1002: argument 1 is looked at, but the answer is the same. */
static struct sock_filter second[] = {
	LOAD(nr),
	IF(1000, 3, 0),
	IF(1002, 0, 3),
	LOAD(args[1]),
	IF(3, 1, 1),
	RET(SECCOMP_RET_ERRNO | EACCES),
	RET(SECCOMP_RET_ALLOW),
};

static void load(struct sock_filter *f, size_t n)
{
	struct sock_fprog p = {(unsigned short)n, f};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p) < 0)
		_exit(1);
}

/* A process under the first @n of the filters. */
static pid_t child(int n)
{
	int ready[2];
	char c;
	pid_t pid;

	if (pipe(ready) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		if (n > 0)
			load(first, ARRAY_SIZE(first));
		if (n > 1)
			load(second, ARRAY_SIZE(second));
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (read(ready[0], &c, 1) != 1)
		pid = -1;
	close(ready[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void replies(const struct segen_filters *f, const struct segen_arch *arch, int n)
{
	struct segen_filters_reply r = segen_filters_reply(f, arch, 999);

	is_int(r.lets, SEGEN_LETS_ALL, "%d filters: a call that none names is let in", n);
	r = segen_filters_reply(f, arch, 1000);
	is_int(r.lets, SEGEN_LETS_NONE, "%d filters: a refused call is not", n);
	is_int(r.refusal.err, n == 1 ? EPERM : EACCES,
	       "%d filters: of two errnos that of the newest counts", n);
	r = segen_filters_reply(f, arch, 1001);
	is_int(r.lets, SEGEN_LETS_SOME, "%d filters: an argument decides", n);
	is_int(r.refusal.err, ENOSYS, "%d filters: what other arguments get", n);
	r = segen_filters_reply(f, arch, 1002);
	is_int(r.lets, SEGEN_LETS_ALL,
	       "%d filters: an argument that is looked at decides nothing", n);
}

int main(void)
{
	const struct segen_arch *native = segen_arch_native();
	const struct segen_arch *x32 = segen_arch_by_name("x32");

	for (int n = 0; n <= 2; n++) {
		struct segen_error err = {};
		struct segen_filters f;
		pid_t pid = child(n);
		int r = segen_filters_read(pid, &f, &err);

		if (r == -EPERM && n) {
			skip("filters of a running process", "takes CAP_SYS_ADMIN");
			end(pid);
			continue;
		}
		is_int(r, 0, "%d filters: read", n);
		is_int((intmax_t)f.n, n, "%d filters: are that many", n);
		is_int(waitpid(pid, NULL, WNOHANG), 0, "%d filters: it runs on", n);
		if (n)
			replies(&f, native, n);
		if (n && native->audit == AUDIT_ARCH_X86_64)
			is_int(segen_filters_reply(&f, x32, 1).refusal.action,
			       SEGEN_ACT_KILL_PROCESS, "%d filters: x32 is told apart",
			       n);
		segen_filters_done(&f);
		end(pid);
	}
	return done();
}
