/*
 * test-lint.c: faulty profiles, and exactly what is wrong with them; each rule is the
 * finding of some case; what is found in published profiles is explained.
 */
#include "inspect/lint.h"
#include "profile/base.h"
#include "profile/profile-io.h"
#include "tap.h"

#include <errno.h>

static struct target target;
static struct segen_strset seen; /* ids that some case has found */

#define ANY_RUNTIME (1u << PART_RUNC | 1u << PART_CRUN)
/* Notes that Docker's own profile gets as well. */
#define ALWAYS "SG009 SG025"

static void lint(const char *text, unsigned parts, struct lint *ret, struct profile *p)
{
	struct lint_options o = {
		.target = &target,
		.parts = parts,
		.text = text,
		.len = strlen(text),
	};

	lint_text("test", &o, ret, p);
}

/* The ids in their order, each once, without those in @except. */
static void ids_of(const struct lint *l, const char *except, struct segen_buf *ret)
{
	struct segen_strset ids = {};

	for (size_t i = 0; i < l->n; i++) {
		segen_strset_add(&seen, l->v[i].rule->id);
		if (!strstr(except, l->v[i].rule->id))
			segen_strset_add(&ids, l->v[i].rule->id);
	}
	segen_buf_puts(ret, "");
	for (size_t i = 0; i < ids.n; i++)
		segen_buf_printf(ret, "%s%s", i ? " " : "", ids.v[i]);
	segen_strset_done(&ids);
}

/* --- small profiles ------------------------------------------------------------------
 */

#define ERRNO_LIST(rules) \
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[" rules "]}"
#define ALLOW(names, more) "{\"names\":[" names "],\"action\":\"SCMP_ACT_ALLOW\"" more "}"
#define ARG(index, op, value)                                                          \
	",\"args\":[{\"index\":" #index ",\"value\":" #value ",\"op\":\"SCMP_CMP_" #op \
	"\"}]"

/* What a small profile lacks is not the point of these cases. */
#define SMALL "SG003 SG004 SG005 SG007 SG010 SG026"

