/* test-generate.c: observations and a base in, a profile out. */
#include "helpers/generate-fixture.h"

#include "tests/tap.h"

/* --- the five classes ------------------------------------------------------------- */

static void see_classes(struct fixture *f)
{
	see(f, "read");
	see(f, "chroot");
	see(f, "arch_prctl");
	see(f, "ptrace");
	see_in(f, 0, "mount", EPERM);
	see_in(f, 0, "keyctl", EPERM);
	see_in(f, 0, "clone3", ENOSYS);
	segen_call_value(see(f, "clone"), 0, 0x1200011);
	segen_call_value(see(f, "socket"), 0, 2);
	segen_call_value(see(f, "socket"), 0, 40);
	segen_call_value(see(f, "personality"), 0, 0xffffffff);
	segen_trace_call(&f->t, f->arch, 999, NULL);
}

static void test_classes(void)
{
	static const char *const want[][2] = {
		{"read", "allowed"},
		{"chroot", "gated, open: CAP_SYS_CHROOT"},
		{"mount", "gated, shut: CAP_SYS_ADMIN"},
		{"arch_prctl", "gated, open: arch amd64,arch x32"},
		{"ptrace", "gated, open: CAP_SYS_PTRACE,kernel 4.8"},
		{"clone", "masked"},
		{"personality", "masked"},
		{"socket", "masked, some refused"},
		{"keyctl", "refused"},
	};
	struct fixture f;

	start(&f, "x86_64");
	see_classes(&f);
	ok(run(&f), "classes: a profile is made (%s)", f.err.msg);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		is_str(class_of(&f, want[i][0]), want[i][1], "class of %s: %s",
		       want[i][0], want[i][1]);
	is_int(judged(&f, "read")->in_profile, true, "judged: read is in the profile");
	is_int(judged(&f, "keyctl")->in_profile, false,
	       "judged: what is refused is not in the profile");
	is_int(f.report.n_calls, 11, "judged: a number without a name counts, too");
	ok(f.report.base_allows > 300, "counts: the base allows %zu calls",
	   f.report.base_allows);
	ok(f.report.profile_allows < 25, "counts: the profile allows %zu calls",
	   f.report.profile_allows);
	stop(&f);
}

static void test_rules(void)
{
	static const char *const want[][2] = {
		{"read", "allow"},
		{"mount", "allow with CAP_SYS_ADMIN"},
		{"umount2", "none"}, /* of the same group in the base */
		{"socket", "allow 0=0x2"},
		{"personality", "allow 0=0xffffffff"},
		/* With CAP_SYS_ADMIN as without. */
		{"clone", "allow 0&0x7e020000=0 not on s390,s390x"},
		{"clone3", "allow with CAP_SYS_ADMIN; ENOSYS without CAP_SYS_ADMIN"},
		{"keyctl", "none"},
	};
	struct fixture f;

	start(&f, "x86_64");
	see_classes(&f);
	run(&f);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		is_str(rules_of(&f, want[i][0]), want[i][1], "rules for %s: %s",
		       want[i][0], want[i][1]);
	is_str(comment_of(&f, "read"), "observed", "comment: observed");
	is_str(comment_of(&f, "socket"), "observed, AF_INET", "comment: a value");
	is_str(comment_of(&f, "clone"), "observed, no new namespaces",
	       "comment: what a mask means");
	has_str(comment_of(&f, "mount"), "gated by CAP_SYS_ADMIN", "comment: the gate");
	is_int(f.p.n_architectures, 1, "architectures: those that were seen");
	is_str(f.p.architectures[0], "SCMP_ARCH_X86_64", "architectures: x86_64");
	has_str(warnings_of(&f), "(i386,x32) will be killed",
		"architectures: a warning names the others");
	stop(&f);
}

