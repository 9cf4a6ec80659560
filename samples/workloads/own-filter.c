/*
 * own-filter: installs a seccomp filter of its own and makes the call it is about.  The
 * output must be the same under a tracer, for every action.
 *
 * usage: own-filter ACTION [N [M]]: N harmless calls before the filter is there, M after
 */
#include "workload.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

static int before, after; /* harmless calls to make */

static void harmless(int n)
{
	while (n-- > 0)
		syscall(SYS_getppid);
}

static long by_seccomp(unsigned flags, const struct sock_fprog *prog)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, prog);
}

/* The kernel looks at the low half of what is an int to it. */
#define RUBBISH 0x5e6e00000000ul

static long by_wide_seccomp(unsigned flags, const struct sock_fprog *prog)
{
	return syscall(SYS_seccomp, RUBBISH | SECCOMP_SET_MODE_FILTER, RUBBISH | flags,
		       prog);
}

static long by_wide_prctl(unsigned flags, const struct sock_fprog *prog)
{
	return syscall(SYS_prctl, RUBBISH | PR_SET_SECCOMP, SECCOMP_MODE_FILTER, prog);
}

static long (*install)(unsigned flags, const struct sock_fprog *prog) = by_seccomp;

static int load_for(long nr, unsigned action, unsigned flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};
	int ret;

	harmless(before);
	must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	ret = (int)install(flags, &prog);
	must(ret >= 0, "seccomp");
	return ret;
}

static int load(unsigned action, unsigned flags)
{
	return load_for(SYS_getsid, action, flags);
}

static void call(void)
{
	long ret;

	harmless(after);
	ret = syscall(SYS_getsid, 0);
	printf("getsid: %s\n", ret < 0 ? strerror(errno) : "fine");
	fflush(stdout);
}

static void on_sigsys(int sig, siginfo_t *info, void *ctx)
{
	printf("SIGSYS: code %d call %s\n", info->si_code,
	       info->si_syscall == SYS_getsid ? "getsid" : "another");
	fflush(stdout);
}

static void do_errno(void)
{
	load(SECCOMP_RET_ERRNO | EXDEV, 0);
	call();
}

static void do_trap(void)
{
	struct sigaction sa = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};

	must(!sigaction(SIGSYS, &sa, NULL), "sigaction");
	load(SECCOMP_RET_TRAP, 0);
	call();
}

static void do_kill(void)
{
	load(SECCOMP_RET_KILL_PROCESS, 0);
	call();
}

static void *killed_thread(void *arg)
{
	load(SECCOMP_RET_KILL_THREAD, 0);
	call();
	printf("still there\n");
	return NULL;
}

static void do_kill_thread(void)
{
	pthread_t t;

	must(!pthread_create(&t, NULL, killed_thread, NULL), "pthread_create");
	usleep(200000);
	printf("the other thread goes on\n");
	fflush(stdout);
	_exit(0);
}

/* No tracer has asked for PTRACE_O_TRACESECCOMP on our behalf: ENOSYS. */
static void do_trace(void)
{
	load(SECCOMP_RET_TRACE | 5, 0);
	call();
}

static void do_log(void)
{
	load(SECCOMP_RET_LOG, 0);
	call();
}

static void answer(int fd)
{
	struct seccomp_notif req = {0};
	struct seccomp_notif_resp resp = {.error = -EDOM};

	must(!ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &req), "NOTIF_RECV");
	resp.id = req.id;
	must(!ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp), "NOTIF_SEND");
}

static void do_notify(void)
{
	int fd = load(SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0) {
		call();
		_exit(0);
	}
	answer(fd);
	ended(pid);
}

static void do_tsync(void)
{
	load(SECCOMP_RET_ERRNO | EXDEV, SECCOMP_FILTER_FLAG_TSYNC);
	call();
}

static void do_wide(void)
{
	install = by_wide_seccomp;
	do_errno();
}

static void do_wide_prctl(void)
{
	install = by_wide_prctl;
	do_errno();
}

/* Nothing of this may be done by the process, nor by what it starts. */
static void do_no_mmap(void)
{
	pid_t pid;

	load_for(SYS_mmap, SECCOMP_RET_KILL_PROCESS, 0);
	call();
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0) {
		call();
		_exit(0);
	}
	printf("child: %d\n", ended(pid));
}

/* Killed by the second call.  The library's functions make more calls than their own. */
static void die_strictly(const char *word)
{
	must(write(1, word, strlen(word)) > 0, "write");
	must(write(1, word, strlen(word)) > 0, "write");
	syscall(SYS_getsid, 0);
	must(write(1, "alive\n", 6) == 6, "write");
}

static void do_strict(void)
{
	harmless(before);
	must(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0), "strict");
	die_strictly("strict\n");
}

static void do_strict_seccomp(void)
{
	harmless(before);
	must(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL) < 0, "flags");
	must(!syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL), "strict");
	die_strictly("strict\n");
}

static void *strict_thread(void *arg)
{
	must(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0), "strict");
	die_strictly("strict thread\n");
	return NULL;
}

/* Only the thread ends. */
static void do_strict_thread(void)
{
	pthread_t t;

	harmless(before);
	must(!pthread_create(&t, NULL, strict_thread, NULL), "pthread_create");
	pthread_join(t, NULL);
	harmless(after);
	printf("the other thread goes on\n");
}

/* With a filter there is no strict mode. */
static void do_strict_late(void)
{
	load(SECCOMP_RET_ERRNO | EXDEV, 0);
	harmless(after);
	printf("strict: %d", prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0));
	printf(" %s\n", strerror(errno));
}

static void show_state(void)
{
	printf("seccomp %d", prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
	printf(" no_new_privs %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

/* Who has neither CAP_SYS_ADMIN nor said that it needs no new privileges may have none.
 */
static void do_unasked(void)
{
	struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	const struct sock_fprog prog = {1, code};

	harmless(before);
	if (by_seccomp(0, NULL))
		printf("no program: %s\n", strerror(errno));
	if (by_seccomp(0, &prog))
		printf("a filter: %s\n", strerror(errno));
	harmless(after);
	load(SECCOMP_RET_ERRNO | EXDEV, 0);
	call();
}

static void do_state(void)
{
	show_state();
	harmless(before);
	show_state();
	load(SECCOMP_RET_LOG, 0);
	harmless(after);
	show_state();
}

static const struct {
	const char *name;
	void (*run)(void);
} ways[] = {
	{"errno", do_errno},
	{"trap", do_trap},
	{"kill", do_kill},
	{"log", do_log},
	{"notify", do_notify},
	{"kill-thread", do_kill_thread},
	{"trace", do_trace},
	{"tsync", do_tsync},
	{"strict", do_strict},
	{"wide", do_wide},
	{"wide-prctl", do_wide_prctl},
	{"no-mmap", do_no_mmap},
	{"strict-seccomp", do_strict_seccomp},
	{"strict-thread", do_strict_thread},
	{"strict-late", do_strict_late},
	{"state", do_state},
	{"unasked", do_unasked},
};

int main(int argc, char **argv)
{
	before = argc > 2 ? atoi(argv[2]) : 0;
	after = argc > 3 ? atoi(argv[3]) : 0;
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].name) != 0)
			continue;
		ways[i].run();
		return 0;
	}
	must(false, "usage: own-filter errno|trap|kill|kill-thread|trace|log|notify|...");
}
