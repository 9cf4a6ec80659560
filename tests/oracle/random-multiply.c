/* random-multiply.c: threads, processes and programs, in every way there is. */
#include "random-calls.h"

#include <fcntl.h>
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE ((size_t)128 * 1024)

bool may_multiply(void)
{
	return atomic_fetch_add(&self.log->tasks, 1) < TASKS;
}

/* --- threads ---------------------------------------------------------------------- */

static int enter_tid(void)
{
	for (int i = 0; i < TASKS; i++) {
		int none = 0;

		if (atomic_compare_exchange_strong(&self.tids[i], &none, gettid()))
			return i;
	}
	return 0;
}

/* The first and the last thing it does are calls. */
static void *thread_main(void *arg)
{
	struct task t = {.random = (uint64_t)(uintptr_t)arg};
	int slot;

	native_call(&t);
	slot = enter_tid();
	work(&t, TASK_STEPS);
	finish(&t);
	atomic_store(&self.tids[slot], 0);
	native_call(&t);
	atomic_fetch_sub(&self.threads, 1);
	return NULL;
}

void start_thread(struct task *t)
{
	void *seed = (void *)(uintptr_t)next_random(t);

	if (t->raw || t->n_threads == THREADS_MAX || !may_multiply())
		return;
	atomic_fetch_add(&self.threads, 1);
	if (pthread_create(&t->threads[t->n_threads], NULL, thread_main, seed) == 0)
		t->n_threads++;
	else
		atomic_fetch_sub(&self.threads, 1);
}

void join_threads(struct task *t)
{
	while (t->n_threads > 0)
		pthread_join(t->threads[--t->n_threads], NULL);
}

/* Nothing here may need the C library's idea of a thread. */
static int raw_main(void *arg)
{
	struct task t = {.random = (uint64_t)(uintptr_t)arg, .raw = true};

	for (unsigned n = 1 + pick(&t, 5); n > 0; n--)
		native_call(&t);
	atomic_fetch_sub(&self.threads, 1);
	atomic_fetch_sub(&self.raw_threads, 1);
	return 0;
}

/* On a stack of its own, which nobody ever frees. */
static pid_t raw_clone(struct task *t, int (*fn)(void *), int flags)
{
	char *stack = malloc(STACK_SIZE);
	void *seed = (void *)(uintptr_t)next_random(t);
	pid_t pid = stack ? clone(fn, stack + STACK_SIZE, flags, seed) : -1;

	if (stack)
		note(SYS_clone);
	return pid;
}

void raw_thread(struct task *t)
{
	if (t->raw || self.idle || !may_multiply())
		return;
	atomic_fetch_add(&self.threads, 1);
	atomic_fetch_add(&self.raw_threads, 1);
	if (raw_clone(t, raw_main,
		      CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			      CLONE_SYSVSEM) > 0)
		return;
	atomic_fetch_sub(&self.threads, 1);
	atomic_fetch_sub(&self.raw_threads, 1);
}

static int shared_main(void *arg)
{
	struct task t = {.random = (uint64_t)(uintptr_t)arg, .raw = true};

	for (unsigned n = 1 + pick(&t, 8); n > 0; n--)
		native_call(&t);
	return 0;
}

/* A process that is no thread, in the memory of this one. */
void shared_memory(struct task *t)
{
	if (!t->raw && !self.idle && may_multiply())
		await_child(raw_clone(t, shared_main, CLONE_VM | SIGCHLD));
}

/* --- processes -------------------------------------------------------------------- */

void await_child(pid_t pid)
{
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void alone(void)
{
	atomic_store(&self.threads, 0);
	atomic_store(&self.raw_threads, 0);
	for (int i = 0; i < TASKS; i++)
		atomic_store(&self.tids[i], 0);
	atomic_store(&self.child, true);
}

static void child_main(struct task *t, bool raw)
{
	*t = (struct task){
		.random = next_random(t), .raw = raw || t->raw, .may_leave = true};
	alone();
	work(t, TASK_STEPS);
	finish(t);
	_exit(0);
}

void libc_fork(struct task *t)
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
void raw_fork(struct task *t)
{
	static const uint64_t flags[] = {
		0,
		0,
		CLONE_FILES,
		CLONE_FS,
		CLONE_VFORK,
		CLONE_UNTRACED,
		CLONE_PARENT,
		CLONE_SYSVSEM | CLONE_IO,
		CLONE_NEWPID,
		CLONE_NEWUSER,
		CLONE_NEWUSER | CLONE_NEWPID,
		CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC,
	};
	uint64_t f = flags[pick(t, sizeof(flags) / sizeof(*flags))];
	struct clone_args args = {.exit_signal = SIGCHLD};
	bool three = pick(t, 2);
	pid_t pid;

	if (self.idle || !may_multiply())
		return;
	/* The first process of a PID namespace must outlive all others. */
	if (self.in_namespace && (f & CLONE_PARENT))
		f = 0;
	/* Whose exit signal it takes from its maker, clone3 wants to have none said. */
	if (f & CLONE_PARENT)
		args.exit_signal = 0;
	args.flags = f;
	pid = (pid_t)(three ? syscall(SYS_clone3, &args, sizeof(args))
			    : syscall(SYS_clone, f | SIGCHLD, 0, 0, 0, 0));
	if (pid == 0) {
		self.in_namespace |= (f & CLONE_NEWPID) != 0;
		child_main(t, true);
	}
	note(three ? SYS_clone3 : SYS_clone);
	await_child(pid);
}

/* --- programs --------------------------------------------------------------------- */

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
	hold_signals(true);
	/* The others die in whatever they do, some just born. */
	atomic_fetch_add(&self.log->loose, (uint32_t)atomic_load(&self.threads) + 5);
	if (at)
		syscall(SYS_execveat, AT_FDCWD, "/proc/self/exe", c.argv, environ, 0);
	else
		execve("/proc/self/exe", (char *const *)c.argv, environ);
	_exit(3);
}

void fork_exec(struct task *t)
{
	pid_t pid;

	if (t->raw || self.depth >= DEPTH_MAX || !may_multiply())
		return;
	pid = fork();
	if (pid == 0) {
		alone();
		exec_self(t);
	}
	await_child(pid);
}

void vfork_exec(struct task *t)
{
	struct command c;
	pid_t pid;

	if (t->raw || self.depth >= DEPTH_MAX || !may_multiply())
		return;
	prepare_command(t, "execve", &c);
	hold_signals(true);
	pid = vfork(); // NOLINT: vfork is what this is about
	if (pid == 0) {
		/* In the parent's memory: calls, and nothing else. */
		make(FOREIGN_NATIVE, SYS_getpgid, 0, 3); // NOLINT: as safe as execve
		execve("/proc/self/exe", (char *const *)c.argv, environ);
		_exit(3);
	}
	hold_signals(false);
	await_child(pid);
}

/* From whichever thread this is: all others end. */
void exec_here(struct task *t)
{
	if (self.child && !t->raw && self.depth < DEPTH_MAX && pick(t, 3) == 0)
		exec_self(t);
}
