/*
 * random-calls.c: calls in random order from random threads and processes, which forks,
 * vforks and execs of itself multiply; keeps its own log of what it really made.
 *
 * usage: random-calls LOG SEED [idle]
 *
 * LOG is a file of sizeof(struct log) zero bytes, made up front and shared by all; a call
 * is counted after it returned.  With "idle" the threads, processes and programs are the
 * same but no call is made: what a tracer sees then is the C library's own.
 * Further arguments are for the program itself: DEPTH, and the call that started it.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "foreign.h"

#define NR_MAX 1024
#define DEPTH_MAX 3
#define STEPS 500
#define TASKS 60
#define TASK_STEPS 25

/* Read by random-calls.py: 32-bit numbers, native byte order. */
struct log {
	_Atomic uint32_t made[3][NR_MAX]; /* by enum foreign_abi */
	_Atomic uint32_t
		loose; /* threads that may have died between a call and its entry */
	_Atomic int32_t steps, tasks; /* spent */
};

/* What every thread of a process shares. */
static struct {
	struct log *log;
	const char *log_path;
	bool idle;
	int depth;
	atomic_int threads; /* beside the first */
} self;

/* One thread's part. */
struct task {
	uint64_t random;
	bool raw; /* after a raw fork: the C library knows nothing of us */
	bool child;
	pthread_t threads[4];
	unsigned n_threads;
};

/* Calls that do no harm: the first argument, the others are zero. */
static const struct {
	const char *name;
	long arg;
} harmless[] = {
#define CALL(name, arg) {#name, arg},
#include "harmless-calls.def"
#undef CALL
};