/* The worked example of docs/generator.md. */
static void test_clone(void)
{
	struct fixture f;

	start(&f, "x86_64");
	segen_call_value(see(&f, "clone"), 0, 0x3d0f00);
	run(&f);
	is_str(rules_of(&f, "clone"), "allow 0&0x7e020000=0 not on s390,s390x",
	       "clone: threads need no CAP_SYS_ADMIN");
	segen_call_value(see(&f, "clone"), 0, 0x20000011);
	run(&f);
	is_str(rules_of(&f, "clone"),
	       "allow with CAP_SYS_ADMIN; allow 0&0x7e020000=0 without CAP_SYS_ADMIN "
	       "not on s390,s390x",
	       "clone: a new PID namespace needs CAP_SYS_ADMIN");
	stop(&f);
}

static void test_answers(void)
{
	static const char *const want[][2] = {
		{"clone3", "ENOSYS"},
		{"faccessat2", "ENOSYS"},
		{"io_uring_setup", "ENOSYS"},
		{"statx", "allow"},
		{"clock_gettime64", "none"}, /* of 32-bit ABIs */
		{"mount", "none"},
		{"bpf", "none"},
	};
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	see(&f, "statx");
	run(&f);
	is_int(f.p.def, SEGEN_ACT_ERRNO, "default: an errno");
	is_int(profile_default_errno(&f.p), EPERM, "default: EPERM");
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		is_str(rules_of(&f, want[i][0]), want[i][1], "answer for %s: %s",
		       want[i][0], want[i][1]);
	stop(&f);
}

/* --- what is added ---------------------------------------------------------------- */

static void test_essentials(void)
{
	static const char *const names[] = {"restart_syscall", "rt_sigreturn",
					    "clock_gettime"};
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "exit_group");
	run(&f);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		has_str(comment_of(&f, names[i]),
			"essential:", "essentials: %s is added with a reason", names[i]);
	is_str(comment_of(&f, "exit_group"), "observed",
	       "essentials: one that was seen is observed");
	is_str(rules_of(&f, "exit_group"), "allow",
	       "essentials: one that was seen has one rule");
	is_str(rules_of(&f, "sigreturn"), "none",
	       "essentials: sigreturn is for 32-bit ABIs");
	stop(&f);
}

static void test_portable(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "openat");
	see(&f, "newfstatat");
	f.policy.portable = true;
	run(&f);
	has_str(comment_of(&f, "open"), "open for openat",
		"portable: the older call, with its reason");
	has_str(comment_of(&f, "statx"), "statx for newfstatat",
		"portable: the newer call, with its reason");
	is_str(rules_of(&f, "fstatat64"), "none",
	       "portable: a call that the ABI does not have is left out");
	stop(&f);
}

static void test_translate(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "open");
	see(&f, "poll");
	see(&f, "arch_prctl");
	gen_policy_arches(&f.policy, "amd64,arm64", NULL);
	ok(run(&f), "two architectures: a profile is made (%s)", f.err.msg);
	is_int(f.p.n_arch_map, 2, "two architectures: an archMap");
	is_int(f.p.n_architectures, 0, "two architectures: no list of them");
	has_str(comment_of(&f, "openat"),
		"for aarch64, not recorded there: openat for open",
		"translation: open becomes openat for arm64");
	has_str(comment_of(&f, "ppoll"), "ppoll for poll",
		"translation: poll becomes ppoll for arm64");
	f.policy.floor.runtime = FLOOR_ANY;
	run(&f);
	/* getpgrp is of the floor, getpgid is not. */
	is_str(comment_of(&f, "getpgid"), comment_of(&f, "getpgrp"),
	       "translation: a call of the floor keeps its reason");
	stop(&f);

	start(&f, "aarch64");
	see(&f, "set_tid_address");
	see(&f, "ppoll");
	gen_policy_arches(&f.policy, "amd64,arm64", NULL);
	run(&f);
	has_str(comment_of(&f, "poll"), "poll for ppoll",
		"translation: ppoll becomes poll for amd64");
	has_str(comment_of(&f, "arch_prctl"), "arch_prctl for set_tid_address",
		"translation: arch_prctl for the start of a program on amd64");
	stop(&f);
}

