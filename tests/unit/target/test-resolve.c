/* test-resolve.c: the gates of a profile, and flat profiles as numbers. */
#include "profile/profile-io.h"
#include "target/resolve.h"

#include <segen/syscall.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"

/* A profile of tests/data/profiles, a target, and the names of the rules left. */
static const struct {
	const char *file, *engine, *caps, *kernel, *arch, *names;
} cases[] = {
	{"caps-spelling", "docker", NULL, "6.1", "amd64", "getuid geteuid gettid"},
	{"caps-spelling", "docker", "none", "6.1", "amd64", "geteuid getegid gettid"},
	{"caps-spelling", "docker", "WAKE_ALARM", "6.1", "amd64", "geteuid getegid"},
	{"caps-all-any", "docker", NULL, "6.1", "amd64", "getpid getgid getegid gettid"},
	{"caps-all-any", "docker", "none", "6.1", "amd64",
	 "getuid getgid getegid gettid"},
	{"caps-all-any", "docker", "all", "6.1", "amd64",
	 "getpid getppid getegid gettid"},
	{"arches", "docker", NULL, "6.1", "amd64", "getpid geteuid getegid getpgid"},
	{"arches", "docker", NULL, "6.1", "arm64", "geteuid getegid"},
	{"arches", "docker", NULL, "6.1", "s390x", "gettid"},
	{"arches", "docker", NULL, "6.1", "x32", "getgid getegid gettid"},
	{"kernels", "docker", NULL, "4.7", "amd64",
	 "getuid geteuid getegid getsid getpgid"},
	{"kernels", "docker", NULL, "4.8", "amd64",
	 "getpid getuid getgid getegid getsid getpgid"},
	{"kernels", "docker", NULL, "5.0", "amd64",
	 "getpid getuid getgid getegid getsid getpgid"},
	{"kernels", "docker", NULL, "255.1", "amd64",
	 "getpid getuid getgid getsid getpgid"},
	{"kernels", "podman", NULL, "4.7", "amd64",
	 "getpid getppid getuid getgid geteuid getegid gettid getsid getpgid"},
	{"names", "docker", NULL, "6.1", "amd64",
	 "getpid getppid getuid - - - no_such_call"},
	{"names", "podman", NULL, "6.1", "amd64", "getpid getppid getuid no_such_call"},
	{"cases", "docker", NULL, "6.1", "amd64", "getpid getppid"},
};

static int load(const char *name, struct profile *ret)
{
	_cleanup_free_ char *path =
		xasprintf("%s/tests/data/profiles/%s.json", getenv("SRC"), name);

	return profile_read(path, ret, NULL, NULL);
}

static void set_target(struct target *t, size_t i)
{
	target_init_default(t);
	target_set_engine(t, cases[i].engine, NULL);
	target_set_kernel(t, cases[i].kernel, NULL);
	target_set_arch(t, cases[i].arch, NULL);
	if (cases[i].caps)
		target_set_caps(t, cases[i].caps, NULL);
}

static void test_gates(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(profile_done) struct profile p = {}, flat = {};
		_cleanup_(segen_buf_done) struct segen_buf names = {};
		_cleanup_(target_done) struct target t = {};

		set_target(&t, i);
		load(cases[i].file, &p);
		resolve(&p, &t, &flat, NULL);
		for (size_t k = 0; k < flat.n_rules; k++)
			segen_buf_printf(&names, "%s%s", k ? " " : "",
					 flat.rules[k].n_names ? flat.rules[k].names[0]
							       : "-");
		is_str(names.s, cases[i].names, "gates of %s: for %s, %s, %s, %s",
		       cases[i].file, cases[i].engine,
		       cases[i].caps ? cases[i].caps : "default caps", cases[i].kernel,
		       cases[i].arch);
	}
}

static void test_errnos(void)
{
	_cleanup_(profile_done) struct profile p = {}, docker = {}, podman = {};
	_cleanup_(target_done) struct target t = {};

	load("words", &p);
	target_init_default(&t);
	resolve(&p, &t, &docker, NULL);
	target_set_engine(&t, "podman", NULL);
	resolve(&p, &t, &podman, NULL);
	is_int(profile_default_errno(&docker), EPERM, "docker: ignores defaultErrno");
	is_int(profile_default_errno(&podman), ENOSYS, "podman: obeys defaultErrno");
	is_int(profile_rule_errno(&docker.rules[0]), EPERM, "docker: ignores errno");
	is_int(profile_rule_errno(&podman.rules[0]), EACCES, "podman: obeys errno");
	is_int(profile_rule_errno(&podman.rules[1]), 22, "podman: an errno as a number");
	is_int(profile_rule_errno(&docker.rules[2]), ENOSYS, "docker: obeys errnoRet");
	is_int(profile_rule_errno(&podman.rules[2]), EPERM,
	       "podman: the word counts, not errnoRet");
}