static uint64_t next_random(struct task *t)
{
	uint64_t z = t->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

static unsigned pick(struct task *t, unsigned n)
{
	return (unsigned)(next_random(t) % n);
}

static void note(enum foreign_abi abi, long nr, uint32_t times)
{
	if (nr >= 0 && nr < NR_MAX)
		atomic_fetch_add(&self.log->made[abi][nr], times);
}

static void make(enum foreign_abi abi, long nr, long arg, unsigned times)
{
	for (unsigned i = 0; !self.idle && nr >= 0 && i < times; i++) {
		foreign_call(abi, nr, arg); // NOLINT: no more than a call
		note(abi, nr, 1);
	}
}

/* One call, or many: those that are made often are let go. */
static void some_call(struct task *t, enum foreign_abi abi)
{
	static const unsigned times[] = {1, 1, 1, 1, 2, 5, 30, 150, 800};
	unsigned i = pick(t, sizeof(harmless) / sizeof(*harmless));
	uint32_t token = foreign_token(abi);
	long nr = token ? seccomp_syscall_resolve_name_arch(token, harmless[i].name) : -1;

	if (abi == FOREIGN_X32 && nr >= 0)
		nr &= ~FOREIGN_X32_BIT;
	make(abi, nr, harmless[i].arg, times[pick(t, sizeof(times) / sizeof(*times))]);
}

static void native_call(struct task *t)
{
	some_call(t, FOREIGN_NATIVE);
}

static void foreign_abi_call(struct task *t)
{
	some_call(t, pick(t, 2) ? FOREIGN_I386 : FOREIGN_X32);
}

/* Numbers that no kernel has: kept by number. */
static void unknown_call(struct task *t)
{
	make(FOREIGN_NATIVE, 800 + pick(t, 100), -1, 1 + pick(t, 3));
}

static void work(struct task *t, unsigned steps);
static void finish(struct task *t);

static bool may_multiply(void)
{
	return atomic_fetch_add(&self.log->tasks, 1) < TASKS;
}

static void *thread_main(void *arg)
{
	struct task t = {.random = (uint64_t)(uintptr_t)arg};

	work(&t, TASK_STEPS);
	finish(&t);
	atomic_fetch_sub(&self.threads, 1);
	return NULL;
}

static void start_thread(struct task *t)
{
	void *seed = (void *)(uintptr_t)next_random(t);

	if (t->raw || t->n_threads == 4 || !may_multiply())
		return;
	atomic_fetch_add(&self.threads, 1);
	if (pthread_create(&t->threads[t->n_threads], NULL, thread_main, seed) == 0)
		t->n_threads++;
	else
		atomic_fetch_sub(&self.threads, 1);
}

static void join_threads(struct task *t)
{
	while (t->n_threads > 0)
		pthread_join(t->threads[--t->n_threads], NULL);
}

static void await_child(pid_t pid)
{
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

/* How to run this program again; filled without allocating. */
struct command {
	char seed[32], depth[16];
	const char *argv[7];
};

static void prepare_command(struct task *t, const char *how, struct command *ret)
{
	const char *argv[] = {
		"random-calls", self.log_path, ret->seed, self.idle ? "idle" : "busy",
		ret->depth,	how,	       NULL};

	snprintf(ret->seed, sizeof(ret->seed), "%llu",
		 (unsigned long long)next_random(t));
	snprintf(ret->depth, sizeof(ret->depth), "%d", self.depth + 1);
	memcpy(ret->argv, argv, sizeof(argv));
}

static void exec_self(struct task *t)
{
	bool at = !self.idle && pick(t, 2);
	struct command c;

	prepare_command(t, at ? "execveat" : "execve", &c);
	/* The others die in whatever they do. */
	atomic_fetch_add(&self.log->loose, (uint32_t)atomic_load(&self.threads) + 1);
	if (at)
		syscall(SYS_execveat, AT_FDCWD, "/proc/self/exe", c.argv, environ, 0);
	else
		execve("/proc/self/exe", (char *const *)c.argv, environ);
	_exit(3);
}

static void child_main(struct task *t, bool raw)
{
	*t = (struct task){.random = next_random(t), .raw = raw || t->raw, .child = true};
	atomic_store(&self.threads, 0);
	work(t, TASK_STEPS);
	finish(t);
	_exit(0);
}

static void libc_fork(struct task *t)
{
	pid_t pid;

	if (t->raw || !may_multiply())
		return;
	pid = fork();
	if (pid == 0)
		child_main(t, false);
	await_child(pid);
}

/* Beside the C library, by the calls that it does not use for this. */
static void raw_fork(struct task *t)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	bool three = pick(t, 2);
	pid_t pid;

	if (self.idle || !may_multiply())
		return;
	pid = (pid_t)(three ? syscall(SYS_clone3, &args, sizeof(args))
			    : syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
	if (pid == 0)
		child_main(t, true);
	note(FOREIGN_NATIVE, three ? SYS_clone3 : SYS_clone, 1);
	await_child(pid);
}

static void fork_exec(struct task *t)
{
	pid_t pid;

	if (t->raw || self.depth >= DEPTH_MAX || !may_multiply())
		return;
	pid = fork();
	if (pid == 0) {
		atomic_store(&self.threads, 0);
		exec_self(t);
	}
	await_child(pid);
}

static void vfork_exec(struct task *t)
{
	struct command c;
	pid_t pid;

	if (t->raw || self.depth >= DEPTH_MAX || !may_multiply())
		return;
	prepare_command(t, "execve", &c);
	pid = vfork(); // NOLINT: vfork is what this is about
	if (pid == 0) {
		/* In the parent's memory: calls, and nothing else. */
		make(FOREIGN_NATIVE, SYS_getpgid, 0, 3); // NOLINT: as safe as execve
		execve("/proc/self/exe", (char *const *)c.argv, environ);
		_exit(3);
	}
	await_child(pid);
}

/* From whichever thread this is: all others end. */
static void exec_here(struct task *t)
{
	if (t->child && !t->raw && self.depth < DEPTH_MAX && pick(t, 3) == 0)
		exec_self(t);
}

static void on_signal(int sig)
{
	make(FOREIGN_NATIVE, SYS_getpgid, 0, 1);
}

static void get_signal(struct task *t)
{
	if (!t->raw)
		raise(SIGUSR1);
}

static const struct {
	unsigned weight;
	void (*run)(struct task *t);
} actions[] = {
	{50, native_call}, {8, foreign_abi_call}, {3, unknown_call}, {6, start_thread},
	{4, libc_fork},	   {4, raw_fork},	  {3, fork_exec},    {3, vfork_exec},
	{2, exec_here},	   {4, get_signal},
};

static void act(struct task *t)
{
	unsigned sum = 0, at;

	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		sum += actions[i].weight;
	at = pick(t, sum);
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (at < actions[i].weight) {
			actions[i].run(t);
			return;
		}
		at -= actions[i].weight;
	}
}

static void work(struct task *t, unsigned steps)
{
	while (steps-- > 0 && atomic_fetch_add(&self.log->steps, 1) < STEPS)
		act(t);
}

/* A process may also end by its first thread leaving the others behind. */
static void finish(struct task *t)
{
	if (t->child && !t->raw && t->n_threads > 0 && pick(t, 2)) {
		for (unsigned i = 0; i < t->n_threads; i++)
			pthread_detach(t->threads[i]);
		pthread_exit(NULL);
	}
	join_threads(t);
}

static struct log *map_log(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	void *p =
		mmap(NULL, sizeof(struct log), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd < 0 || p == MAP_FAILED) {
		perror(path);
		exit(1);
	}
	close(fd);
	return p;
}

int main(int argc, char **argv)
{
	struct task t = {};

	if (argc < 3) {
		fprintf(stderr, "usage: random-calls LOG SEED [idle]\n");
		return 2;
	}
	self.log_path = argv[1];
	self.log = map_log(argv[1]);
	self.idle = argc > 3 && !strcmp(argv[3], "idle");
	self.depth = argc > 4 ? atoi(argv[4]) : 0;
	t.random = strtoull(argv[2], NULL, 10);
	t.child = self.depth > 0;
	if (argc > 5 && !self.idle)
		note(FOREIGN_NATIVE,
		     strcmp(argv[5], "execve") ? SYS_execveat : SYS_execve, 1);
	signal(SIGUSR1, on_signal);
	work(&t, self.depth ? TASK_STEPS : STEPS);
	finish(&t);
	return 0;
}
