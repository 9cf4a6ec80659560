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
	ok(has_all(pid), "two quick stops: not bound");
	now = stops(&h, &a, pid, now, MANY);
	is_int(cpus_of(pid), 1, "many quick stops: the tracee is bound");
	is_int(cpus_of(0), 1, "many quick stops: the tracer is bound");
	affinity_stopped(&h, &a, pid, now + LATE, false);
	ok(has_all(pid), "a slow stop: the tracee is released");
	ok(has_all(0), "a slow stop: the tracer is released");
	now = stops(&h, &a, pid, now + LATE, MANY);
	affinity_stopped(&h, &a, pid, now + LATE, true);
	is_int(cpus_of(pid), 1, "a slow stop among many: it stays bound");
	affinity_release(&h, &a, pid);
	ok(has_all(pid), "release: the tracee has its CPUs back");
	ok(has_all(0), "release: the tracer has its CPUs back");
	a.never = true;
	stops(&h, &a, pid, now, MANY);
	ok(has_all(pid), "a workload that chooses its CPUs: not bound");
}

static void test_two(pid_t pid, pid_t child)
{
	struct affinity_home h;
	struct affinity a = {}, b = {};
	cpu_set_t one;

	affinity_init(&h);
	stops(&h, &a, pid, LATE * 10, MANY);
	stops(&h, &b, child, LATE * 10, MANY);
	is_int(h.bound, 2, "two tracees are bound");
	affinity_forget(&h, &a);
	is_int(cpus_of(0), 1, "one of two is gone: the tracer stays for the other");
	affinity_release(&h, &b, child);
	ok(has_all(child), "the other is released: it has its CPUs back");
	ok(has_all(0), "the other is released: so has the tracer");
	affinity_release(&h, &a, pid);
	is_int(cpus_of(pid), 1, "a tracee that was forgotten is not touched");
	sched_setaffinity(pid, sizeof(all), &all);

	stops(&h, &a, pid, LATE * 10, MANY);
	one = a.own;
	CPU_ZERO(&one);
	CPU_SET(h.cpu, &one);
	sched_setaffinity(child, sizeof(one), &one);
	affinity_inherited(&h, &a, &b, child);
	ok(has_all(child), "a child of a bound parent has the parent's own CPUs");
	affinity_release(&h, &a, pid);
	sched_setaffinity(child, sizeof(one), &one);
	affinity_inherited(&h, &a, &b, child);
	ok(has_all(child), "a child of a parent released meanwhile has its own CPUs");
	a.freed = false;
	sched_setaffinity(child, sizeof(one), &one);
	affinity_inherited(&h, &a, &b, child);
	is_int(cpus_of(child), 1,
	       "a child of a parent released long before is left alone");
	sched_setaffinity(child, sizeof(all), &all);
}

static void test_kept(pid_t pid, pid_t child)
{
	struct affinity_home h;
	struct affinity a = {}, b = {};
	cpu_set_t one;

	affinity_init(&h);
	affinity_bind(&h, &a, pid);
	is_int(cpus_of(pid), 1, "bind: the tracee is bound at once");
	is_int(cpus_of(0), 1, "bind: the tracer is bound at once");
	affinity_bind(&h, &a, pid);
	is_int(h.bound, 1, "bind: a second time changes nothing");
	sched_getaffinity(pid, sizeof(one), &one);
	sched_setaffinity(child, sizeof(one), &one);
	affinity_share(&h, &a, &b);
	a.kept = b.kept = true;
	affinity_release(&h, &a, pid);
	ok(has_all(pid), "share: a parent that is released has its CPUs back");
	is_int(cpus_of(child), 1, "share: the child stays bound");
	is_int(cpus_of(0), 1, "share: the tracer stays bound");
	affinity_release(&h, &b, child);
	ok(has_all(child), "share: a child that is released has its parent's CPUs");
	ok(has_all(0), "share: the tracer is released with the last one");
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