static void test_dialects(void)
{
	_cleanup_(profile_done) struct profile p = {}, newest = {}, old = {};
	_cleanup_(target_done) struct target t = {};

	load("listener", &p);
	target_init_default(&t);
	resolve(&p, &t, &newest, NULL);
	target_set_engine(&t, "docker-20.10", NULL);
	resolve(&p, &t, &old, NULL);
	ok(newest.listener_path, "docker: the listener's path is passed on");
	ok(newest.listener_metadata, "docker: the listener's metadata is passed on");
	is_int(newest.n_flags, 1, "docker: flags are passed on");
	is_str(old.listener_path, NULL, "docker 20.10: no listener's path");
	is_str(old.listener_metadata, NULL, "docker 20.10: no listener's metadata");
	is_int(old.n_flags, 0, "docker 20.10: no flags");
}

static struct segen_verdict eval(const struct profile *flat, const char *arch, int64_t nr,
				 uint64_t arg0, bool stub)
{
	_cleanup_(segen_rules_done) struct segen_rules rules = {};
	_cleanup_(target_done) struct target t = {};
	const uint64_t args[6] = {arg0};

	target_init_default(&t);
	target_set_arch(&t, "x86_64", NULL);
	resolve_rules(flat, &t, stub, &rules, NULL);
	return segen_rules_eval(&rules, segen_arch_by_name(arch), nr, args);
}

static struct segen_verdict eval_text(const char *text, const char *arch, int64_t nr,
				      bool stub)
{
	_cleanup_(profile_done) struct profile p = {};

	profile_parse(text, strlen(text), "text", &p, NULL, NULL);
	return eval(&p, arch, nr, 0, stub);
}

static bool is_errno(struct segen_verdict v, int err)
{
	return v.action == SEGEN_ACT_ERRNO && v.err == err;
}

#define HIGHEST 439 /* faccessat2 on every architecture but alpha */
#define ERRNO_TEXT                                                                     \
	"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\"],"   \
	"\"action\":\"SCMP_ACT_ALLOW\"},{\"names\":[\"faccessat2\",\"no_such_call\"]," \
	"\"action\":\"SCMP_ACT_ERRNO\"}]}"

/* runc: above the highest number that is named, ENOSYS, whatever the default. */
static void test_stub(void)
{
	static const char kill[] =
		"{\"defaultAction\":\"SCMP_ACT_KILL_PROCESS\",\"syscalls\":[{\"names\":["
		"\"read\",\"rseq\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";
	static const char log[] = "{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{"
				  "\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}";

	ok(is_errno(eval_text(ERRNO_TEXT, "x86_64", HIGHEST, true), EPERM),
	   "stub: not for the highest number itself");
	ok(is_errno(eval_text(ERRNO_TEXT, "x86_64", HIGHEST + 1, true), ENOSYS),
	   "stub: above it; a dropped rule counts, an unknown name does not");
	ok(is_errno(eval_text(ERRNO_TEXT, "x86_64", HIGHEST + 1, false), EPERM),
	   "stub: crun has none");
	ok(is_errno(eval_text(kill, "x86_64", 335, true), ENOSYS),
	   "stub: with a default that kills, too");
	ok(eval_text(kill, "x86_64", 333, true).action == SEGEN_ACT_KILL_PROCESS,
	   "stub: below it the default");
	ok(eval_text(log, "x86_64", 335, true).action == SEGEN_ACT_LOG,
	   "stub: none where the default allows");
	ok(eval_text(ERRNO_TEXT, "i386", 3, true).action == SEGEN_ACT_KILL_THREAD,
	   "an architecture that is not listed: the thread is killed");
}

static void test_merging(void)
{
	_cleanup_(profile_done) struct profile order = {}, conditions = {};
	int getpgid = segen_syscall_nr(segen_arch_by_name("x86_64"), "getpgid");
	int getpgrp = segen_syscall_nr(segen_arch_by_name("x86_64"), "getpgrp");

	load("order", &order);
	load("conditions", &conditions);
	ok(eval(&order, "x86_64", 0, 1, false).action == SEGEN_ACT_ALLOW,
	   "merging: the first unconditional rule wins");
	ok(eval(&conditions, "x86_64", getpgid, 7, false).action == SEGEN_ACT_ALLOW,
	   "merging: unconditional beats conditional");
	ok(eval(&conditions, "x86_64", getpgrp, 0, false).action == SEGEN_ACT_ALLOW,
	   "merging: ALLOW first, ERRNO second");
}

int main(void)
{
	test_gates();
	test_errnos();
	test_dialects();
	test_stub();
	test_merging();
	return done();
}
