/*
 * trace-merge.c: how long 100 trace files of 400 calls take to read and unite.
 *
 * The traces are like real ones: three programs, a few values, stacks of eight frames.
 * The goal is 100 ms of processor time; exit status 1: longer than LIMIT_MS, which leaves
 * room for busy neighbours.
 */
#include <segen/tracefile.h>

#include <string.h>
#include <time.h>

#define FILES 100
#define CALLS 400
#define FRAMES 8
#define LIMIT_MS 150.0
#define ROUNDS 7 /* the best counts: this is about segen, not about its neighbours */

static const char *const programs[] = {"/usr/bin/make", "/usr/bin/dash",
				       "/usr/bin/gcc-12"};
static const char *const modules[] = {"/usr/lib/x86_64-linux-gnu/libc.so.6",
				      "/usr/bin/gcc-12"};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fill_stack(struct segen_first *f, int seed)
{
	f->n_frames = FRAMES;
	f->frames = xcalloc(FRAMES, sizeof(*f->frames));
	for (int i = 0; i < FRAMES; i++)
		f->frames[i] = (struct segen_frame){
			.module = xstrdup(modules[i % 2]),
			.build_id = xasprintf("%040x", i % 2 + 1),
			.symbol = xasprintf("function_number_%d", (seed + i) % 97),
			.offset = (uint64_t)(seed * 16 + i),
		};
}

static void fill_call(struct segen_trace *t, int64_t nr, size_t run)
{
	struct segen_call *c = segen_trace_call(t, segen_arch_native(), nr, NULL);
	struct segen_observation *s = segen_call_seen(c, run);

	s->count = (uint64_t)nr * 7 + 1;
	s->phases = SEGEN_PHASE_WORKLOAD;
	segen_seen_outcome(s, 0, s->count);
	if (nr % 3 == 0)
		segen_seen_outcome(s, 2, 5);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		segen_seen_program(s, segen_trace_program(t, programs[i]));
	if (nr % 20 == 0)
		segen_call_value(c, 0, (uint64_t)nr);
	c->first = (struct segen_first){
		.run = run,
		.time_us = (uint64_t)nr * 100,
		.pid = 4000,
		.tid = 4001,
		.args = {3, 0x7fffc0001000, 4096, (uint64_t)nr, 0, 0x7f0000000000},
	};
	fill_stack(&c->first, (int)nr);
}

static void write_file(const char *dir, int i)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	_cleanup_free_ char *path = xasprintf("%s/%d.trace.json", dir, i);
	char *argv[] = {(char *)"make", (char *)"-j2", NULL};
	size_t run = segen_trace_add_run(&t, argv);
	struct segen_error err;

	for (int64_t nr = 0; nr < CALLS; nr++)
		fill_call(&t, nr, run);
	if (segen_tracefile_write(path, &t, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		exit(2);
	}
}

static double unite(const char *dir)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	double start = now_ms(), end;
	struct segen_error err;

	for (int i = 0; i < FILES; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%d.trace.json", dir, i);

		if (segen_tracefile_read(path, &t, &err) < 0) {
			fprintf(stderr, "%s\n", err.msg);
			exit(2);
		}
	}
	end = now_ms();
	if (t.n_runs != FILES || t.n_calls != CALLS)
		exit(2);
	return end - start;
}

static void clean(const char *dir)
{
	for (int i = 0; i < FILES; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%d.trace.json", dir, i);

		unlink(path);
	}
	rmdir(dir);
}

int main(void)
{
	char dir[] = "/tmp/segen-bench.XXXXXX";
	double best = 1e9;

	if (!mkdtemp(dir))
		return 2;
	for (int i = 0; i < FILES; i++)
		write_file(dir, i);
	for (int i = 0; i < ROUNDS; i++) {
		double ms = unite(dir);

		best = ms < best ? ms : best;
	}
	if (!getenv("KEEP"))
		clean(dir);
	printf("%d traces of %d calls read and united in %.1f ms\n", FILES, CALLS, best);
	return best > LIMIT_MS;
}
