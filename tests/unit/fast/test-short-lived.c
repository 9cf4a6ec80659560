/* test-short-lived.c: who is kept on the tracer's CPU with its short-lived children. */
#include "fast/short-lived.h"
#include "state/record.h"
#include "helpers/child.h"

#include "tests/tap.h"

#define PATTERN 3 /* of brief.c */

static cpu_set_t all; /* what this process may use */

/* A parent that was let go and its newest child: real processes that sleep. */
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
	ok(p->short_lived == PATTERN && are_free(&f), "short lives are counted");
	born(&f);
	ok(are_kept(&f) && f.tracer.short_lived.ticking, "some in a row are a pattern");
	c->born_us = record_clock_us() - SHORT_LIVED_US - 1;
	short_lived_ended(&f.tracer, c);
	ok(p->short_lived == 0, "a long one is the end of it");
	p->short_lived = 1;
	c->born_us = 0;
	short_lived_ended(&f.tracer, c);
	ok(p->short_lived == 1, "a life of which nobody knows the length says nothing");
}

static void test_clock(void)
{
	FAMILY;

	f.parent->process->short_lived = PATTERN;
	born(&f);
	short_lived_tick(&f.tracer);
	ok(are_kept(&f) && f.tracer.short_lived.ticking, "not yet");
	f.child->affinity.resumed_us -= SHORT_LIVED_US + 1000;
	short_lived_tick(&f.tracer);
	ok(f.parent->affinity.kept && !f.child->affinity.kept &&
		   cpus_of(f.child->tid) == CPU_COUNT(&all) &&
		   f.tracer.short_lived.ticking,
	   "who lasts too long is set free");
	f.parent->affinity.resumed_us -= SHORT_LIVED_US + 1000;
	short_lived_tick(&f.tracer);
	ok(are_free(&f) && !f.tracer.short_lived.ticking &&
		   f.parent->process->short_lived == 0,
	   "the last one stops the clock, and the pattern is over");
	f.parent->process->short_lived = PATTERN;
	born(&f);
	f.child->affinity.resumed_us -= SHORT_LIVED_US + 1000;
	short_lived_stopped(&f.tracer, f.child);
	short_lived_tick(&f.tracer);
	ok(are_kept(&f), "a stop is a sign of life");
}

static void test_beside_others(void)
{
	FAMILY;
	struct tracee *other;

	f.parent->process->short_lived = PATTERN;
	f.parent->affinity.never = true;
	born(&f);
	ok(are_free(&f), "who minds its CPUs itself is left alone");
	f.parent->affinity.never = false;
	born(&f);
	ok(are_kept(&f), "but for that it would not be");
	other = tracee_add(&f.tracer.tracees, sleeper(), NULL);
	born(&f);
	ok(are_free(&f), "another process beside them: nobody is kept");
	other->process->parent = f.child->tid;
	f.parent->process->short_lived = PATTERN;
	short_lived_born(&f.tracer, f.parent, other);
	ok(f.parent->affinity.kept && other->affinity.kept, "a line of three is one");
}

static void test_threads(void)
{
	FAMILY;

	f.parent->process->short_lived = PATTERN;
	born(&f);
	tracee_add(&f.tracer.tracees, sleeper(), f.child->process);
	short_lived_stopped(&f.tracer, f.child);
	ok(f.parent->affinity.kept && !f.child->affinity.kept &&
		   cpus_of(f.child->tid) == CPU_COUNT(&all),
	   "who starts a thread is set free");
	f.parent->process->short_lived = PATTERN;
	born(&f);
	ok(are_free(&f), "and nobody is kept with it");
}

int main(void)
{
	sched_getaffinity(0, sizeof(all), &all);
	if (CPU_COUNT(&all) < 2) {
		skip("brief", "there is only one CPU");
		return done();
	}
	test_pattern();
	test_clock();
	test_beside_others();
	test_threads();
	return done();
}
