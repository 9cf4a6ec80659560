/* test-short-lived.c: what is kept on the tracer's CPU with short-lived children. */
#include "fast/short-lived.h"
#include "state/record.h"
#include "helpers/child.h"

#include "tests/tap.h"

#define PATTERN 3 /* of short-lived.c */

static cpu_set_t all; /* what this process may use */

/* A parent on the fast path and its newest child: real processes that sleep. */
struct family {
	struct segen_trace trace;
	struct tracer tracer;
	struct tracee *parent, *child;
};

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void family_init(struct family *f)
{
	*f = (struct family){};
	f->tracer.trace = &f->trace;
	affinity_init(&f->tracer.home);
	f->parent = tracee_add(&f->tracer.tracees, sleeper(), NULL);
	f->child = tracee_add(&f->tracer.tracees, sleeper(), NULL);
	f->child->process->parent = f->parent->tid;
}

static void end_child(struct tracee *t, void *ctx)
{
	child_end(t->tid);
}

static void family_done(struct family *f)
{
	tracee_each(&f->tracer.tracees, end_child, NULL);
	tracee_table_done(&f->tracer.tracees);
	short_lived_done(&f->tracer.short_lived);
	sched_setaffinity(0, sizeof(all), &all);
}
/* It points into itself: to be filled where it is. */
#define FAMILY                                  \
	_cleanup_(family_done) struct family f; \
	family_init(&f)

static int cpus_of(pid_t pid)
{
	cpu_set_t set;

	return sched_getaffinity(pid, sizeof(set), &set) < 0 ? -1 : CPU_COUNT(&set);
}

static bool are_kept(const struct family *f)
{
	return f->parent->affinity.kept && f->child->affinity.kept &&
	       cpus_of(f->parent->tid) == 1 && cpus_of(f->child->tid) == 1;
}

static bool are_free(const struct family *f)
{
	return !f->parent->affinity.kept && !f->child->affinity.kept &&
	       cpus_of(f->parent->tid) == CPU_COUNT(&all) &&
	       cpus_of(f->child->tid) == CPU_COUNT(&all);
}

static void born(struct family *f)
{
	short_lived_born(&f->tracer, f->parent, f->child);
}

static void test_pattern(void)
{
	FAMILY;
	struct process *p = f.parent->process, *c = f.child->process;

	for (unsigned i = 0; i < PATTERN; i++) {
		born(&f);
		short_lived_ended(&f.tracer, c);
	}
	is_int(p->short_lived, PATTERN, "short lives are counted");
	ok(are_free(&f), "short lives before the pattern: free");
	born(&f);
	ok(are_kept(&f), "several in a row are a pattern: kept");
	ok(f.tracer.short_lived.ticking, "kept: the clock runs");
	c->born_us = record_clock_us() - SHORT_LIVED_US - 1;
	short_lived_ended(&f.tracer, c);
	ok(p->short_lived == 0, "a long life ends the pattern");
	p->short_lived = 1;
	c->born_us = 0;
	short_lived_ended(&f.tracer, c);
	ok(p->short_lived == 1, "a life of unknown length changes nothing");
}

static void test_clock(void)
{
	FAMILY;

	f.parent->process->short_lived = PATTERN;
	born(&f);
	short_lived_tick(&f.tracer);
	ok(are_kept(&f), "a tick before the time: kept");
	f.child->affinity.resumed_us -= SHORT_LIVED_US + 1000;
	short_lived_tick(&f.tracer);
	is_int(cpus_of(f.child->tid), CPU_COUNT(&all), "a long child: released");
	is_int(cpus_of(f.parent->tid), 1, "a long child: its parent is still kept");
	ok(f.tracer.short_lived.ticking, "a long child: the clock still runs");
	f.parent->affinity.resumed_us -= SHORT_LIVED_US + 1000;
	short_lived_tick(&f.tracer);
	ok(are_free(&f), "a long parent: released");
	ok(!f.tracer.short_lived.ticking, "all are released: the clock stops");
	is_int(f.parent->process->short_lived, 0, "a long parent: its pattern is over");
	f.parent->process->short_lived = PATTERN;
	born(&f);
	f.child->affinity.resumed_us -= SHORT_LIVED_US + 1000;
	short_lived_stopped(&f.tracer, f.child);
	short_lived_tick(&f.tracer);
	ok(are_kept(&f), "a stop in time: kept on");
}

static void test_beside_others(void)
{
	FAMILY;
	struct tracee *other;

	f.parent->process->short_lived = PATTERN;
	f.parent->affinity.never = true;
	born(&f);
	ok(are_free(&f), "a workload that chooses its CPUs: free");
	f.parent->affinity.never = false;
	born(&f);
	ok(are_kept(&f), "a workload that leaves its CPUs alone: kept");
	other = tracee_add(&f.tracer.tracees, sleeper(), NULL);
	born(&f);
	ok(are_free(&f), "another process beside them: free");
	other->process->parent = f.child->tid;
	f.parent->process->short_lived = PATTERN;
	short_lived_born(&f.tracer, f.parent, other);
	ok(f.parent->affinity.kept, "a line of three: the parent is kept");
	ok(other->affinity.kept, "a line of three: the grandchild is kept");
}

static void test_threads(void)
{
	FAMILY;

	f.parent->process->short_lived = PATTERN;
	born(&f);
	tracee_add(&f.tracer.tracees, sleeper(), f.child->process);
	short_lived_stopped(&f.tracer, f.child);
	is_int(cpus_of(f.child->tid), CPU_COUNT(&all), "a second thread: released");
	ok(f.parent->affinity.kept,
	   "a second thread of a child: the parent is still kept");
	f.parent->process->short_lived = PATTERN;
	born(&f);
	ok(are_free(&f), "a child with threads: not kept, nor is its parent");
}

int main(void)
{
	sched_getaffinity(0, sizeof(all), &all);
	if (CPU_COUNT(&all) < 2) {
		skip("short-lived", "there is only one CPU");
		return done();
	}
	test_pattern();
	test_clock();
	test_beside_others();
	test_threads();
	return done();
}