/* As recorded in a container of podman, whose filter allows clone3. */
static void test_fallbacks(void)
{
	struct fixture f;

	start(&f, "x86_64");
	f.t.runs[0]->observe = SEGEN_OBSERVE_CONTAINER;
	see(&f, "read");
	see(&f, "clone3");
	run(&f);
	is_str(rules_of(&f, "clone3"),
	       "allow with CAP_SYS_ADMIN; ENOSYS without CAP_SYS_ADMIN",
	       "fallback: clone3 answers ENOSYS without the capability");
	is_str(rules_of(&f, "clone"), "allow 0&0x7e020000=0 not on s390,s390x",
	       "fallback: clone is allowed as the base does");
	has_str(comment_of(&f, "clone"), "fallback on ENOSYS: clone for clone3",
		"fallback: clone has its reason");
	segen_call_value(see(&f, "clone"), 0, 0x11);
	gen_policy_args(&f.policy, "clone", NULL);
	run(&f);
	is_str(rules_of(&f, "clone"), "allow 0&0x7e020000=0 not on s390,s390x",
	       "fallback: its arguments are not narrowed to those of other uses");
	is_str(comment_of(&f, "clone"), "observed, no new namespaces",
	       "fallback: a call that was observed, too, says so");
	stop(&f);

	start(&f, "x86_64");
	see(&f, "read");
	see(&f, "statx");
	see_in(&f, 0, "clone3", ENOSYS);
	run(&f);
	is_str(rules_of(&f, "newfstatat"), "none",
	       "fallback: none of a call that is allowed");
	is_str(rules_of(&f, "clone"), "none",
	       "fallback: none of a call that never succeeded");
	gen_policy_calls(&f.policy.deny, "statx", NULL);
	run(&f);
	is_str(rules_of(&f, "statx"), "ENOSYS", "fallback: --deny statx answers ENOSYS");
	is_str(rules_of(&f, "newfstatat"), "allow",
	       "fallback: --deny statx leaves its fallback open");
	stop(&f);
}

static void test_recorded_elsewhere(void)
{
	struct fixture f;

	start(&f, "aarch64");
	target_set_arch(&f.policy.target, "x86_64", NULL);
	see(&f, "openat");
	run(&f);
	is_str(f.p.architectures[0], "SCMP_ARCH_AARCH64",
	       "architectures: of the machine that was recorded, not the target's");
	stop(&f);
}

/* --- runs and probes -------------------------------------------------------------- */

static void test_runs(void)
{
	struct fixture f;

	start(&f, "x86_64");
	add_run(&f, "x86_64");
	add_run(&f, "x86_64");
	for (size_t i = 0; i < 3; i++)
		see_in(&f, i, "read", 0);
	see_in(&f, 1, "write", 0);
	see_in(&f, 2, "openat2", ENOENT);
	run(&f);
	is_str(comment_of(&f, "read"), "observed in all 3 runs", "runs: all of them");
	is_str(comment_of(&f, "write"), "observed in 1 of 3 runs", "runs: one of them");
	f.policy.min_runs = 2;
	run(&f);
	is_str(rules_of(&f, "write"), "none", "--min-runs: the rare call is out");
	has_str(warnings_of(&f), "fewer than 2 runs and left out: openat2, write",
		"--min-runs: a warning names what is left out");
	f.policy.min_runs = 0;
	see_in(&f, 1, "mount", EPERM)->seen[0].refused = 1;
	run(&f);
	is_str(comment_of(&f, "mount"),
	       "tried in 1 of 3 runs and refused in the recording, gated by "
	       "CAP_SYS_ADMIN",
	       "runs: a call that was refused each time was tried");
	f.policy.drop_probes = true;
	run(&f);
	is_str(rules_of(&f, "openat2"), "ENOSYS", "--drop-probes: a probe is not there");
	stop(&f);
}

static void test_foreign(void)
{
	static const char *const names[] = {"socketcall", "sigreturn", "clock_gettime64"};
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	f.arch = segen_arch_by_name("i386");
	see(&f, "socketcall");
	run(&f);
	is_int(f.p.n_architectures, 2, "another ABI: listed when it was seen");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		is_str(rules_of(&f, names[i]), "allow", "another ABI: %s", names[i]);
	stop(&f);
}

