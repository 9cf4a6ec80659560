/* test-generate.c: observations and a base in, a profile out. */
#include "helpers/generate-fixture.h"

#include "tap.h"

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
	struct fixture f;

	start(&f, "x86_64");
	see_classes(&f);
	ok(run(&f), "classes: a profile is made (%s)", f.err.msg);
	ok(is_class(&f, "read", CLASS_ALLOWED), "read is allowed");
	ok(is_class(&f, "chroot", CLASS_GATED) && judged(&f, "chroot")->gate_open,
	   "chroot is gated by a capability that containers have");
	ok(is_class(&f, "mount", CLASS_GATED) && !judged(&f, "mount")->gate_open &&
		   segen_strset_has(&judged(&f, "mount")->gates, "CAP_SYS_ADMIN"),
	   "mount is gated by one that they do not have");
	ok(segen_strset_has(&judged(&f, "arch_prctl")->gates, "arch amd64"),
	   "arch_prctl is gated by the architecture");
	ok(segen_strset_has(&judged(&f, "ptrace")->gates, "kernel 4.8") &&
		   segen_strset_has(&judged(&f, "ptrace")->gates, "CAP_SYS_PTRACE"),
	   "ptrace is gated by the kernel or a capability");
	ok(is_class(&f, "clone", CLASS_MASKED) &&
		   is_class(&f, "personality", CLASS_MASKED),
	   "clone and personality are masked");
	ok(is_class(&f, "socket", CLASS_MASKED) && judged(&f, "socket")->some_refused,
	   "socket is masked, and some of it refused");
	ok(is_class(&f, "keyctl", CLASS_REFUSED) && !judged(&f, "keyctl")->in_profile,
	   "keyctl is refused and not in the profile");
	ok(f.report.n_calls == 11, "a number without a name is judged, too");
	ok(f.report.base_allows > 300 && f.report.profile_allows < 25,
	   "the counts: %zu of %zu", f.report.profile_allows, f.report.base_allows);
	stop(&f);
}

static void test_rules(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see_classes(&f);
	run(&f);
	ok(is_plain(rule_of(&f, "read", 0)) && says(rule_of(&f, "read", 0), "observed"),
	   "read stands in the plain group");
	ok(is_gated(rule_of(&f, "mount", 0), "CAP_SYS_ADMIN") &&
		   !profile_rule_has(rule_of(&f, "mount", 0), "umount2"),
	   "mount keeps its gate, without the rest of the group");
	ok(says(rule_of(&f, "mount", 0), "gated by CAP_SYS_ADMIN"), "and says so");
	ok(is_eq(rule_of(&f, "socket", 0), 2) && !rule_of(&f, "socket", 1),
	   "socket keeps the family seen, if the base lets it in");
	ok(is_eq(rule_of(&f, "personality", 0), 0xffffffff) &&
		   !rule_of(&f, "personality", 1),
	   "personality keeps the value seen");
	ok(rule_of(&f, "clone", 0) && !rule_of(&f, "clone", 1) &&
		   rule_of(&f, "clone", 0)->conds[0].op == SEGEN_CMP_MASKED_EQ &&
		   !rule_of(&f, "clone", 0)->includes.n_caps,
	   "clone keeps the base's mask, with CAP_SYS_ADMIN too");
	ok(is_gated(rule_of(&f, "clone3", 0), "CAP_SYS_ADMIN") &&
		   is_refused(rule_of(&f, "clone3", 1), ENOSYS) &&
		   rule_of(&f, "clone3", 1)->excludes.n_caps == 1,
	   "clone3 is gated, and not there without the capability");
	ok(!rule_of(&f, "keyctl", 0), "keyctl is left out");
	ok(f.p.n_architectures == 1 && !strcmp(f.p.architectures[0], "SCMP_ARCH_X86_64"),
	   "one architecture");
	ok(warns(&f, "(i386,x32) will be killed"), "and a warning about the others");
	stop(&f);
}