static const struct {
	const char *what, *text, *want;
} cases[] = {
	{"no filter at all", "{}", "SG002"},
	{"an action that no runtime knows", "{\"defaultAction\":\"SCMP_ACT_FOO\"}",
	 "SG001"},
	{"half a file", "{\"defaultAction\":\"SCMP_ACT_ERRNO\",", "SG001"},
	{"both lists of architectures",
	 "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86\"],"
	 "\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86_64\",\"subArchitectures\":[]}],"
	 "\"syscalls\":[]}",
	 "SG001"},
	{"nothing allowed", ERRNO_LIST(""), "SG006"},
	{"a name that is none", ERRNO_LIST(ALLOW("\"read\",\"opn\"", "")), "SG008"},
	{"a blank in a name", ERRNO_LIST(ALLOW("\"read\",\"openat \"", "")), "SG008"},
	{"a call newer than old libraries", ERRNO_LIST(ALLOW("\"read\",\"mseal\"", "")),
	 "SG009"},
	{"a kernel module", ERRNO_LIST(ALLOW("\"read\",\"init_module\"", "")), "SG012"},
	{"default allow", "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[]}",
	 "SG013"},
	{"default allow, a family refused by EQ",
	 "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"socket\"],"
	 "\"action\":\"SCMP_ACT_ERRNO\"" ARG(0, EQ, 38) "}]}",
	 "SG013 SG014"},
	{"all families but one", ERRNO_LIST(ALLOW("\"socket\"", ARG(0, NE, 38))),
	 "SG014"},
	{"a comparison of 64 bits", ERRNO_LIST(ALLOW("\"mmap\"", ARG(1, GT, 4294967296))),
	 ""},
	{"a refusal by EQ beside a default that refuses",
	 ERRNO_LIST(ALLOW("\"write\"",
			  "") ",{\"names\":[\"read\"],\"action\":"
			      "\"SCMP_ACT_ERRNO\",\"errnoRet\":38" ARG(0, EQ, 1) "}"),
	 ""},
	{"a condition beside an unconditional rule",
	 ERRNO_LIST(ALLOW("\"read\"", "") "," ALLOW("\"read\"", ARG(0, EQ, 1))), "SG015"},
	{"two answers for one call",
	 ERRNO_LIST(ALLOW("\"read\"", "") ",{\"names\":[\"read\"],\"action\":"
					  "\"SCMP_ACT_ERRNO\",\"errnoRet\":38}"),
	 "SG015"},
	{"a name twice", ERRNO_LIST(ALLOW("\"read\",\"write\",\"read\"", "")), "SG016"},
	{"a mask that clone3 gets around",
	 ERRNO_LIST(ALLOW(
		 "\"clone\"",
		 ",\"args\":[{\"index\":0,\"value\":2114060288,"
		 "\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}]") "," ALLOW("\"clone3\"",
									     "")),
	 "SG012 SG017"},
	{"chmod tied to a capability, fchmodat2 forgotten",
	 ERRNO_LIST(ALLOW(
		 "\"chmod\",\"fchmod\",\"fchmodat\"",
		 ",\"includes\":{\"caps\":[\"CAP_WAKE_ALARM\"]}") "," ALLOW("\"read\",\"fchmodat2\"",
									    "")),
	 "SG009 SG017 SG025"},
	{"io_uring", ERRNO_LIST(ALLOW("\"read\",\"io_uring_setup\"", "")), "SG012 SG018"},
	{"a rule that says what the default says",
	 ERRNO_LIST(ALLOW("\"read\"",
			  "") ",{\"names\":[\"bpf\"],\"action\":\"SCMP_ACT_ERRNO\"}"),
	 "SG019"},
	{"a rule without names", ERRNO_LIST(ALLOW("\"read\"", "") "," ALLOW("", "")),
	 "SG019"},
	{"an errno for what is allowed",
	 ERRNO_LIST(ALLOW("\"read\"", ",\"errnoRet\":38")), "SG020"},
	{"an agent without a path",
	 ERRNO_LIST("{\"names\":[\"read\"],\"action\":\"SCMP_ACT_NOTIFY\"}"), "SG021"},
	{"a range, which is none",
	 ERRNO_LIST(ALLOW("\"socket\"",
			  ",\"args\":[{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},"
			  "{\"index\":0,\"value\":9,\"op\":\"SCMP_CMP_LT\"}]")),
	 "SG022"},
	{"a capability without its prefix",
	 ERRNO_LIST(ALLOW("\"read\"", "") "," ALLOW(
		 "\"bpf\"", ",\"includes\":{\"caps\":[\"sys_admin\"]}")),
	 "SG023 SG025"},
	{"an architecture in the kernel's word",
	 ERRNO_LIST(ALLOW("\"read\"", "") "," ALLOW(
		 "\"write\"", ",\"includes\":{\"arches\":[\"x86_64\"]}")),
	 "SG024 SG025"},
	{"a default errno",
	 "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":38,\"syscalls\":["
	 "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	 "SG027"},
	{"an errno in words",
	 ERRNO_LIST(ALLOW("\"read\"", "") ",{\"names\":[\"bpf\"],\"action\":"
					  "\"SCMP_ACT_ERRNO\",\"errno\":\"ENOSYS\"}"),
	 "SG028"},
	{"a key that no engine knows", ERRNO_LIST(ALLOW("\"read\"", ",\"arg\":[]")),
	 "SG029"},
	{"probes that are killed",
	 "{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\",\"syscalls\":["
	 "{\"names\":[\"read\",\"faccessat2\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	 "SG011"},
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(segen_buf_done) struct segen_buf got = {};
		_cleanup_(profile_done) struct profile p = {};
		_cleanup_(lint_done) struct lint l = {};

		lint(cases[i].text, ANY_RUNTIME, &l, &p);
		ids_of(&l, SMALL, &got);
		is_str(got.s, cases[i].want, "%s: %s", cases[i].what, cases[i].want);
	}
}

/* --- Docker's profile without some calls ----------------------------------------------
 */

static void without(const char *const *names, struct segen_buf *ret)
{
	_cleanup_(profile_done) struct profile p = {};

	base_default(&p);
	for (size_t i = 0; i < p.n_rules; i++) {
		struct profile_rule *r = &p.rules[i];
		size_t n = 0;

		for (size_t k = 0; k < r->n_names; k++) {
			bool out = false;

			for (size_t j = 0; names[j]; j++)
				out |= !strcmp(r->names[k], names[j]);
			if (out)
				free(r->names[k]);
			else
				r->names[n++] = r->names[k];
		}
		r->n_names = n;
	}
	profile_format(&p, PROFILE_PRETTY, ret);
}

/* Docker's own comparison is always found, a rule that lost all names as well. */
#define OF_DOCKER ALWAYS " SG014 SG019"

static const struct {
	const char *names[6];
	const char *want;
	const char *says; /* part of the first error's or warning's text */
} holes[] = {
	{{NULL}, "", NULL},
	{{"capset", NULL}, "SG003", "unable to apply caps"},
	{{"fstatfs", "getcwd", NULL}, "SG003", "/proc/self/fd is on procfs"},
	{{"capget", "capset", "execve", NULL}, "SG003 SG005", "execve"},
	{{"capget", "setgid", "setgroups", NULL}, "SG003 SG004", "unable to setup user"},
	{{"arch_prctl", NULL}, "SG005", "127"},
	{{"exit_group", NULL}, "SG005", "loops"},
	{{"clone", "clone3", "fork", "vfork", NULL}, "SG007 SG010", "no process"},
	{{"statx", "openat2", NULL}, "SG003 SG004 SG010", "could not get mount id"},
	{{"faccessat2", NULL}, "SG010", "faccessat2"},
	{{"chmod", "fchmod", "fchmodat", NULL}, "SG017", "fchmodat2 can"},
};

static void test_holes(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(holes); i++) {
		_cleanup_(segen_buf_done) struct segen_buf text = {}, got = {}, all = {};
		_cleanup_(profile_done) struct profile p = {};
		_cleanup_(lint_done) struct lint l = {};
		const char *what = holes[i].names[0] ? holes[i].names[0] : "nothing";

		without(holes[i].names, &text);
		lint(text.s, ANY_RUNTIME, &l, &p);
		ids_of(&l, OF_DOCKER, &got);
		is_str(got.s, holes[i].want, "docker without %s: %s", what,
		       holes[i].want);
		for (size_t k = 0; k < l.n; k++)
			segen_buf_puts(&all, l.v[k].text);
		if (holes[i].says)
			has_str(all.s, holes[i].says, "docker without %s: the reason",
				what);
	}
}

