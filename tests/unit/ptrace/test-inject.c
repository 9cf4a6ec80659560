/* test-inject.c: a real child puts a filter on itself and does not notice. */
#include "ptrace/inject.h"
#include "proc/proc-status.h"

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

#define ROUNDS 3
#define BLOCKED SIGRTMIN

/* What the child is to be like. */
struct kind {
	bool no_memory, no_new_privs;
};

/* It makes ROUNDS calls of one kind and says with its status how many went well. */
static void child_main(const struct kind *kind)
{
	const struct rlimit none = {1, 1};
	sigset_t set, now;
	int good = 0;

	sigemptyset(&set);
	sigaddset(&set, BLOCKED);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (kind->no_new_privs)
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (kind->no_memory)
		setrlimit(RLIMIT_AS, &none);
	raise(SIGSTOP);
	for (int i = 0; i < ROUNDS; i++)
		good += syscall(SYS_getpgid, 0) == getpgrp();
	sigprocmask(SIG_BLOCK, NULL, &now);
	good += sigismember(&now, BLOCKED) == 1 && sigismember(&now, SIGTERM) == 0;
	_exit(good);
}

static pid_t start(const struct kind *kind)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL;
	pid_t pid = fork();
	int status;

	if (pid == 0)
		child_main(kind);
	waitpid(pid, &status, WUNTRACED);
	ptrace(PTRACE_SEIZE, pid, NULL, (void *)options);
	kill(pid, SIGCONT);
	return pid;
}

/* On to the next call boundary, whatever else it stops for; false: it has ended. */
static bool next_boundary(pid_t pid, struct call_info *c, int *status)
{
	do {
		if (waitpid(pid, status, 0) != pid || !WIFSTOPPED(*status))
			return false;
		if (WSTOPSIG(*status) == (SIGTRAP | 0x80) ||
		    *status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8))
			return call_info_get(pid, c) == 0;
		ptrace(PTRACE_SYSCALL, pid, NULL,
		       *status >> 16 || WSTOPSIG(*status) == SIGCONT ? 0
								     : WSTOPSIG(*status));
	} while (true);
}

static bool next_entry(pid_t pid, long nr, struct call_info *c)
{
	int status;

	while (next_boundary(pid, c, &status)) {
		if (c->op == CALL_ENTRY && c->nr == nr)
			return true;
		ptrace(PTRACE_SYSCALL, pid, NULL, 0);
	}
	return false;
}

static size_t count_mappings(pid_t pid)
{
	_cleanup_free_ char *path = xasprintf("/proc/%d/maps", pid);
	_cleanup_fclose_ FILE *f = fopen(path, "re");
	size_t n = 0;
	int c;

	while (f && (c = fgetc(f)) != EOF)
		n += c == '\n';
	return n;
}

/* All steps; how many boundaries it took. */
static unsigned run_injection(struct injection *i, pid_t pid)
{
	struct call_info c;
	unsigned n = 0;
	int status;

	do {
		ptrace(PTRACE_SYSCALL, pid, NULL, 0);
		if (!next_boundary(pid, &c, &status))
			return 0;
		n++;
	} while (inject_step(i, pid, &c));
	return n;
}

/* To its end; its exit status. */
static int let_run(pid_t pid)
{
	int status;

	do {
		ptrace(PTRACE_CONT, pid, NULL, 0);
		if (waitpid(pid, &status, 0) != pid)
			return -1;
	} while (WIFSTOPPED(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct injection *inject(pid_t pid, const struct filter *f)
{
	struct injection *i = xcalloc(1, sizeof(*i));
	struct call_info c;

	if (!next_entry(pid, SYS_getpgid, &c) ||
	    inject_start(i, pid, f, INJECT_PROCESS) < 0)
		return i;
	run_injection(i, pid);
	return i;
}

static bool has_filter(pid_t pid)
{
	struct proc_status s = {};

	return proc_status_read(pid, &s) == 0 && s.seccomp == 2;
}

static struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
static const struct filter good = {allow, 1};

static void test_good(const struct kind *kind, const char *what)
{
	pid_t pid = start(kind);
	struct injection *i;
	size_t before;

	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	before = count_mappings(pid);
	i = inject(pid, &good);
	ok(i->result == 0 && i->step == INJECT_DONE, "%s: it is done", what);
	ok(has_filter(pid), "%s: the filter is there", what);
	ok(count_mappings(pid) == before, "%s: the scratch memory is not", what);
	ok(let_run(pid) == ROUNDS + 1, "%s: the child noticed nothing", what);
	inject_free(i);
}

static void test_bad(const struct kind *kind, const struct filter *f, int err,
		     const char *what)
{
	pid_t pid = start(kind);
	struct injection *i;

	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	i = inject(pid, f);
	ok(i->result == err && i->step == INJECT_DONE, "%s: it says why not", what);
	ok(!has_filter(pid), "%s: there is no filter", what);
	ok(let_run(pid) == ROUNDS + 1, "%s: the child noticed nothing", what);
	inject_free(i);
}

static void test_death(void)
{
	const struct kind kind = {};
	pid_t pid = start(&kind);
	struct injection *i = xcalloc(1, sizeof(*i));
	struct call_info c;

	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	next_entry(pid, SYS_getpgid, &c);
	ok(inject_start(i, pid, &good, INJECT_PROCESS) == 0, "killed in it: it begins");
	kill(pid, SIGKILL);
	ok(run_injection(i, pid) == 0 && i->result == -ESRCH,
	   "killed in it: its result says so");
	inject_free(i);
	i = xcalloc(1, sizeof(*i));
	ok(inject_start(i, pid, &good, INJECT_PROCESS) == -ESRCH,
	   "who is gone cannot begin");
	inject_free(i);
}

int main(void)
{
	const struct kind plain = {}, unprivileged = {.no_new_privs = true};
	const struct kind poor = {.no_memory = true};
	struct sock_filter wrong[] = {BPF_STMT(BPF_RET | BPF_X, 0)};
	const struct filter bad = {wrong, 1};

	if (!regs_supported()) {
		skip("injection", "not on this architecture");
		return done();
	}
	test_good(&plain, "plain");
	test_good(&unprivileged, "with no_new_privs");
	test_bad(&poor, &good, -ENOMEM, "no memory");
	test_bad(&plain, &bad, -EINVAL, "no filter that the kernel takes");
	test_death();
	return done();
}
