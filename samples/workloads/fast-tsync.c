/*
 * fast-tsync: a thread puts a filter on itself and all its siblings, which may have
 * got segen's filter by then: one that computes, some that sleep in a call, and some that
 * start processes.  The filter refuses a call that each of them makes next and nobody
 * made before, and the very calls that they sleep in: these are past it, and end as if
 * nothing had happened.
 *
 * usage: fast-tsync [spin | sleep | fork]
 */
#include "workload.h"

#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>

enum { CALLS = 150, SLEEP_MS = 400, WAIT_MS = 10000 };

static atomic_bool filtered;
static atomic_int ready;
static int event;    /* an eventfd: readable when the sleepers may wake */
static int watching; /* an epoll that watches it */

#define REFUSE(name)                                           \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV)

static void filter_all(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		REFUSE(getsid),
		REFUSE(epoll_pwait),
		REFUSE(ppoll),
		REFUSE(clock_nanosleep),
		REFUSE(restart_syscall),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(code[0]), code};

	must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
	must(!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
		      &prog),
	     "seccomp");
}

/* --- what threads do while the filter comes; the result of their call -------------- */

static long spin(void)
{
	while (!atomic_load(&filtered))
		;
	return 0;
}

/* A stop for each child, wherever the thread is when it is told to stop. */
static long spin_in_fork(void)
{
	while (!atomic_load(&filtered)) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		must(pid > 0 && ended(pid) == 0, "fork");
	}
	return 0;
}

/* The raw calls: which one the C library makes depends on the architecture. */
static long sleep_in_epoll(void)
{
	struct epoll_event e;

	return syscall(SYS_epoll_pwait, watching, &e, 1, WAIT_MS, NULL, 8);
}

static long sleep_in_poll(void)
{
	struct pollfd p = {.fd = event, .events = POLLIN};
	struct timespec t = {.tv_sec = WAIT_MS / 1000};

	return syscall(SYS_ppoll, &p, 1, &t, NULL, 8);
}

static long sleep_in_read(void)
{
	uint64_t n;

	return read(event, &n, sizeof(n));
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static long sleep_in_sleep(void)
{
	struct timespec t = {.tv_nsec = SLEEP_MS * 1000000L};
	long start = now_ms();
	long ret = syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &t, NULL);

	return ret < 0 ? -errno : now_ms() - start >= SLEEP_MS;
}

/* Nothing but the child's end wakes it. */
static long sleep_in_vfork(void)
{
	const struct timespec t = {.tv_nsec = SLEEP_MS * 1000000L / 2};
	pid_t pid = vfork(); // NOLINT: vfork is what this is about

	if (pid == 0) {
		syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &t, NULL); // NOLINT: raw
		_exit(0);
	}
	return pid > 0;
}

struct sleeper {
	const char *name;
	long (*sleep)(void);
	pthread_t thread;
	long ret, err;	  /* of the sleep */
	int getsid_errno; /* of what follows */
};

static void *sleeper_main(void *arg)
{
	struct sleeper *s = arg;

	atomic_fetch_add(&ready, 1);
	s->ret = s->sleep();
	s->err = s->ret < 0 ? errno : 0;
	s->getsid_errno = syscall(SYS_getsid, 0) < 0 ? errno : 0;
	return NULL;
}

/* Each call once, so that it is known. */
static void rehearse(void)
{
	const struct timespec no_time = {};
	struct epoll_event e = {.events = EPOLLIN};
	uint64_t one = 1;

	event = eventfd(1, EFD_SEMAPHORE);
	watching = epoll_create1(0);
	must(event >= 0 && watching >= 0, "eventfd, epoll");
	must(!epoll_ctl(watching, EPOLL_CTL_ADD, event, &e), "epoll_ctl");
	syscall(SYS_epoll_pwait, watching, &e, 1, 0, NULL, 8);
	syscall(SYS_ppoll, NULL, 0, &no_time, NULL, 8);
	must(read(event, &one, sizeof(one)) == sizeof(one), "read");
	syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &no_time, NULL);
	for (int i = 0; i < CALLS; i++)
		syscall(SYS_getppid);
}

static void run(struct sleeper *s, size_t n)
{
	const struct timespec pause = {.tv_nsec = 50000000};
	uint64_t wake = n + 1;
	sigset_t child;

	/* Under a tracer even an ignored signal interrupts who sleeps. */
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	must(!pthread_sigmask(SIG_BLOCK, &child, NULL), "pthread_sigmask");
	rehearse();
	for (size_t i = 0; i < n; i++)
		must(!pthread_create(&s[i].thread, NULL, sleeper_main, &s[i]), "thread");
	while (atomic_load(&ready) < (int)n)
		syscall(SYS_getppid);
	nanosleep(&pause, NULL);
	filter_all();
	atomic_store(&filtered, true);
	must(write(event, &wake, sizeof(wake)) == sizeof(wake), "write");
	for (size_t i = 0; i < n; i++) {
		pthread_join(s[i].thread, NULL);
		printf("%s: %ld %s, then %s\n", s[i].name, s[i].ret,
		       strerror((int)s[i].err), strerror(s[i].getsid_errno));
	}
}

int main(int argc, char **argv)
{
	struct sleeper spinner = {"spin", spin, 0, 0, 0, 0};
	struct sleeper forkers[] = {
		{"fork", spin_in_fork, 0, 0, 0, 0},
		{"fork", spin_in_fork, 0, 0, 0, 0},
		{"fork", spin_in_fork, 0, 0, 0, 0},
	};
	struct sleeper sleepers[] = {
		{"epoll", sleep_in_epoll, 0, 0, 0, 0},
		{"poll", sleep_in_poll, 0, 0, 0, 0},
		{"read", sleep_in_read, 0, 0, 0, 0},
		{"vfork", sleep_in_vfork, 0, 0, 0, 0},
		{"sleep", sleep_in_sleep, 0, 0, 0, 0},
	};

	if (argc > 1 && !strcmp(argv[1], "spin"))
		run(&spinner, 1);
	else if (argc > 1 && !strcmp(argv[1], "fork"))
		run(forkers, sizeof(forkers) / sizeof(forkers[0]));
	else if (argc > 1 && !strcmp(argv[1], "sleep"))
		run(sleepers, sizeof(sleepers) / sizeof(sleepers[0]));
	else
		must(false, "usage: fast-tsync spin|sleep|fork");
	return 0;
}
