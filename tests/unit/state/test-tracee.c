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
	ok(all, "many: each thread is found by its id");
	is_int((intmax_t)t.n, MANY, "many: all are counted");
	ok(!tracee_find(&t, 99), "many: a lower id is not found");
	ok(!tracee_find(&t, 100 + MANY), "many: a higher id is not found");
	is_int(p->threads, MANY / 2 + 1, "many: threads of a process are counted");
	is_int((intmax_t)t.n_processes, MANY / 2, "many: processes are counted");
	tracee_each(&t, count, &n);
	is_int((intmax_t)n, MANY, "many: each is visited once");
	tracee_table_done(&t);
	is_int((intmax_t)(t.n + t.n_processes), 0, "many: all are gone at the end");
}

static void test_leader_goes_first(void)
{
	struct tracee_table t = {};
	struct process *p = tracee_add(&t, 10, NULL)->process;

	tracee_add(&t, 11, p);
	tracee_remove(&t, tracee_find(&t, 10));
	ok(tracee_find(&t, 11)->process == p, "a leader ends: its process goes on");
	is_int((intmax_t)t.n_processes, 1, "a leader ends: its process is counted");
	tracee_remove(&t, tracee_find(&t, 11));
	is_int((intmax_t)t.n_processes, 0, "a last thread ends: its process is gone");
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
	ok(now == caller, "exec: the thread that calls it carries on");
	is_int(now->tid, 20, "exec: under the leader's number");
	is_int(now->nr, 59, "exec: in its call");
	ok(!tracee_find(&t, 25), "exec: its own number is gone");
	ok(!tracee_find(&t, 21), "exec: its siblings are gone");
	is_int(p->threads, 1, "exec: one thread is left");
	ok(tracee_find(&t, 30), "exec: other processes go on");
	ok(!tracee_exec(&t, 99, 98), "exec: an unknown caller is not found");
	ok(tracee_process(&t, 20) == p, "a process is found by its id");
	ok(!tracee_process(&t, 25), "a process is not found by another id");
	tracee_table_done(&t);
}

static void test_early_ends(void)
{
	struct early_exits e = {};

	ok(!early_exit_take(&e, 0), "early exits: none at first, not even thread 0");
	early_exit_add(&e, 41);
	early_exit_add(&e, 42);
	ok(early_exit_take(&e, 42), "early exits: one is found");
	ok(!early_exit_take(&e, 42), "early exits: found once only");
	for (pid_t tid = 100; tid < 1123; tid++)
		early_exit_add(&e, tid);
	ok(!early_exit_take(&e, 41), "early exits: the oldest is forgotten");
	ok(early_exit_take(&e, 1122), "early exits: the newest is not forgotten");
	ok(early_exit_take(&e, 100), "early exits: nor is the oldest but one");
	is_int(e.n, 1021, "early exits: those that are left are counted");
}

int main(void)
{
	test_add_many();
	test_leader_goes_first();
	test_exec();
	test_early_ends();
	return done();
}