static void test_versions(void)
{
	static const char *const names[] = {"statx", NULL};
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	_cleanup_(profile_done) struct profile p = {}, q = {};
	_cleanup_(lint_done) struct lint l = {}, crun = {};
	bool found = false;

	without(names, &text);
	lint(text.s, ANY_RUNTIME, &l, &p);
	for (size_t i = 0; i < l.n; i++)
		if (!strcmp(l.v[i].rule->id, "SG003")) {
			found = true;
			has_str(l.v[i].text, "runc 1.2.8 and newer",
				"start: the version from which on it fails");
			is_int(l.v[i].level, LINT_ERROR, "start: an error");
		}
	ok(found, "start: statx is needed");
	lint(text.s, 1u << PART_CRUN, &crun, &q);
	for (size_t i = 0; i < crun.n; i++)
		if (!strcmp(crun.v[i].rule->id, "SG003"))
			ok(false, "start: crun does not need it");
}

static void test_no_new_privs(void)
{
	static const char *const names[] = {"setuid", "capset", NULL};
	_cleanup_(segen_buf_done) struct segen_buf text = {}, got = {};
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_(lint_done) struct lint l = {};
	struct lint_options o = {
		.target = &target, .parts = ANY_RUNTIME, .no_new_privs = true};

	without(names, &text);
	o.text = text.s;
	o.len = text.len;
	lint_text("test", &o, &l, &p);
	ids_of(&l, OF_DOCKER, &got);
	is_str(got.s, "", "no-new-privs: setuid and capset are not needed to start");
}

