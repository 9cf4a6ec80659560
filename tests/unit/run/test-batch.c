/*
 * test-batch.c: several stops at once are handled in an order that makes sense.
 *
 * Its wait4() (--wrap) has the tracer learn of a child only after that was killed: its
 * first stop, what its parent tells of it, and its end are there at once, in this order.
 */
#include <segen/tracer.h>
#include <segen/util.h>

#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

enum { KILLED = 7, QUEUE = 3 };

/* Names of the linker's. */
pid_t __real_wait4(pid_t tid, int *status, int options, struct rusage *usage);
pid_t __wrap_wait4(pid_t tid, int *status, int options, struct rusage *usage);

struct held {
	pid_t tid;
	int status;
};

static struct {
	struct held v[QUEUE];
	size_t next, n;
	unsigned births;
} queue;

static bool is_birth(int status)
{
	int event = status >> 16;

	return event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	       event == PTRACE_EVENT_CLONE;
}

static void hold(pid_t tid)
{
	struct held h = {.tid = __real_wait4(tid, &h.status, __WALL, NULL)};

	queue.v[queue.n++] = h;
}

/* The parent is stopped and tells of its child, which has not gone on yet. */
static void fill(pid_t parent, int status)
{
	unsigned long child = 0;

	ptrace(PTRACE_GETEVENTMSG, parent, NULL, &child);
	queue.births++;
	queue.next = queue.n = 0;
	hold((pid_t)child);
	queue.v[queue.n++] = (struct held){parent, status};
	kill((pid_t)child, SIGKILL);
	hold((pid_t)child);
}

pid_t __wrap_wait4(pid_t tid, int *status, int options, struct rusage *usage)
{
	pid_t got;

	if (tid != -1)
		return __real_wait4(tid, status, options, usage);
	if (queue.next == queue.n) {
		got = __real_wait4(tid, status, options, usage);
		if (got <= 0 || !is_birth(*status))
			return got;
		fill(got, *status);
	}
	*status = queue.v[queue.next].status;
	return queue.v[queue.next++].tid;
}

/* Its status says whether its child was killed. */
static char sh[] = "/bin/sh", option[] = "-c",
	    script[] = "sleep 60; [ $? -gt 128 ] && exit 7; exit 1";

static void test_mode(enum segen_mode mode, const char *name)
{
	char *const argv[] = {sh, option, script, NULL};
	const struct segen_tracer_opts opts = {.argv = argv, .mode = mode};
	struct segen_tracer_result result = {};
	struct segen_trace t = {};
	struct segen_error err = {};
	size_t run = 0;
	int r = segen_tracer_run(&opts, &t, &run, &result, &err);

	is_int(r, 0, "%s: the run is recorded", name);
	is_int(result.status, KILLED, "%s: the workload goes on undisturbed", name);
	if (r == 0) {
		is_int((intmax_t)t.runs[run]->processes, 2, "%s: two processes", name);
		is_int(t.runs[run]->exit, KILLED, "%s: its exit is recorded", name);
		is_int((intmax_t)t.runs[run]->notes.n, 0, "%s: no end is missing", name);
	}
	segen_trace_done(&t);
}

int main(void)
{
	test_mode(SEGEN_MODE_FULL, "full");
	test_mode(SEGEN_MODE_FAST, "fast");
	is_int(queue.births, 2, "each run had a batch of stops");
	return done();
}
