/* test-affinity.c: a busy tracee shares the tracer's CPU, and gets its own CPUs back. */
#include "state/affinity.h"

#include <segen/util.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

#define MANY 20 /* stops, enough to be a pattern */
#define SOON 10
#define LATE UINT64_C(5000)

static cpu_set_t all; /* what this process may use */

static int cpus_of(pid_t pid)
{
	cpu_set_t set;

	return sched_getaffinity(pid, sizeof(set), &set) < 0 ? -1 : CPU_COUNT(&set);
}

static bool has_all(pid_t pid)
{
	cpu_set_t set;

	return sched_getaffinity(pid, sizeof(set), &set) == 0 && CPU_EQUAL(&set, &all);
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static uint64_t stops(struct affinity_home *h, struct affinity *a, pid_t pid,
		      uint64_t now, unsigned n)
{
	while (n-- > 0)
		affinity_stopped(h, a, pid, now += SOON, false);
	return now;
}

static void test_bind(pid_t pid)
{
	struct affinity_home h;
	struct affinity a = {};
	uint64_t now;

	affinity_init(&h);
	now = stops(&h, &a, pid, LATE * 10, 2);
	ok(!a.bound && has_all(pid), "two quick stops are no pattern");
	now = stops(&h, &a, pid, now, MANY);
	ok(a.bound && cpus_of(pid) == 1 && cpus_of(0) == 1, "many are: both on one CPU");
	affinity_stopped(&h, &a, pid, now + LATE, false);
	ok(!a.bound && has_all(pid) && has_all(0), "a slow one: both are free again");
	now = stops(&h, &a, pid, now + LATE, MANY);
	affinity_stopped(&h, &a, pid, now + LATE, true);
	ok(a.bound, "slow for the tracer has too much to do: it stays");
	affinity_release(&h, &a, pid);
	ok(!a.bound && has_all(pid) && has_all(0), "released");
	a.never = true;
	stops(&h, &a, pid, now, MANY);
	ok(!a.bound, "who minds its CPUs itself is left alone");
}

static void test_two(pid_t pid, pid_t child)
{
	struct affinity_home h;
	struct affinity a = {}, b = {};
	cpu_set_t one;

	affinity_init(&h);
	stops(&h, &a, pid, LATE * 10, MANY);
	stops(&h, &b, child, LATE * 10, MANY);
	ok(a.bound && b.bound && h.bound == 2, "two are bound");
	affinity_forget(&h, &a);
	ok(cpus_of(0) == 1, "one is gone: the tracer stays for the other");
	affinity_release(&h, &b, child);
	ok(has_all(0) && has_all(child), "the other is released: the tracer is free");
	affinity_release(&h, &a, pid);
	ok(cpus_of(pid) == 1, "who is forgotten is not touched");
	sched_setaffinity(pid, sizeof(all), &all);

	stops(&h, &a, pid, LATE * 10, MANY);
	one = a.own;
	CPU_ZERO(&one);
	CPU_SET(h.cpu, &one);
	sched_setaffinity(child, sizeof(one), &one);
	affinity_inherited(&h, &a, &b, child);
	ok(has_all(child), "a child of who is bound is born with its own CPUs");
	affinity_release(&h, &a, pid);
	sched_setaffinity(child, sizeof(one), &one);
	affinity_inherited(&h, &a, &b, child);
	ok(has_all(child), "so is one of who was freed after it was born");
	a.freed = false;
	sched_setaffinity(child, sizeof(one), &one);
	affinity_inherited(&h, &a, &b, child);
	ok(cpus_of(child) == 1, "who was freed long before has nothing to do with it");
	sched_setaffinity(child, sizeof(all), &all);
}

static void test_kept(pid_t pid, pid_t child)
{
	struct affinity_home h;
	struct affinity a = {}, b = {};
	cpu_set_t one;

	affinity_init(&h);
	affinity_bind(&h, &a, pid);
	ok(a.bound && cpus_of(pid) == 1 && cpus_of(0) == 1, "bound at once");
	affinity_bind(&h, &a, pid);
	ok(h.bound == 1, "only once");
	sched_getaffinity(pid, sizeof(one), &one);
	sched_setaffinity(child, sizeof(one), &one);
	affinity_share(&h, &a, &b);
	a.kept = b.kept = true;
	affinity_release(&h, &a, pid);
	ok(!a.kept && has_all(pid) && cpus_of(child) == 1 && cpus_of(0) == 1,
	   "the parent is free, the child and the tracer stay");
	affinity_release(&h, &b, child);
	ok(!b.kept && has_all(child) && has_all(0), "a child that shares gets all CPUs");
}

int main(void)
{
	pid_t pid, child;

	sched_getaffinity(0, sizeof(all), &all);
	if (CPU_COUNT(&all) < 2) {
		skip("affinity", "there is only one CPU");
		return done();
	}
	pid = sleeper();
	child = sleeper();
	test_bind(pid);
	test_two(pid, child);
	test_kept(pid, child);
	end(pid);
	end(child);
	return done();
}