/* --- places, wishes, repairs -----------------------------------------------------------
 */

static void test_places(void)
{
	static const char text[] = "{\n\"defaultAction\": \"SCMP_ACT_ERRNO\",\n"
				   "\"SYSCALLS\": [\n{\"names\": [\"read\",\n\"opn\"],\n"
				   "\"action\": \"SCMP_ACT_ALLOW\"}]}";
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_(lint_done) struct lint l = {};
	const struct finding *f = NULL;

	lint(text, 0, &l, &p);
	for (size_t i = 0; i < l.n; i++)
		if (!strcmp(l.v[i].rule->id, "SG008"))
			f = &l.v[i];
	ok(f, "places: the name is found");
	is_int(f ? (int)f->line : 0, 5, "places: its line, whatever the case of keys");
	is_str(f ? f->path : NULL, "$.syscalls[0].names[1]", "places: its path");
}

static void test_ignore(void)
{
	static const char of_rule[] = ERRNO_LIST(ALLOW(
		"\"opn\"", ",\"segen-ignore\":[\"SG008\"]") "," ALLOW("\"opm\"", ""));
	static const char of_file[] =
		"{\"segen-ignore\":[\"SG008\",\"SG026\"],\"defaultAction\":\"SCMP_ACT_ERRNO\","
		"\"syscalls\":[{\"names\":[\"opn\",\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";
	_cleanup_(profile_done) struct profile p = {}, q = {};
	_cleanup_(lint_done) struct lint l = {}, m = {};
	size_t n = 0, k = 0;

	lint(of_rule, 0, &l, &p);
	for (size_t i = 0; i < l.n; i++)
		n += !strcmp(l.v[i].rule->id, "SG008");
	is_int((int)n, 1, "ignore: in the rule that says so only");
	is_int((int)l.n_ignored, 1, "ignore: is counted");
	lint(of_file, 0, &m, &q);
	for (size_t i = 0; i < m.n; i++)
		k += !strcmp(m.v[i].rule->id, "SG008") ||
		     !strcmp(m.v[i].rule->id, "SG029");
	is_int((int)k, 0, "ignore: in the whole file; the key itself is no finding");
}

/* Lint, repair, lint again: what could be repaired is gone. */
static void repaired(const char *text, const char *want_left, const char *what)
{
	_cleanup_(segen_buf_done) struct segen_buf again = {}, got = {};
	_cleanup_(profile_done) struct profile p = {}, q = {};
	_cleanup_(lint_done) struct lint l = {}, m = {};
	struct lint_options o = {.target = &target, .parts = ANY_RUNTIME};
	size_t left = 0;

	lint(text, ANY_RUNTIME, &l, &p);
	ok(lint_repair(&p, &o) > 0, "%s: something is repaired", what);
	profile_format(&p, PROFILE_PRETTY, &again);
	lint(again.s, ANY_RUNTIME, &m, &q);
	for (size_t i = 0; i < m.n; i++)
		left += m.v[i].repair.kind != REPAIR_NONE;
	is_int((int)left, 0, "%s: nothing is left to repair", what);
	ids_of(&m, OF_DOCKER, &got);
	is_str(got.s, want_left, "%s: what is left is for people", what);
}

static void test_repair(void)
{
	static const char *const start[] = {"statx", "openat2", "capset", NULL};
	_cleanup_(segen_buf_done) struct segen_buf text = {};

	without(start, &text);
	repaired(text.s, "", "repair: what runtimes need");
	repaired(
		ERRNO_LIST(
			ALLOW("\"Read\",\"openat \",\"read\"", ",\"errnoRet\":1") "," ALLOW(
				"\"bpf\"", ",\"includes\":{\"caps\":[\"SYS_ADMIN\"],"
					   "\"arches\":[\"x86_64\"]}")),
		"SG004 SG007 SG026", "repair: words");
}

