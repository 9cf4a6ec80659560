/* test-reports.c: what is said of findings, and that hostile names stay text. */
#include "helpers/generate-fixture.h"
#include "profile/profile-io.h"
#include "report/report-audit.h"
#include "report/report-diff.h"
#include "tap.h"

static void parse(const char *text, struct profile *p)
{
	profile_parse(text, strlen(text), "test", p, NULL, NULL);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *p = strstr(text, part); p; p = strstr(p + 1, part))
		n++;
	return n;
}

/* Ordinary calls share a paragraph, dangers of different kinds do not. */
static void test_diff(void)
{
	_cleanup_(profile_done) struct profile a = {}, b = {};
	_cleanup_(target_done) struct target t = {};
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	_cleanup_(diff_done) struct diff d = {};
	struct layout l = {.out = &out, .width = 80};

	parse("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"
	      "\"action\":\"SCMP_ACT_ALLOW\"}]}",
	      &a);
	parse("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\","
	      "\"bpf\",\"reboot\",\"access\",\"chdir\",\"close\"],"
	      "\"action\":\"SCMP_ACT_ALLOW\"}]}",
	      &b);
	target_init_default(&t);
	diff_profiles(&a, &b, &t, &d, NULL);
	report_diff_text(&l, &d);
	has_str(out.s, "+ access, chdir, close\n",
		"diff: ordinary calls share a paragraph");
	has_str(out.s, "kernel-code: loads programs", "diff: a danger is said");
	has_str(out.s, "host: restarts the host", "diff: another one, too");
	is_int((int)count(out.s, "\n+ "), 3, "diff: three paragraphs");
	ok(strstr(out.s, "+ bpf") < strstr(out.s, "+ access"),
	   "diff: the dangerous first");
	has_str(out.s, "5 wider, 0 changed, 0 narrower", "diff: the totals");
}

#define EVIL "/bin/\033[31m</script>|`x`\n@team"

/* The name of a program is the workload's to choose. */
static void test_hostile(void)
{
	struct fixture f;
	struct audit_input in;
	struct audit a;
	struct audited audited = {.v = &a, .n = 1};
	_cleanup_(segen_buf_done) struct segen_buf text = {}, json = {}, markdown = {};
	struct layout l = {.out = &text, .width = 80};
	struct segen_call *c;

	start(&f, "x86_64");
	c = see(&f, "keyctl");
	c->seen[0].refused = 1;
	segen_seen_program(&c->seen[0], segen_trace_program(&f.t, EVIL));
	in = (struct audit_input){
		.path = "p.json",
		.profile = &f.base,
		.docker = &f.base,
		.trace = &f.t,
		.target = &f.policy.target,
	};
	audited.docker = &f.base;
	audit_init(&a, &in, NULL);
	report_audit_text(&l, &audited);
	report_audit_json(&json, &audited);
	report_audit_markdown(&markdown, &audited);
	has_str(text.s, "/bin/\\x1b[31m</script>|`x`\\n@team",
		"text: the name is quoted");
	ok(!strchr(text.s, '\033'), "text: no escape sequence");
	has_str(json.s, "\\u001b[31m", "json: the name is escaped");
	has_str(markdown.s, "&lt;/script>\\|\\`x\\`", "markdown: the name is no markup");
	has_str(markdown.s, "\\@team", "markdown: nobody is called");
	is_int((int)count(markdown.s, "\n| keyctl |"), 1,
	       "markdown: the row stays one row");
	audit_done(&a);
	stop(&f);
}

int main(void)
{
	test_diff();
	test_hostile();
	return done();
}
