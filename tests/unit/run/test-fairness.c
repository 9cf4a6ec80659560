/*
 * test-fairness.c: a thread that needs few stops gets them beside threads that stop all
 * the time, however the recording has begun.
 *
 * The workload is this program: threads that make one call after the other, and one that
 * makes only STARTS of another call and then ends them all.  The counts of a trace in
 * full mode are exact, so they tell how many stops of the others came between.
 */
#include <segen/attach.h>
#include <segen/follow.h>
#include <segen/syscall.h>
#include <segen/tracer.h>
#include <segen/util.h>

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/tap.h"

enum {
	HOT = 8,	   /* threads that never pause */
	HOT_CALLS = 20000, /* of each, at most */
	STARTS = 2000,	   /* calls of the slow one */
	/* A fair share is one call of each to one of it; starved, it gets none. */
	UNFAIR = HOT * HOT_CALLS / 4,
};

/* --- the workload ----------------------------------------------------------------- */

static void *hot(void *ctx)
{
	for (int i = 0; i < HOT_CALLS; i++)
		syscall(SYS_getppid);
	return ctx;
}

static bool is_traced(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	int tracer = 0;

	while (f && !tracer && fgets(line, sizeof(line), f))
		sscanf(line, "TracerPid: %d", &tracer);
	return tracer != 0;
}

static int workload(void)
{
	pthread_t thread;

	for (int i = 0; i < HOT; i++)
		pthread_create(&thread, NULL, hot, NULL);
	while (!is_traced())
		usleep(1000);
	for (int i = 0; i < STARTS; i++)
		syscall(SYS_getuid);
	_exit(0);
}

/* --- what stands in for a container runtime --------------------------------------- */

static int runtime(char *self)
{
	char name[] = "workload";
	char *const argv[] = {self, name, NULL};
	int flags = CLONE_NEWNS | CLONE_NEWPID | (geteuid() ? CLONE_NEWUSER : 0);
	pid_t pid;

	if (unshare(flags) < 0)
		_exit(77);
	pid = fork();
	if (pid == 0) {
		execv(self, argv);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	_exit(0);
}

/* --- the tests -------------------------------------------------------------------- */

static uint64_t count(const struct segen_trace *t, const char *name)
{
	const struct segen_arch *arch = segen_arch_native();
	const struct segen_call *c =
		segen_trace_find(t, arch, segen_syscall_nr(arch, name));

	return c && c->n_seen ? c->seen[0].count : 0;
}

static void check(const char *way, int r, const struct segen_trace *t)
{
	uint64_t starts = count(t, "getuid"), others = count(t, "getppid");

	is_int(r, 0, "%s: it is recorded", way);
	if (t->n_runs)
		is_int(t->runs[0]->exit, 0, "%s: its end is recorded", way);
	is_int((intmax_t)starts, STARTS, "%s: the slow thread comes to its end", way);
	ok(others < UNFAIR, "%s: it need not wait for %ju calls of others", way,
	   (uintmax_t)others);
}

static void test_command(char *self)
{
	char name[] = "workload";
	char *const argv[] = {self, name, NULL};
	const struct segen_tracer_opts opts = {.argv = argv, .mode = SEGEN_MODE_FULL};
	struct segen_tracer_result result;
	struct segen_trace t = {};
	size_t run;

	check("a command", segen_tracer_run(&opts, &t, &run, &result, NULL), &t);
	segen_trace_done(&t);
}

static void test_attach(char *self)
{
	char name[] = "workload";
	char *const argv[] = {self, name, NULL};
	struct segen_attach_opts opts = {.n_pids = 1, .argv = argv};
	struct segen_trace t = {};
	size_t run;
	pid_t pid = fork();

	if (pid == 0) {
		execv(self, argv);
		_exit(1);
	}
	opts.pids = &pid;
	check("what runs already", segen_attach(&opts, &t, &run, NULL), &t);
	waitpid(pid, NULL, 0);
	segen_trace_done(&t);
}

/* The runtime may begin. */
static void begin(void *ctx)
{
	close(*(const int *)ctx);
}

static void test_follow(char *self)
{
	char name[] = "runtime";
	char *const argv[] = {self, name, NULL};
	struct segen_follow_opts opts = {.argv = argv, .seized = begin};
	struct segen_trace t = {};
	bool recorded = false;
	int go[2], r;
	char byte;

	if (pipe(go) < 0)
		return;
	opts.ctx = &go[1];
	opts.pid = fork();
	if (opts.pid == 0) {
		close(go[1]);
		if (read(go[0], &byte, 1) == 0)
			execv(self, argv);
		_exit(1);
	}
	close(go[0]);
	r = segen_follow(&opts, &t, &recorded, NULL);
	waitpid(opts.pid, NULL, 0);
	if (recorded)
		check("a container", r, &t);
	else
		skip("a container", "namespaces cannot be made here");
	segen_trace_done(&t);
}

/*
 * All on one CPU: with two the kernel may leave a thread waiting for a busy one, and that
 * is no matter of the tracer's.
 */
static void bind_all(void)
{
	cpu_set_t set;
	int cpu = 0;

	sched_getaffinity(0, sizeof(set), &set);
	while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET(cpu, &set))
		cpu++;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

int main(int argc, char **argv)
{
	char self[] = "/proc/self/exe";
	_cleanup_free_ char *path = realpath(self, NULL);

	if (argc > 1)
		return strcmp(argv[1], "runtime") ? workload() : runtime(path);
	bind_all();
	test_command(path);
	test_attach(path);
	test_follow(path);
	return done();
}