static void test_provenance(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	f.policy.base_name = "/some/where/my-base.json";
	run(&f);
	is_str(f.p.comment,
	       "\"segen " SEGEN_VERSION ": 1 run of 'test', base my-base.json\"",
	       "provenance: segen, the runs, and the base without its folder");
	add_run(&f, "x86_64");
	free(f.t.runs[1]->argv[0]);
	f.t.runs[1]->argv[0] = xstrdup("/bin/other");
	f.policy.base_name = NULL;
	run(&f);
	is_str(f.p.comment, "\"segen " SEGEN_VERSION ": 2 runs of 'other', 'test'\"",
	       "provenance: several runs, by name");
	f.t.runs[0]->image = xstrdup("app:1");
	f.t.runs[0]->image_id = xstrdup("sha256:11");
	run(&f);
	has_str(f.p.comment, "'test', image app:1 (sha256:11)\"",
		"provenance: an image with what it stood for");
	f.t.runs[0]->image_digest = xstrdup("sha256:22");
	f.t.runs[1]->image_digest = xstrdup("sha256:33");
	run(&f);
	has_str(f.p.comment, "'test', images app:1 (sha256:22), sha256:33\"",
		"provenance: the digest before the id, and an image without a name");
	free(TAKE_PTR(f.t.runs[0]->image));
	free(TAKE_PTR(f.t.runs[0]->image_id));
	free(TAKE_PTR(f.t.runs[0]->image_digest));
	free(TAKE_PTR(f.t.runs[1]->image_digest));
	free(TAKE_PTR(f.t.runs[1]->argv[0]));
	run(&f);
	is_str(f.p.comment, "\"segen " SEGEN_VERSION ": 2 runs of 'test'\"",
	       "provenance: a run without a command line");
	for (unsigned i = 2; i < 7; i++) {
		add_run(&f, "x86_64");
		free(f.t.runs[i]->argv[0]);
		f.t.runs[i]->argv[0] = xasprintf("program%u", i);
		run(&f);
		if (i == 5)
			has_str(f.p.comment, "'program5', 'test'\"",
				"provenance: five names");
	}
	has_str(f.p.comment,
		"7 runs of 'program2', 'program3', 'program4', 'program5', "
		"'program6' and 1 more\"",
		"provenance: more names are counted");
	again(&f);
	generate(NULL, &f.base, &f.policy, &f.p, &f.report, &f.err);
	is_str(f.p.comment, NULL, "provenance: an edited base stays as it is");
	stop(&f);
}

static struct profile_rule *add_base_rule(struct fixture *f, const char *name,
					  enum segen_action action)
{
	struct profile_rule *r = profile_add_rule(&f->base);

	profile_rule_add_name(r, name);
	r->action = action;
	return r;
}

/* A gate of two capabilities. */
static void test_two_caps(void)
{
	struct profile_rule *r;
	struct fixture f;

	start(&f, "x86_64");
	profile_done(&f.base);
	f.base = (struct profile){.def = SEGEN_ACT_ERRNO, .def_err = PROFILE_NO_ERRNO};
	r = add_base_rule(&f, "read", SEGEN_ACT_ALLOW);
	profile_string_add(&r->includes.caps, &r->includes.n_caps, "CAP_SYS_ADMIN");
	profile_string_add(&r->includes.caps, &r->includes.n_caps, "CAP_BPF");
	see(&f, "read");
	run(&f);
	is_str(class_of(&f, "read"), "gated, shut: CAP_BPF,CAP_SYS_ADMIN",
	       "class of a call behind two capabilities");
	is_str(rules_of(&f, "read"), "allow with CAP_BPF,CAP_SYS_ADMIN",
	       "rules for a call behind two capabilities");
	stop(&f);
}