static void test_answers(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	see(&f, "statx");
	run(&f);
	ok(f.p.def == SEGEN_ACT_ERRNO && profile_default_errno(&f.p) == EPERM,
	   "the default is EPERM");
	ok(is_refused(rule_of(&f, "clone3", 0), ENOSYS) &&
		   is_refused(rule_of(&f, "faccessat2", 0), ENOSYS) &&
		   is_refused(rule_of(&f, "io_uring_setup", 0), ENOSYS),
	   "probes that were not seen are not there");
	ok(is_plain(rule_of(&f, "statx", 0)) && !rule_of(&f, "statx", 1),
	   "one that was seen is");
	ok(!rule_of(&f, "clock_gettime64", 0), "calls of 32-bit ABIs are not named");
	ok(!rule_of(&f, "mount", 0) && !rule_of(&f, "bpf", 0),
	   "other refusals are left to the default");
	stop(&f);
}

/* --- what is added ---------------------------------------------------------------- */

static void test_essentials(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "exit_group");
	run(&f);
	ok(says(rule_of(&f, "restart_syscall", 0), "essential:") &&
		   says(rule_of(&f, "rt_sigreturn", 0), "essential:") &&
		   says(rule_of(&f, "clock_gettime", 0), "essential:"),
	   "essentials have rules of their own");
	ok(says(rule_of(&f, "exit_group", 0), "observed") &&
		   !rule_of(&f, "exit_group", 1),
	   "but not when they were seen");
	ok(!rule_of(&f, "sigreturn", 0), "sigreturn is for 32 bit");
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
	ok(says(rule_of(&f, "open", 0), "portable: ") &&
		   says(rule_of(&f, "open", 0), "open for openat") &&
		   says(rule_of(&f, "statx", 0), "statx for newfstatat"),
	   "portable: twins are added, each with its reason");
	ok(!rule_of(&f, "fstatat64", 0), "but not those that the ABI does not have");
	stop(&f);
}

static void test_translate(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "open");
	see(&f, "poll");
	see(&f, "arch_prctl");
	f.policy.floor.runtime = FLOOR_ANY;
	gen_policy_arches(&f.policy, "amd64,arm64", NULL);
	ok(run(&f), "two architectures (%s)", f.err.msg);
	ok(f.p.n_arch_map == 2 && !f.p.n_architectures, "make an archMap");
	ok(says(rule_of(&f, "openat", 0), "openat for open") ||
		   says(rule_of(&f, "openat", 0), "runtime floor"),
	   "open becomes openat");
	ok(says(rule_of(&f, "ppoll", 0), "for aarch64"), "poll becomes ppoll");
	ok(rule_of(&f, "getpgid", 0) && rule_of(&f, "readlinkat", 0),
	   "the floor is translated, too");
	stop(&f);

	start(&f, "aarch64");
	see(&f, "set_tid_address");
	see(&f, "ppoll");
	gen_policy_arches(&f.policy, "amd64,arm64", NULL);
	run(&f);
	ok(rule_of(&f, "poll", 0) && rule_of(&f, "arch_prctl", 0),
	   "and from arm64 to amd64");
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
	ok(says(rule_of(&f, "read", 0), "observed in all 3 runs") &&
		   says(rule_of(&f, "write", 0), "observed in 1 of 3 runs"),
	   "rules say in how many runs their calls were seen");
	f.policy.min_runs = 2;
	run(&f);
	ok(!rule_of(&f, "write", 0) && warns(&f, "fewer than 2 runs"),
	   "--min-runs leaves the rare ones out, and says which");
	f.policy.min_runs = 0;
	f.policy.drop_probes = true;
	run(&f);
	ok(is_refused(rule_of(&f, "openat2", 0), ENOSYS),
	   "--drop-probes: they are not there any more");
	stop(&f);
}

static void test_foreign(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	f.arch = segen_arch_by_name("i386");
	see(&f, "socketcall");
	run(&f);
	ok(f.p.n_architectures == 2 && rule_of(&f, "socketcall", 0) &&
		   rule_of(&f, "sigreturn", 0) && rule_of(&f, "clock_gettime64", 0),
	   "an ABI that was seen is listed, with its essentials and probes");
	stop(&f);
}

static void test_nothing(void)
{
	struct fixture f;

	start(&f, "x86_64");
	ok(!run(&f) && f.err.code == -ENODATA, "an empty trace is no profile: %s",
	   f.err.msg);
	f.policy.drop_probes = true;
	see_in(&f, 0, "read", EBADF);
	ok(!run(&f) && f.err.code == -ENODATA, "nor is one without successes");
	stop(&f);
}

int main(void)
{
	test_classes();
	test_rules();
	test_answers();
	test_essentials();
	test_portable();
	test_translate();
	test_runs();
	test_foreign();
	test_nothing();
	return done();
}
