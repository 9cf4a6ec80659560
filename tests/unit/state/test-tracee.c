/* test-tracee.c: threads come and go; a process goes with its last one. */
#include "state/tracee.h"
#include "tests/tap.h"

#define MANY 5000

static void count(struct tracee *t, void *ctx)
{
	(void)t;
	++*(size_t *)ctx;
}

static void test_add_many(void)
{
	struct tracee_table t = {};
	struct process *p = tracee_add(&t, 100, NULL)->process;
	bool all = true;
	size_t n = 0;

	for (pid_t tid = 101; tid < 100 + MANY; tid++)
		tracee_add(&t, tid, tid % 2 ? p : NULL);
	for (pid_t tid = 100; tid < 100 + MANY; tid++)
		all &= tracee_find(&t, tid) && tracee_find(&t, tid)->tid == tid;
	ok(all && t.n == MANY, "each thread is found by its id");
	ok(!tracee_find(&t, 99) && !tracee_find(&t, 100 + MANY), "others are not");
	ok(p->threads == MANY / 2 + 1, "threads are counted");
	ok(t.n_processes == MANY / 2, "so are processes");
	tracee_each(&t, count, &n);
	ok(n == MANY, "each is visited once");
	tracee_table_done(&t);
	ok(t.n == 0 && t.n_processes == 0, "all are gone at the end");
}

static void test_leader_goes_first(void)
{
	struct tracee_table t = {};
	struct process *p = tracee_add(&t, 10, NULL)->process;

	tracee_add(&t, 11, p);
	tracee_remove(&t, tracee_find(&t, 10));
	ok(tracee_find(&t, 11)->process == p && t.n_processes == 1,
	   "a process outlives its leader");
	tracee_remove(&t, tracee_find(&t, 11));
	ok(t.n_processes == 0, "but not its last thread");
	tracee_table_done(&t);
}

static void test_exec(void)
{
	struct tracee_table t = {};
	struct process *p = tracee_add(&t, 20, NULL)->process;
	struct tracee *caller, *now;

	tracee_add(&t, 30, NULL);
	tracee_add(&t, 21, p);
	caller = tracee_add(&t, 25, p);
	caller->nr = 59;
	now = tracee_exec(&t, 25, 20);
	ok(now == caller && now->tid == 20 && now->nr == 59,
	   "the thread that calls execve becomes the leader and stays in its call");
	ok(!tracee_find(&t, 25) && !tracee_find(&t, 21) && p->threads == 1,
	   "its siblings are gone");
	ok(tracee_find(&t, 30) && t.n == 2, "other processes are not");
	ok(!tracee_exec(&t, 99, 98), "an unknown caller is no one");
	ok(tracee_process(&t, 20) == p && !tracee_process(&t, 25),
	   "the process is found by its id");
	tracee_table_done(&t);
}

static void test_early_ends(void)
{
	struct early_exits e = {};

	ok(!early_exit_take(&e, 0), "nobody ended early, not even thread 0");
	early_exit_add(&e, 41);
	early_exit_add(&e, 42);
	ok(early_exit_take(&e, 42), "an early end is found");
	ok(!early_exit_take(&e, 42), "but once");
	for (pid_t tid = 100; tid < 163; tid++)
		early_exit_add(&e, tid);
	ok(!early_exit_take(&e, 41), "the oldest is forgotten");
	ok(early_exit_take(&e, 162) && early_exit_take(&e, 100), "the others are not");
}

int main(void)
{
	test_add_many();
	test_leader_goes_first();
	test_exec();
	test_early_ends();
	return done();
}
