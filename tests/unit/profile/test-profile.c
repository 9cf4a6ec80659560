/* test-profile.c: reading and writing profiles. */
#include "profile/profile-io.h"

#include <errno.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"

#define RULE(rest) "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{" rest "}]}"
#define NAMED(rest) RULE("\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"," rest)
#define TOP(rest) "{\"defaultAction\":\"SCMP_ACT_ERRNO\"," rest "}"

/* What is refused, where, and in whose words. */
static const struct {
	const char *text, *where, *why;
} bad[] = {
	{"{}", "$", "unconfined"},
	{"{\"syscalls\":[]}", "$", "unconfined"},
	{"{\"syscalls\":null,\"archMap\":[]}", "$", "unconfined"},
	{"null", "$", ""},
	{"[]", "$", ""},
	{"\"x\"", "$", ""},
	{"{\"syscalls\":[{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}", "$",
	 "string  is not a valid action for seccomp"},
	{"{\"defaultAction\":\"SCMP_ACT_FOO\"}", "$.defaultAction",
	 "string SCMP_ACT_FOO is not a valid action for seccomp"},
	{"{\"defaultAction\":\"\"}", "$.defaultAction", "not a valid action"},
	{"{\"defaultAction\":1}", "$.defaultAction", "string"},
	{"{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}",
	 "$.defaultAction:", "cannot be used as default action"},
	{TOP("\"architectures\":[\"SCMP_ARCH_X86\"],"
	     "\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86\"}]"),
	 "$", "use either 'architectures' or 'archMap'"},
	{TOP("\"architectures\":[\"amd64\"]"), "$.architectures[0]",
	 "string amd64 is not a valid arch for seccomp"},
	{TOP("\"architectures\":[1]"), "$.architectures[0]", ""},
	{TOP("\"architectures\":{}"), "$.architectures", ""},
	{TOP("\"archMap\":[null]"), "$.archMap[0]", ""},
	{TOP("\"archMap\":[{\"subArchitectures\":[2]}]"),
	 "$.archMap[0].subArchitectures[0]", ""},
	{TOP("\"flags\":[\"LOG\"]"), "$.flags[0]", "unknown seccomp option LOG"},
	{TOP("\"defaultErrnoRet\":4095"), "$.defaultErrnoRet:", "above 4094"},
	{TOP("\"defaultErrnoRet\":-1"), "$.defaultErrnoRet", ""},
	{TOP("\"defaultErrnoRet\":1.0"), "$.defaultErrnoRet", ""},
	{TOP("\"defaultErrno\":\"EWHAT\""), "$.defaultErrno", "unknown errno EWHAT"},
	{TOP("\"defaultErrno\":\"4095\""), "$.defaultErrno", "unknown errno 4095"},
	{TOP("\"syscalls\":{}"), "$.syscalls", ""},
	{TOP("\"syscalls\":[null]"), "$.syscalls[0]", ""},
	{TOP("\"syscalls\":[[]]"), "$.syscalls[0]", ""},
	{TOP("\"DefaultAction\":\"SCMP_ACT_ALLOW\""), "$.DefaultAction", "keep only one"},
	{TOP("\"syscalls\":[],\"SYSCALLS\":[]"), "$.SYSCALLS", "keep only one"},
	{RULE("\"names\":[\"read\"]"), "$.syscalls[0]", "action is missing"},
	{RULE("\"names\":[\"read\"],\"action\":\"ALLOW\""), "$.syscalls[0].action",
	 "string ALLOW is not a valid action for seccomp"},
	{RULE("\"names\":[\"read\"],\"action\":null"), "$.syscalls[0]",
	 "action is missing"},
	{NAMED("\"name\":\"write\""), "$.syscalls[0]", "use either 'name' or 'names'"},
	{RULE("\"names\":\"read\",\"action\":\"SCMP_ACT_ALLOW\""), "$.syscalls[0].names",
	 ""},
	{RULE("\"names\":[null],\"action\":\"SCMP_ACT_ALLOW\""), "$.syscalls[0].names[0]",
	 ""},
	{RULE("\"names\":[\"read\",\"\"],\"action\":\"SCMP_ACT_ALLOW\""),
	 "$.syscalls[0].names[1]", "empty string is not a valid syscall"},
	{NAMED("\"errnoRet\":4095"), "$.syscalls[0].errnoRet:", "above 4094"},
	{NAMED("\"errnoRet\":65536"), "$.syscalls[0].errnoRet", "above 4094"},
	{NAMED("\"errnoRet\":18446744073709551616"), "$.syscalls[0].errnoRet", ""},
	{NAMED("\"errnoRet\":\"1\""), "$.syscalls[0].errnoRet", ""},
	{NAMED("\"errno\":\"ENOTHING\""), "$.syscalls[0].errno",
	 "unknown errno ENOTHING"},
	{NAMED("\"comment\":1"), "$.syscalls[0].comment", ""},
	{NAMED("\"args\":{}"), "$.syscalls[0].args", ""},
	{NAMED("\"args\":[null]"), "$.syscalls[0].args[0]", ""},
	{NAMED("\"args\":[{\"index\":0,\"value\":1}]"),
	 "$.syscalls[0].args[0]:", "string  is not a valid operator for seccomp"},
	{NAMED("\"args\":[{\"index\":0,\"value\":1,\"op\":\"EQ\"}]"),
	 "$.syscalls[0].args[0].op:", "string EQ is not a valid operator for seccomp"},
	{NAMED("\"args\":[{\"index\":6,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]"),
	 "$.syscalls[0].args[0].index:",
	 "syscalls only have up to 6 arguments (6 given)"},
	{NAMED("\"args\":[{\"index\":0,\"value\":-1,\"op\":\"SCMP_CMP_EQ\"}]"),
	 "$.syscalls[0].args[0].value", ""},
	{NAMED("\"args\":[{\"index\":0,\"value\":1.5,\"op\":\"SCMP_CMP_EQ\"}]"),
	 "$.syscalls[0].args[0].value", ""},
	{NAMED("\"args\":[{\"index\":0,\"value\":1e3,\"op\":\"SCMP_CMP_EQ\"}]"),
	 "$.syscalls[0].args[0].value", ""},
	{NAMED("\"args\":[{\"index\":0,\"value\":18446744073709551616,"
	       "\"op\":\"SCMP_CMP_EQ\"}]"),
	 "$.syscalls[0].args[0].value", ""},
	{NAMED("\"includes\":[]"), "$.syscalls[0].includes", ""},
	{NAMED("\"includes\":{\"caps\":\"CAP_KILL\"}"), "$.syscalls[0].includes.caps",
	 ""},
	{NAMED("\"includes\":{\"caps\":[],\"Caps\":[]}"), "$.syscalls[0].includes.Caps",
	 "keep only one"},
	{NAMED("\"includes\":{\"minKernel\":\"5\"}"), "$.syscalls[0].includes.minKernel",
	 "invalid kernel version: \"5\", expected \"<kernel>.<major>\""},
	{NAMED("\"excludes\":{\"minKernel\":\"5.0.1\"}"),
	 "$.syscalls[0].excludes.minKernel", "invalid kernel version"},
	{NAMED("\"includes\":{\"minKernel\":\"5.x\"}"), "minKernel", "invalid kernel"},
	{NAMED("\"includes\":{\"minKernel\":\"0.0\"}"), "minKernel", "invalid kernel"},
	{NAMED("\"includes\":{\"minKernel\":\"4.256\"}"), "minKernel", "invalid kernel"},
	{NAMED("\"includes\":{\"minKernel\":\"+4.8\"}"), "minKernel", "invalid kernel"},
	{NAMED("\"includes\":{\"minKernel\":\".8\"}"), "minKernel", "invalid kernel"},
	{NAMED("\"includes\":{\"minKernel\":\"4.\"}"), "minKernel", "invalid kernel"},
	{NAMED("\"includes\":{\"minKernel\":5.4}"), "minKernel", "string"},
};

