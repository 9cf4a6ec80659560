/*
 * fast-races: things that happen while a sibling makes the calls that get the process
 * on the fast path: threads and processes are born, a thread executes a program, or puts
 * a filter on itself.  Whoever comes into being makes a call that nobody made before.
 * Heirs are born with a filter of their parent's, which refuses that call.
 */
#include "workload.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>

static const long rare[] = {
	SYS_getsid,
	SYS_getpgid,
	SYS_sched_get_priority_max,
	SYS_times,
	SYS_getresuid,
	SYS_sched_get_priority_min,
	SYS_getresgid,
	SYS_getpriority,
	SYS_sched_rr_get_interval,
	SYS_getitimer,
	SYS_sched_getparam,
	SYS_sched_getscheduler,
	SYS_timer_getoverrun,
	SYS_ioprio_get,
	SYS_get_mempolicy,
	SYS_process_vm_readv,
	SYS_epoll_create1,
	SYS_mq_unlink,
	SYS_inotify_rm_watch,
	SYS_timerfd_gettime,
	SYS_mincore,
	SYS_capget,
	SYS_get_robust_list,
	SYS_sysinfo,
};
enum { RARE = sizeof(rare) / sizeof(rare[0]), BUSY_CALLS = 60 };

static volatile bool over;

/* Its arguments make it fail or do nothing. */
static void call_rare(size_t i)
{
	syscall(rare[i % RARE], -1, 0, 0, 0, 0, 0);
}

static void *busy(void *arg)
{
	while (!over)
		syscall(SYS_getppid);
	return NULL;
}

static void *newborn(void *arg)
{
	call_rare((size_t)(uintptr_t)arg);
	return NULL;
}

static pthread_t start(void *(*fn)(void *), size_t arg)
{
	pthread_t t;

	must(!pthread_create(&t, NULL, fn, (void *)(uintptr_t)arg), "pthread_create");
	return t;
}

static void threads(void)
{
	pthread_t sibling = start(busy, 0);

	for (size_t i = 0; i < RARE; i++)
		pthread_join(start(newborn, i), NULL);
	over = true;
	pthread_join(sibling, NULL);
}

static void forks(void)
{
	pthread_t sibling = start(busy, 0);

	for (size_t i = 0; i < RARE; i++) {
		pid_t pid = fork();

		must(pid >= 0, "fork");
		if (pid == 0) {
			call_rare(i);
			_exit(0);
		}
		must(ended(pid) == 0, "child");
	}
	over = true;
	pthread_join(sibling, NULL);
}

/* The child works in its parent's memory, and for long enough to get its filter there. */
static void one_vfork(size_t i, volatile size_t *done)
{
	pid_t pid = vfork(); // NOLINT: vfork is what this is about

	if (pid == 0) {
		for (int n = 0; n < BUSY_CALLS; n++) // NOLINT: in the parent's memory
			syscall(SYS_getppid);
		call_rare(i);
		++*done; // NOLINT: the parent is to see it
		_exit(0);
	}
	must(pid > 0 && ended(pid) == 0, "vfork");
}

static void vforks(void)
{
	volatile size_t done = 0;

	for (size_t i = 0; i < RARE; i++)
		one_vfork(i, &done);
	printf("children: %zu\n", done);
}

static void *executer(void *arg)
{
	char left[12];

	call_rare((size_t)(uintptr_t)arg);
	snprintf(left, sizeof(left), "%d", (int)(uintptr_t)arg - 1);
	execl("/proc/self/exe", "fast-races", "exec", left, (char *)NULL);
	must(false, "execl");
	return NULL;
}

static int execs(int left)
{
	if (left == 0)
		return 5;
	start(busy, 0);
	start(busy, 0);
	start(executer, (size_t)left);
	busy(NULL);
	return 1;
}

static void *filtered(void *arg)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	must(!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog), "seccomp");
	for (int i = 0; i < BUSY_CALLS; i++)
		syscall(SYS_getppid);
	must(syscall(SYS_getsid, 0) < 0 && errno == EXDEV, "getsid");
	return NULL;
}

/* Siblings that differ in their filters cannot be given one more at once. */
static void thread_filter(void)
{
	pthread_t sibling = start(busy, 0);

	for (int i = 0; i < 4; i++)
		pthread_join(start(filtered, 0), NULL);
	over = true;
	pthread_join(sibling, NULL);
	syscall(SYS_getpgid, 0);
}

/* A filter that refuses the rare calls. */
static void refuse_rare(void)
{
	struct sock_filter code[1 + 2 * RARE + 1] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	const struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};
	struct sock_filter *end = code + 1;

	for (size_t i = 0; i < RARE; i++) {
		*end++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
						      (unsigned)rare[i], 0, 1);
		*end++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
						      SECCOMP_RET_ERRNO | EXDEV);
	}
	*end = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	must(!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog), "seccomp");
}

/* Through so many generations, each of which ends before the next one has. */
static void heir(size_t i, size_t generations)
{
	while (generations-- > 0) {
		pid_t pid = fork();

		must(pid >= 0, "fork");
		if (pid > 0)
			_exit(0);
	}
	for (int n = 0; n < BUSY_CALLS; n++)
		syscall(SYS_getppid);
	call_rare(i);
	_exit(errno != EXDEV);
}

/* All heirs; every fourth one is a sibling, which its parent in /proc is no help with. */
static void testator(void)
{
	refuse_rare();
	for (size_t i = 0; i < RARE; i++) {
		bool sibling = i % 4 == 3;
		pid_t pid = sibling ? (pid_t)syscall(SYS_clone, CLONE_PARENT, 0, 0, 0, 0)
				    : fork();

		must(pid >= 0, "fork");
		if (pid == 0)
			heir(i, i % 4 % 3);
		must(sibling || ended(pid) == 0, "heir");
	}
	_exit(0);
}

static void heirs(void)
{
	pid_t pid = fork();
	int st;

	must(pid >= 0, "fork");
	if (pid == 0)
		testator();
	while (wait(&st) > 0)
		must(st == 0, "heir");
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";

	if (!strcmp(way, "exec"))
		return execs(argc > 2 ? atoi(argv[2]) : RARE);
	if (!strcmp(way, "threads"))
		threads();
	else if (!strcmp(way, "forks"))
		forks();
	else if (!strcmp(way, "vforks"))
		vforks();
	else if (!strcmp(way, "thread-filter"))
		thread_filter();
	else if (!strcmp(way, "heirs"))
		heirs();
	else
		must(false,
		     "usage: fast-races threads|forks|vforks|exec|thread-filter|heirs");
	printf("%s: done\n", way);
	return 0;
}
