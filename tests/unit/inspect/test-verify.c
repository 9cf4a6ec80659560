/* test-verify.c: denials in words, and the profile widened by what may be let in. */
#include "inspect/verify.h"
#include "profile/base.h"
#include "profile/profile-io.h"
#include "tests/tap.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

struct fixture {
	struct segen_trace trace;
	struct profile profile, base;
	struct gen_policy policy;
	struct verify v;
};

static void fixture_init(struct fixture *f, const char *profile)
{
	struct segen_error err = {};

	*f = (struct fixture){};
	gen_policy_init(&f->policy);
	base_default(&f->base);
	if (profile_parse(profile, strlen(profile), "p", &f->profile, NULL, &err) < 0)
		printf("# %s\n", err.msg);
	segen_trace_run(&f->trace, "000000010000000000000001");
}

static void fixture_done(struct fixture *f)
{
	verify_done(&f->v);
	gen_policy_done(&f->policy);
	profile_done(&f->base);
	profile_done(&f->profile);
	segen_trace_done(&f->trace);
}

static struct segen_denial *deny(struct fixture *f, const char *call,
				 struct segen_verdict v, uint64_t arg0)
{
	struct segen_denial d = {
		.arch = segen_arch_native(),
		.verdict = v,
		.count = 1,
		.at = {.program = segen_trace_program(&f->trace, "/bin/app"),
		       .args = {arg0}},
	};
	size_t i;

	d.nr = segen_syscall_nr(d.arch, call);
	i = segen_trace_denied(&f->trace, &d);
	return &f->trace.denials.v[i];
}

static void judge(struct fixture *f)
{
	struct segen_error err = {};

	verify_done(&f->v);
	is_int(verify_judge(&f->trace, &f->profile, &f->base, &f->policy, &f->v, &err), 0,
	       "judge: it can be judged (%s)", err.msg);
}

static char *widened(const struct fixture *f)
{
	struct segen_buf out = {};

	profile_format(&f->v.widened, PROFILE_COMPACT, &out);
	return out.s;
}

#define EPERM_VERDICT ((struct segen_verdict){SEGEN_ACT_ERRNO, EPERM})
#define SMALL                                                                   \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": ["               \
	"{\"names\": [\"execve\", \"read\"], \"action\": \"SCMP_ACT_ALLOW\"},"  \
	"{\"names\": [\"statx\", \"clone3\"], \"action\": \"SCMP_ACT_ERRNO\", " \
	"\"errnoRet\": 38}]}"

static void test_allowed(void)
{
	_cleanup_(fixture_done) struct fixture f;
	_cleanup_free_ char *text = NULL;
	struct segen_denial *d;

	fixture_init(&f, SMALL);
	d = deny(&f, "mkdir", EPERM_VERDICT, 0x1000);
	d->at.args[1] = 0755;
	d->text[0] = xstrdup("/a\n\"b");
	judge(&f);
	is_int(f.v.n, 1, "allowed by the base: one finding");
	is_str(f.v.v[0].call, "mkdir(\"/a\\x0a\\\"b\", 493)",
	       "allowed by the base: arguments, text escaped");
	is_str(f.v.v[0].answer, "EPERM", "allowed by the base: the answer");
	is_str(f.v.v[0].base, "allowed", "allowed by the base: it is said");
	ok(f.v.v[0].fixable, "allowed by the base: it can be let in");
	text = widened(&f);
	has_str(text, "\"names\":[\"execve\",\"mkdir\",\"read\"]",
		"allowed by the base: it joins the rule of its like");
}

static void test_refusing_rule(void)
{
	_cleanup_(fixture_done) struct fixture f;
	_cleanup_free_ char *text = NULL;

	fixture_init(&f, SMALL);
	deny(&f, "statx", (struct segen_verdict){SEGEN_ACT_ERRNO, ENOSYS}, 0);
	judge(&f);
	is_str(f.v.v[0].answer, "ENOSYS", "named by a refusing rule: the answer");
	text = widened(&f);
	has_str(text, "\"names\":[\"clone3\"]",
		"named by a refusing rule: its name goes there");
	has_str(text, "\"read\",\"statx\"]", "named by a refusing rule: it is allowed");
}