static void test_refused(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_(profile_done) struct profile p = {};
		struct segen_error err = {};
		int r = profile_parse(bad[i].text, strlen(bad[i].text), "p.json", &p,
				      NULL, &err);

		if (!ok(r == -EINVAL && strncmp(err.msg, "p.json", 6) == 0 &&
				strstr(err.msg, bad[i].where) &&
				strstr(err.msg, bad[i].why),
			"refused: %s", bad[i].text))
			printf("# %d %s\n", r, err.msg);
	}
}

static void format(const struct profile *p, enum profile_style style,
		   struct segen_buf *out)
{
	segen_buf_done(out);
	profile_format(p, style, out);
}

/* What is written says the same, and the second time the same bytes. */
static void round_trip(const char *path)
{
	static const enum profile_style styles[] = {PROFILE_PRETTY, PROFILE_COMPACT};
	_cleanup_(profile_done) struct profile p = {}, copy = {};
	_cleanup_(segen_buf_done) struct segen_buf first = {}, second = {};
	struct segen_error err = {};

	if (!ok(profile_read(path, &p, NULL, &err) == 0, "reads %s", path)) {
		printf("# %s\n", err.msg);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(styles); i++) {
		_cleanup_(profile_done) struct profile again = {};

		format(&p, styles[i], &first);
		ok(profile_parse(first.s, first.len, "again", &again, NULL, &err) == 0,
		   "%s: what was written is read", path);
		format(&again, styles[i], &second);
		is_str(second.s, first.s, "%s: the same bytes from what was read", path);
	}
	profile_copy(&copy, &p);
	format(&copy, PROFILE_COMPACT, &second);
	ok(strcmp(first.s, second.s) == 0, "%s: the same bytes from a copy", path);
}

