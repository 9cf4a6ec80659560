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
#include "random-calls.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct self self;

/* Calls that do no harm: the first argument, the others are zero. */
static const struct {
	const char *name;
	long arg;
} harmless[] = {
#define CALL(name, arg) {#name, arg},
#include "harmless-calls.def"
#undef CALL
};

uint64_t next_random(struct task *t)
{
	uint64_t z = t->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

unsigned pick(struct task *t, unsigned n)
{
	return (unsigned)(next_random(t) % n);
}

static void note_abi(enum foreign_abi abi, long nr)
{
	if (nr >= 0 && nr < NR_MAX)
		atomic_fetch_add(&self.log->made[abi][nr], 1);
}

void note(long nr)
{
	note_abi(FOREIGN_NATIVE, nr);
}

void make(enum foreign_abi abi, long nr, long arg, unsigned times)
{
	const uint64_t args[6] = {(uint64_t)arg};

	for (unsigned i = 0; !self.idle && nr >= 0 && i < times; i++) {
		foreign_call(abi, nr, args); // NOLINT: no more than a call
		note_abi(abi, nr);
	}
}

/* One call, or many: those that are made often are allowed in the kernel. */
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

void native_call(struct task *t)
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

static const struct {
	unsigned weight;
	void (*run)(struct task *t);
} actions[] = {
	{50, native_call},   {8, foreign_abi_call}, {3, unknown_call}, {6, start_thread},
	{3, raw_thread},     {2, shared_memory},    {4, libc_fork},    {5, raw_fork},
	{3, fork_exec},	     {3, vfork_exec},	    {2, exec_here},    {6, get_signal},
	{3, sleep_a_little}, {1, own_filter},
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

void work(struct task *t, unsigned steps)
{
	while (steps-- > 0 && atomic_fetch_add(&self.log->steps, 1) < STEPS)
		act(t);
}

/* A process may also end by its first thread leaving the others behind. */
void finish(struct task *t)
{
	/* The C library would end the process under them. */
	while (!t->raw && atomic_load(&self.raw_threads))
		;
	if (t->may_leave && !t->raw && t->n_threads > 0 && pick(t, 2)) {
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

/*
 * The first process of a container takes all others with it, from the middle of their
 * calls.  Before its end it waits for its own and for those that lost their parent.
 */
static void await_all(void)
{
	if (self.depth)
		return;
	while (wait(NULL) > 0 || errno == EINTR)
		;
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
	self.child = t.may_leave = self.depth > 0;
	if (argc > 5 && !self.idle)
		note(strcmp(argv[5], "execve") ? SYS_execveat : SYS_execve);
	handle_signals();
	work(&t, self.depth ? TASK_STEPS : STEPS);
	finish(&t);
	await_all();
	return 0;
}