static void test_values(void)
{
	_cleanup_(fixture_done) struct fixture f;
	_cleanup_free_ char *text = NULL;

	fixture_init(&f, SMALL);
	deny(&f, "personality", EPERM_VERDICT, 0x8);
	judge(&f);
	is_str(f.v.v[0].base, "allowed for some arguments", "masked: it is said");
	text = widened(&f);
	has_str(text, "\"value\":8", "masked: the value that was seen is allowed");
	ok(!strstr(text, "\"value\":131080"), "masked: others are not");
}

static void test_refused(void)
{
	_cleanup_(fixture_done) struct fixture f;
	_cleanup_free_ char *before = NULL, *after = NULL;
	struct segen_buf out = {};

	fixture_init(&f, SMALL);
	deny(&f, "io_uring_setup", EPERM_VERDICT, 1);
	judge(&f);
	is_str(f.v.v[0].base, "refused", "refused by the base: it is said");
	ok(!f.v.v[0].fixable, "refused by the base: it cannot be let in");
	has_str(f.v.v[0].fix, "--allow io_uring_setup",
		"refused by the base: what lets it in");
	profile_format(&f.profile, PROFILE_COMPACT, &out);
	before = out.s;
	after = widened(&f);
	is_str(after, before, "refused by the base: the profile stays as it is");
	segen_strset_add(&f.policy.allow, "io_uring_setup");
	judge(&f);
	ok(f.v.v[0].fixable, "refused by the base: with --allow it can be");
}

static void test_gated(void)
{
	_cleanup_(fixture_done) struct fixture f;

	fixture_init(&f, SMALL);
	deny(&f, "mount", EPERM_VERDICT, 0);
	judge(&f);
	is_str(f.v.v[0].base, "allowed with CAP_SYS_ADMIN", "gated: it is said");
	ok(!f.v.v[0].fixable, "gated: a rule with a shut gate would change nothing");
	has_str(f.v.v[0].fix, "--cap-add SYS_ADMIN", "gated: what lets it in");
	segen_strset_add(&f.policy.target.caps, "CAP_SYS_ADMIN");
	judge(&f);
	ok(f.v.v[0].fixable, "gated: with the capability it can be let in");
}

static void test_absent(void)
{
	static const struct segen_verdict enosys = {SEGEN_ACT_ERRNO, ENOSYS};
	_cleanup_(fixture_done) struct fixture f;

	fixture_init(&f, SMALL);
	deny(&f, "clone3", enosys, 0x1000);
	judge(&f);
	is_int(f.v.n, 0, "ENOSYS in the base, too: no finding");
	segen_strset_add(&f.policy.allow, "clone3");
	judge(&f);
	is_int(f.v.n, 1, "ENOSYS in the base, too: a finding when it is to be allowed");
	fixture_done(&f);
	fixture_init(&f, SMALL);
	deny(&f, "clone3", EPERM_VERDICT, 0x1000);
	deny(&f, "io_uring_setup", enosys, 1);
	judge(&f);
	is_int(f.v.n, 2, "ENOSYS in one of them only: findings");
}

static void test_answers(void)
{
	static const struct {
		enum segen_action action;
		const char *word;
	} cases[] = {
		{SEGEN_ACT_KILL_PROCESS, "killed"},
		{SEGEN_ACT_KILL_THREAD, "thread killed"},
		{SEGEN_ACT_TRAP, "SIGSYS"},
		{SEGEN_ACT_NOTIFY, "ENOSYS"},
		{SEGEN_ACT_LOG, "logged"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(fixture_done) struct fixture f;
		bool logged = cases[i].action == SEGEN_ACT_LOG;

		fixture_init(&f, SMALL);
		deny(&f, "mkdir", (struct segen_verdict){cases[i].action, 0}, 0);
		judge(&f);
		is_str(f.v.v[0].answer, cases[i].word, "answer: %s", cases[i].word);
		is_int(f.v.n_denied, !logged, "answer: %s is %s", cases[i].word,
		       logged ? "no denial" : "a denial");
	}
}

static void test_none(void)
{
	_cleanup_(fixture_done) struct fixture f;

	fixture_init(&f, SMALL);
	judge(&f);
	is_int(f.v.n, 0, "nothing denied: no finding");
}

int main(void)
{
	test_allowed();
	test_refusing_rule();
	test_values();
	test_refused();
	test_gated();
	test_absent();
	test_answers();
	test_none();
	return done();
}