static void test_round_trips(void)
{
	const char *roots[] = {getenv("SRC"), getenv("SEGEN_REFERENCE")};

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		_cleanup_free_ char *folder = NULL;
		struct dirent *e;
		DIR *d;

		if (!roots[i] || !*roots[i]) {
			skip("round trips of published profiles", "no folder of them");
			continue;
		}
		folder = xasprintf(i ? "%s/base" : "%s/tests/data/profiles", roots[i]);
		d = opendir(folder);
		while (d && (e = readdir(d))) {
			_cleanup_free_ char *path = xasprintf("%s/%s", folder, e->d_name);

			if (strstr(e->d_name, ".json"))
				round_trip(path);
		}
		if (d)
			closedir(d);
	}
}

static void test_kept(void)
{
	static const char text[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"b\","
		"\"a\"],\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":1,"
		"\"op\":\"SCMP_CMP_EQ\"},{\"index\":1,\"value\":18446744073709551615,"
		"\"op\":\"SCMP_CMP_NE\",\"z\":[]}],\"includes\":{\"caps\":[\"X\"],"
		"\"g\":{\"a\":null}},\"x\":1.50}],\"top\":\"\\u00fc\\\"\"}";
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_(segen_buf_done) struct segen_buf out = {};

	ok(profile_parse(text, strlen(text), "p", &p, NULL, NULL) == 0,
	   "unknown keys: a profile with them is read");
	profile_format(&p, PROFILE_COMPACT, &out);
	ok(strstr(out.s, "\"z\":[]") != NULL, "unknown keys: kept in an argument");
	ok(strstr(out.s, "\"g\":{\"a\":null}") != NULL, "unknown keys: kept in a gate");
	ok(strstr(out.s, "\"x\":1.50") != NULL, "unknown keys: kept in a rule");
	ok(strstr(out.s, "\"top\":\"\xc3\xbc\\\"\"") != NULL,
	   "unknown keys: kept at the top");
	ok(strstr(out.s, "[\"b\",\"a\"]") != NULL, "names: their order is kept");
	ok(strstr(out.s, "18446744073709551615") != NULL, "values: 2^64-1 is kept");
}

static void test_comment(void)
{
	static const char text[] = "{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[],"
				   "\"comment\":%s}";
	static const char *const values[] = {"\"made by hand\"", "{\"a\":[1,null]}"};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		_cleanup_free_ char *s = xasprintf(text, values[i]);
		_cleanup_free_ char *want =
			xasprintf("{\"comment\":%s,\"defaultAction\":\"SCMP_ACT_LOG\","
				  "\"syscalls\":[]}",
				  values[i]);
		_cleanup_(profile_done) struct profile p = {};
		_cleanup_(segen_buf_done) struct segen_buf out = {};

		is_int(profile_parse(s, strlen(s), "p", &p, NULL, NULL), 0,
		       "comment: %s is taken", values[i]);
		profile_format(&p, PROFILE_COMPACT, &out);
		if (out.len && out.s[out.len - 1] == '\n')
			out.s[out.len - 1] = '\0';
		is_str(out.s, want, "comment: %s stands before the rest", values[i]);
	}
}