/* A base that kills for calls that programs try first. */
static void test_killing_base(void)
{
	struct fixture f;

	start(&f, "x86_64");
	profile_done(&f.base);
	f.base = (struct profile){.def = SEGEN_ACT_ERRNO, .def_err = PROFILE_NO_ERRNO};
	profile_rule_add_name(add_base_rule(&f, "read", SEGEN_ACT_ALLOW), "openat2");
	add_base_rule(&f, "io_uring_setup", SEGEN_ACT_KILL_PROCESS);
	add_base_rule(&f, "clone3", SEGEN_ACT_KILL_PROCESS);
	see(&f, "read");
	see_in(&f, 0, "clone3", ENOSYS);
	run(&f);
	is_str(rules_of(&f, "io_uring_setup"), "SCMP_ACT_KILL_PROCESS",
	       "killing base: a call that was not tried is killed for, as in the base");
	is_str(rules_of(&f, "clone3"), "SCMP_ACT_KILL_PROCESS",
	       "killing base: a call that was tried is killed for, as in the base");
	is_str(rules_of(&f, "openat2"), "ENOSYS",
	       "killing base: what it allows and nothing called answers ENOSYS");
	has_str(warnings_of(&f),
		"is killed, although it has a fallback: clone3, io_uring_setup\n",
		"killing base: a warning names the calls");
	stop(&f);

	start(&f, "x86_64");
	profile_done(&f.base);
	f.base = (struct profile){.def = SEGEN_ACT_KILL_PROCESS,
				  .def_err = PROFILE_NO_ERRNO};
	add_base_rule(&f, "read", SEGEN_ACT_ALLOW);
	add_base_rule(&f, "mount", SEGEN_ACT_ERRNO)->err = EPERM;
	see(&f, "read");
	see_in(&f, 0, "mount", EPERM);
	see_in(&f, 0, "chroot", EPERM);
	run(&f);
	is_str(rules_of(&f, "mount"), "EPERM",
	       "killing default: a call that the base answers with EPERM");
	is_str(rules_of(&f, "chroot"), "none",
	       "killing default: a call that the base kills for");
	is_str(rules_of(&f, "io_uring_setup"), "ENOSYS",
	       "killing default: a call with a fallback answers ENOSYS");
	has_str(warnings_of(&f), "the base kills on calls that it does not list",
		"killing default: a warning says so");
	stop(&f);
}

/* A base without any rule. */
static void test_empty_base(void)
{
	struct fixture f;
	struct profile p = {};
	struct gen_report report = {};

	start(&f, "x86_64");
	profile_done(&f.base);
	f.base = (struct profile){.def = SEGEN_ACT_ERRNO, .def_err = PROFILE_NO_ERRNO};
	is_int(generate(NULL, &f.base, &f.policy, &p, &report, &f.err), -ENODATA,
	       "a base that allows nothing: no profile");
	is_str(f.err.msg,
	       "the profile would allow no call at all; nothing could start under it",
	       "a base that allows nothing: the message");
	f.base.def = SEGEN_ACT_ALLOW;
	is_int(generate(NULL, &f.base, &f.policy, &p, &report, &f.err), -ENODATA,
	       "a base that allows everything: no profile");
	is_str(f.err.msg, "the profile would allow every call",
	       "a base that allows everything: the message");
	stop(&f);
}

static void test_nothing(void)
{
	struct fixture f;

	start(&f, "x86_64");
	ok(!run(&f), "an empty trace: no profile (%s)", f.err.msg);
	is_int(f.err.code, -ENODATA, "an empty trace: ENODATA");
	f.policy.drop_probes = true;
	see_in(&f, 0, "read", EBADF);
	ok(!run(&f), "a trace without successes: no profile with --drop-probes");
	is_int(f.err.code, -ENODATA, "a trace without successes: ENODATA");
	stop(&f);
}

int main(void)
{
	test_classes();
	test_rules();
	test_clone();
	test_answers();
	test_essentials();
	test_portable();
	test_translate();
	test_fallbacks();
	test_recorded_elsewhere();
	test_runs();
	test_foreign();
	test_provenance();
	test_two_caps();
	test_killing_base();
	test_empty_base();
	test_nothing();
	return done();
}
