/* test-summary.c: what is said at the end of a run. */
#include "cmd/summary.h"

#include <segen/syscall.h>

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

	summary_text(&s->summary, &out);
	return out.s;
}

static void has(const char *text, const char *line)
{
	if (!ok(strstr(text, line) != NULL, "%.*s", (int)strcspn(line, "\n"), line))
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
	has(got, "  calls     4 distinct; the profile allows 81 of the 309 that the base "
		 "does\n");
	has(got, "  gated     chroot: through CAP_SYS_CHROOT\n");
	has(got, "  gated     syslog: through CAP_SYSLOG or CAP_SYS_ADMIN\n");
	has(got, "  remark    something ended early\n");
	has(got, "  warning   mind the gap\n");
	has(got, "  trace     app.trace.json\n");
	has(got, "  profile   app.seccomp.json\n");
	has(got,
	    "  next      docker run --security-opt seccomp=app.seccomp.json IMAGE\n");
	ok(!strstr(got, "bpf"), "a gate of the architecture is not worth a line");
	ok(!strstr(got, "read"), "nor is a call that is simply allowed");
}

static void test_shut_gate(void)
{
	_cleanup_(scene_done) struct scene s;
	_cleanup_free_ char *got = NULL;

	scene_init(&s);
	s.judged[1].gate_open = false;
	got = text(&s);
	ok(!strstr(got, "through CAP_SYS_CHROOT"), "nothing goes through a shut gate");
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
	ok(!strstr(got, "docker") && !strstr(got, "  profile "), "no word of a profile");
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
	   "what went to standard output is no file");
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

int main(void)
{
	test_all();
	test_shut_gate();
	test_capabilities();
	test_no_profile();
	test_standard_output();
	test_many_runs();
	return done();
}