/* What becomes of statx: needed by runc, and a probe of libc; it must end up allowed. */
static void test_repair_order(void)
{
	static const char *const start[] = {"statx", NULL};
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_(lint_done) struct lint l = {};
	_cleanup_(view_done) struct view v = {};
	struct lint_options o = {.target = &target, .parts = ANY_RUNTIME};

	without(start, &text);
	lint(text.s, ANY_RUNTIME, &l, &p);
	lint_repair(&p, &o);
	view_init(&v, &p, &target, NULL);
	is_int(view_reply_name(&v, "statx").lets, LETS_ALL,
	       "repair: a call that runc needs is allowed, not answered with ENOSYS");
}

/* --- published profiles
 * ----------------------------------------------------------------- */

static void published(const char *file, const char *want)
{
	const char *dir = getenv("SEGEN_REFERENCE");
	_cleanup_free_ char *path = xasprintf("%s/base/%s", dir ? dir : "", file);
	_cleanup_(profile_done) struct profile p = {}, ignored = {};
	_cleanup_(segen_buf_done) struct segen_buf got = {}, text = {};
	_cleanup_(lint_done) struct lint l = {};

	if (!dir || !*dir || profile_read(path, &p, NULL, NULL) < 0) {
		skip(file, "no published profiles here");
		return;
	}
	profile_format(&p, PROFILE_PRETTY, &text);
	lint(text.s, ANY_RUNTIME, &l, &ignored);
	ids_of(&l, "", &got);
	is_str(got.s, want, "%s: %s", file, want);
}

/*
 * docker-latest: SG014 is true: its socket rule "above 40" lets in 0x100000028, which the
 * kernel takes for AF_VSOCK (tried with runc 1.1.5).  Notes: calls newer than libseccomp
 * 2.5.4 (SG009), gates (SG025).
 *
 * docker-20.10: io_uring and all socket families are let in, which Engines 25.0
 * and 29.4.2 took back (SG012, SG018).  ptrace is let in from kernel 4.8 on while
 * process_vm_readv and process_vm_writev, which can do no more, stay gated; 23.0 opened
 * them (SG017).
 *
 * podman: relies on capabilities and user namespaces where Docker refuses calls: mount,
 * unshare, clone3, keyctl, reboot and more are let in (SG012).  map_shadow_stack is
 * answered with EPERM (SG010).  setns is in the list of all containers, which makes void
 * the rule that refuses it without CAP_SYS_ADMIN (SG015).  Its rules for netlink's audit
 * protocol compare with NE (SG014).  Its default errno is ENOSYS (SG027).
 */
static void test_published(void)
{
	published("docker-latest.json", "SG009 SG014 SG025");
	published("docker-20.10.json", "SG012 SG017 SG018 SG025");
	published("podman-common.json", "SG009 SG010 SG012 SG014 SG015 SG025 SG027");
}

static void test_every_rule(void)
{
	size_t n;
	const struct lint_rule *r = lint_rules(&n);

	for (size_t i = 0; i < n; i++) {
		ok(segen_strset_has(&seen, r[i].id), "%s: is the finding of some case",
		   r[i].id);
		ok(!strncmp(r[i].url, "https://", 8), "%s: has a source", r[i].id);
		ok(i == 0 || strcmp(r[i - 1].id, r[i].id) < 0, "%s: in order", r[i].id);
	}
}

int main(void)
{
	target_init_default(&target);
	target_set_arch(&target, "amd64", NULL);
	target_set_kernel(&target, "6.1", NULL);
	test_cases();
	test_holes();
	test_versions();
	test_no_new_privs();
	test_places();
	test_ignore();
	test_repair();
	test_repair_order();
	test_published();
	test_every_rule();
	target_done(&target);
	segen_strset_done(&seen);
	return done();
}