static bool notes_say(const char *text, const char *what)
{
	_cleanup_(segen_strset_done) struct segen_strset notes = {};
	_cleanup_(profile_done) struct profile p = {};

	if (profile_parse(text, strlen(text), "p", &p, &notes, NULL) < 0)
		return false;
	for (size_t i = 0; i < notes.n; i++)
		if (strstr(notes.v[i], what))
			return true;
	return false;
}

static void test_notes(void)
{
	ok(notes_say("{\"DefaultAction\":\"SCMP_ACT_ERRNO\"}", "'defaultAction'"),
	   "note: a key in another case");
	ok(notes_say(NAMED("\"errnoRet\":1"), "crun refuses"),
	   "note: an errno of an ALLOW rule");
	ok(notes_say(TOP("\"defaultErrnoRet\":38"), "before 23.0"),
	   "note: defaultErrnoRet");
	ok(notes_say(TOP("\"defaultErrno\":\"ENOSYS\""), "only podman"),
	   "note: defaultErrno");
	ok(notes_say(RULE("\"names\":[\"frobnicate\"],\"action\":\"SCMP_ACT_ALLOW\""),
		     "'frobnicate'"),
	   "note: an unknown call");
	ok(notes_say(RULE("\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\""),
		     "repeats the default"),
	   "note: a rule without effect");
	ok(notes_say(RULE("\"names\":[\"read\"],\"action\":\"SCMP_ACT_NOTIFY\""),
		     "listenerPath"),
	   "note: NOTIFY without a listener");
	ok(!notes_say(NAMED("\"args\":[]"), ""), "note: none for an ordinary rule");
}

static void test_words(void)
{
	for (int a = SEGEN_ACT_ALLOW; a <= SEGEN_ACT_KILL_PROCESS; a++)
		ok(profile_action_by_name(profile_action_name(a)) == a, "action %s",
		   profile_action_name(a));
	for (int c = SEGEN_CMP_NE; c <= SEGEN_CMP_MASKED_EQ; c++)
		ok(profile_cmp_by_name(profile_cmp_name(c)) == c, "operator %s",
		   profile_cmp_name(c));
	ok(profile_action_by_name("SCMP_ACT_KILL_THREAD") == SEGEN_ACT_KILL_THREAD,
	   "actions: KILL and KILL_THREAD are one");
	is_int(profile_errno_by_word("ENOSYS"), ENOSYS, "errno words: a name");
	is_int(profile_errno_by_word("38"), 38, "errno words: a number");
	is_int(profile_errno_by_word("95"), 95, "errno words: a number from 9 on");
	is_int(profile_errno_by_word("0"), 0, "errno words: 0");
	is_int(profile_errno_by_word(""), -ENOENT, "errno words: not the empty one");
	is_int(profile_errno_by_word("-1"), -ENOENT,
	       "errno words: not a negative number");
}

int main(void)
{
	test_refused();
	test_round_trips();
	test_kept();
	test_comment();
	test_notes();
	test_words();
	return done();
}
