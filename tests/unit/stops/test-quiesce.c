/* test-quiesce.c: siblings are stopped; stops that are over before they are handled. */
#include "stops/quiesce.h"

#include "state/record.h"
#include "stops/loop.h"

#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

#define SOON_US 1000000 /* less than the patience of quiesce.c */

/* A process of two threads: one that waits at a stop of its own, and a real one. */
struct pair {
	struct segen_trace trace;
	struct tracer tracer;
	struct tracee *by, *other;
};

static pid_t start_traced(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	ptrace(PTRACE_SEIZE, pid, NULL, (void *)(long)PTRACE_O_EXITKILL);
	return pid;
}

static void stop_it(pid_t pid)
{
	ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	waitpid(pid, NULL, __WALL);
}

static void pair_init(struct pair *p)
{
	char word[] = "command";
	char *const argv[] = {word, NULL};

	*p = (struct pair){.tracer.settings.fast = true};
	p->tracer.trace = &p->trace;
	segen_trace_add_run(&p->trace, argv);
	affinity_init(&p->tracer.home);
	p->by = tracee_add(&p->tracer.tracees, 1, NULL);
	p->other = tracee_add(&p->tracer.tracees, start_traced(), p->by->process);
}

static void pair_done(struct pair *p)
{
	const struct tracee *t = p->other;

	kill(t->tid, SIGKILL);
	waitpid(t->tid, NULL, __WALL);
	tracee_table_done(&p->tracer.tracees);
	segen_trace_done(&p->trace);
}
/* It points into itself: to be filled where it is. */
#define PAIR                                \
	_cleanup_(pair_done) struct pair p; \
	pair_init(&p)

/* Whether it is done without giving up. */
static bool quiesces(struct pair *p)
{
	uint64_t start = record_clock_us();

	quiesce(&p->tracer, p->by->tid);
	return record_clock_us() - start < SOON_US && !p->trace.runs[0]->notes.n;
}

static void test_running_free(void)
{
	PAIR;

	p.other->running_free = true;
	ok(quiesces(&p), "on the fast path: it is stopped");
	ok(!p.other->running_free,
	   "on the fast path: followed call by call from then on");
	ok(!p.other->stop_requested, "on the fast path: no interrupt is left behind");
}

static void test_stopped_already(void)
{
	PAIR;

	stop_it(p.other->tid);
	p.other->running_free = true;
	ok(quiesces(&p), "at a stop that the loop has yet to handle: not waited for");
}

static void test_injecting(void)
{
	PAIR;

	stop_it(p.other->tid);
	p.other->injection = xcalloc(1, sizeof(*p.other->injection));
	ok(quiesces(&p), "at such a stop in an injection: not waited for");
}

/* --- stops that are over ---------------------------------------------------------- */

static void test_dead(void)
{
	const struct stop trap = {.kind = STOP_TRAP};
	const struct stop killed = {.kind = STOP_KILLED, .sig = SIGKILL};
	pid_t pid = start_traced();
	PAIR;

	kill(pid, SIGKILL);
	waitpid(pid, NULL, __WALL);
	is_int(handle_stop(&p.tracer, pid, &trap).how, RESUME_NONE,
	       "a stop of a thread whose end was collected: not resumed");
	is_int((intmax_t)p.tracer.tracees.n, 2,
	       "a stop of a thread whose end was collected: it is not added");
	is_int(handle_stop(&p.tracer, pid, &killed).how, RESUME_NONE,
	       "the end of an unknown thread: not resumed");
	ok(early_exit_take(&p.tracer.early, pid),
	   "the end of an unknown thread: remembered");
	ok(!is_thread_of(pid, pid), "a dead process has no threads");
	ok(is_thread_of(getpid(), getpid()), "this thread is one of its process");
	ok(is_thread_of(1, 1), "a thread of another process is one of that");
	ok(!is_thread_of(1, getpid()), "a thread of another process is none of this one");
}

static void test_newborn(void)
{
	const struct stop trap = {.kind = STOP_TRAP};
	PAIR;
	pid_t pid = start_traced();

	stop_it(pid);
	p.tracer.leader = 1;
	is_int(handle_stop(&p.tracer, pid, &trap).how, RESUME_CALL,
	       "a first stop before the parent's event: followed call by call");
	ok(tracee_find(&p.tracer.tracees, pid)->fork_event_pending,
	   "a first stop before the parent's event: the event is waited for");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, __WALL);
}

int main(void)
{
	test_running_free();
	test_stopped_already();
	test_injecting();
	test_dead();
	test_newborn();
	return done();
}
