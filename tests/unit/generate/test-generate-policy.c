/* test-generate-policy.c: what the user's options do to a profile. */
#include "helpers/generate-fixture.h"

#include "tests/tap.h"

/* --- single calls ------------------------------------------------------------------ */

static void test_wishes(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "chmod");
	see(&f, "read");
	see(&f, "keyctl");
	see(&f, "fchmodat2");
	gen_policy_tie(&f.policy, "chmod,fchmod=wake_alarm", NULL);
	gen_policy_calls(&f.policy.allow, "socket,bpf", NULL);
	gen_policy_calls(&f.policy.deny, "read", NULL);
	ok(run(&f), "wishes: a profile is made (%s)", f.err.msg);
	is_str(rules_of(&f, "chmod"), "allow with CAP_WAKE_ALARM",
	       "--tie: a call that was seen is behind its gate");
	is_str(rules_of(&f, "fchmod"), "allow with CAP_WAKE_ALARM",
	       "--tie: a call that was not seen is behind its gate");
	has_str(warnings_of(&f), "'fchmodat2' can still change a file's mode",
		"--tie: a way around is named");
	has_str(warnings_of(&f), "--tie chmod,fchmod,fchmodat2=CAP_WAKE_ALARM",
		"--tie: the option that closes the way around is given");
	is_str(rules_of(&f, "socket"), "allow", "--allow: without conditions");
	is_str(rules_of(&f, "bpf"), "allow", "--allow: without gates");
	has_str(warnings_of(&f), "'socket' is allowed with any arguments",
		"--allow: a warning of the conditions that are gone");
	has_str(warnings_of(&f),
		"'bpf' is allowed without a capability; the base asks for CAP_BPF",
		"--allow: a warning of the gate that is gone");
	is_str(rules_of(&f, "read"), "none", "--deny: a call that was seen is out");
	is_str(rules_of(&f, "keyctl"), "none", "what the base refuses stays out");
	see(&f, "chroot");
	f.policy.allow_refused = true;
	run(&f);
	is_str(rules_of(&f, "keyctl"), "allow", "--refused=allow: it is in");
	is_str(rules_of(&f, "chroot"), "allow with CAP_SYS_CHROOT",
	       "--refused=allow: a gate that the base has stays");
	stop(&f);
}

static void test_closed(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "chmod");
	see(&f, "read");
	gen_policy_tie(&f.policy, "chmod=WAKE_ALARM", NULL);
	run(&f);
	ok(!warns(&f, "can still"), "--tie: no way around, no warning of one");
	stop(&f);
}

static void test_refused_by_container(void)
{
	struct fixture f;

	start(&f, "x86_64");
	f.t.runs[0]->observe = SEGEN_OBSERVE_CONTAINER;
	see(&f, "read");
	see_in(&f, 0, "chmod", EPERM)->seen[0].refused = 1;
	see_in(&f, 0, "mkdir", EPERM)->seen[0].refused = 1;
	see_in(&f, 0, "mkdir", 0);
	run(&f);
	is_str(rules_of(&f, "read"), "allow", "a container's filter: what it allowed");
	is_str(rules_of(&f, "chmod"), "none",
	       "a container's filter: what it refused each time is out");
	is_str(rules_of(&f, "mkdir"), "allow",
	       "a container's filter: what it refused sometimes is in");
	f.policy.allow_refused = true;
	run(&f);
	is_str(rules_of(&f, "chmod"), "allow",
	       "--refused=allow: what a container's filter refused is in");
	f.policy.allow_refused = false;
	f.t.runs[0]->observe = SEGEN_OBSERVE_BASE;
	run(&f);
	is_str(rules_of(&f, "chmod"), "allow",
	       "recorded under a base: what it refused is up to the base of today");
	stop(&f);
}

static void test_refused_values(void)
{
	struct fixture f;

	start(&f, "x86_64");
	segen_call_value(see(&f, "socket"), 0, 2);
	segen_call_value(see(&f, "socket"), 0, 38);
	f.policy.allow_refused = true;
	run(&f);
	is_str(rules_of(&f, "socket"), "allow 0=0x2; allow 0=0x26",
	       "--refused=allow: the values that were seen, no others");
	stop(&f);
}

static void test_contradictions(void)
{
	static const char *const ties[] = {"chmod", "chmod=CAP_NOPE", "chmot=CAP_BPF"};
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	gen_policy_calls(&f.policy.allow, "chmod", NULL);
	gen_policy_calls(&f.policy.deny, "chmod", NULL);
	ok(!run(&f), "contradiction: allowed and denied");
	has_str(f.err.msg, "'chmod' cannot be both allowed and denied",
		"contradiction: allowed and denied, in words");
	segen_strset_done(&f.policy.deny);
	gen_policy_tie(&f.policy, "chmod=WAKE_ALARM", NULL);
	ok(!run(&f), "contradiction: allowed and tied");
	has_str(f.err.msg, "tied to CAP_WAKE_ALARM and allowed",
		"contradiction: allowed and tied, in words");
	for (size_t i = 0; i < ARRAY_SIZE(ties); i++)
		is_int(gen_policy_tie(&f.policy, ties[i], &f.err), -EINVAL,
		       "bad tie '%s': %s", ties[i], f.err.msg);
	is_int(gen_policy_args(&f.policy, "read", &f.err), -EINVAL,
	       "bad --args: no argument of read is recorded");
	stop(&f);
}

/* --- what an option leads to ---------------------------------------------------------
 */

static void deny(struct fixture *f, const char *names)
{
	segen_strset_done(&f->policy.deny);
	gen_policy_calls(&f->policy.deny, names, NULL);
}

static void edit(struct fixture *f)
{
	again(f);
	generate(NULL, &f->base, &f->policy, &f->p, &f->report, &f->err);
}

#define NO_START "the container may not start: its runtime makes calls that the base, "

static void test_start(void)
{
	struct fixture f;

	start(&f, "x86_64");
	f.policy.floor.runtime = FLOOR_AUTO;
	see(&f, "openat");
	see(&f, "execve");
	deny(&f, "openat");
	run(&f);
	has_str(warnings_of(&f), NO_START "--deny or --tie refuses: openat\n",
		"start: --deny of what the runtime calls and the trace has, too");
	edit(&f);
	has_str(warnings_of(&f), NO_START "--deny or --tie refuses: openat\n",
		"start: --deny of what the runtime calls, without a trace");
	deny(&f, "execve,exit_group");
	edit(&f);
	has_str(warnings_of(&f), "no program can start:", "start: --deny execve");
	has_str(warnings_of(&f), "programs cannot end:", "start: --deny exit_group");
	ok(!warns(&f, NO_START), "start: neither is told twice");
	f.policy.floor.runtime = FLOOR_NONE;
	run(&f);
	has_str(warnings_of(&f),
		"no program can start:", "start: --deny execve, with --runtime none");
	deny(&f, "ptrace");
	f.policy.floor.runtime = FLOOR_AUTO;
	edit(&f);
	ok(!warns(&f, "start"), "start: no warning where nothing is in the way");
	gen_policy_tie(&f.policy, "execve=SYS_BOOT", NULL);
	edit(&f);
	has_str(warnings_of(&f), "no program can start:",
		"start: --tie execve to what the container does not have");
	target_add_caps(&f.policy.target, "SYS_BOOT", NULL);
	edit(&f);
	ok(!warns(&f, "no program can start"),
	   "start: --tie execve to what the container has");
	stop(&f);
}

/* The start of a container was recorded, so that nothing is added for it. */
static void test_recorded_start(void)
{
	struct fixture f;

	start(&f, "x86_64");
	f.policy.floor.runtime = FLOOR_AUTO;
	f.t.runs[0]->observe = SEGEN_OBSERVE_CONTAINER;
	see(&f, "read");
	see(&f, "setgid")->seen[0].phases = SEGEN_PHASE_RUNTIME;
	see(&f, "getuid");
	deny(&f, "getuid,setgid");
	run(&f);
	has_str(warnings_of(&f), NO_START "--deny or --tie refuses: setgid\n",
		"start: --deny of what the recorded runtime called, and only that");
	stop(&f);
}

static void test_no_effect(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	see(&f, "chmod");
	see(&f, "keyctl");
	deny(&f, "chmod,keyctl,mkdir");
	run(&f);
	has_str(warnings_of(&f),
		"--deny has no effect on calls that the profile does not allow anyway: keyctl, mkdir\n",
		"no effect: --deny of what was refused or not seen");
	edit(&f);
	has_str(warnings_of(&f),
		"--deny has no effect on calls that the profile does not allow anyway: keyctl\n",
		"no effect: --deny of what the base refuses");
	segen_strset_done(&f.policy.deny);
	gen_policy_tie(&f.policy, "chmod,fchmod,keyctl,mount=SYS_ADMIN", NULL);
	run(&f);
	has_str(warnings_of(&f), "that the base refuses: keyctl\n",
		"wider: --tie of what the base refuses");
	has_str(warnings_of(&f), "that the trace does not have: fchmod, mount\n",
		"wider: --tie of what was not seen");
	edit(&f);
	has_str(warnings_of(&f),
		"--tie has no effect on calls that the base already ties to this capability: mount\n",
		"no effect: --tie to the capability that the base asks for");
	stop(&f);
}

static void test_allow_risky(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	gen_policy_calls(&f.policy.allow, "io_uring_enter,io_uring_setup,sync", NULL);
	run(&f);
	has_str(warnings_of(&f),
		"what goes through it passes the filter): io_uring_enter, io_uring_setup\n",
		"--allow: a warning of what passes the filter");
	ok(!warns(&f, "sync"), "--allow: none for an ordinary call");
	stop(&f);
}

/* --- gates and arguments ------------------------------------------------------------ */

static void test_gates(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	see(&f, "chroot");
	see(&f, "mount");
	segen_call_value(see(&f, "clone"), 0, 17);
	f.policy.gates = GATES_ALL;
	run(&f);
	is_str(rules_of(&f, "umount2"), "allow with CAP_SYS_ADMIN",
	       "--gates=all: the rest of a group that was used");
	is_str(rules_of(&f, "reboot"), "allow with CAP_SYS_BOOT",
	       "--gates=all: a group that was not used");
	is_str(rules_of(&f, "clone"),
	       "allow with CAP_SYS_ADMIN; allow 0&0x7e020000=0 without CAP_SYS_ADMIN "
	       "not on s390,s390x",
	       "--gates=all: all of clone with CAP_SYS_ADMIN");
	f.policy.gates = GATES_NONE;
	run(&f);
	is_str(rules_of(&f, "chroot"), "allow",
	       "--gates=none: a gate that the target passes is gone");
	is_str(rules_of(&f, "mount"), "none",
	       "--gates=none: a gate that the target does not pass is shut");
	target_add_caps(&f.policy.target, "SYS_ADMIN", NULL);
	run(&f);
	is_str(rules_of(&f, "mount"), "allow",
	       "--gates=none: a capability of the target opens its gate");
	stop(&f);
}

static void test_args(void)
{
	struct fixture f;

	start(&f, "x86_64");
	segen_call_value(see(&f, "ioctl"), 1, 0x5401);
	segen_call_value(see(&f, "ioctl"), 1, 0x5413);
	segen_call_value(see(&f, "prctl"), 0, 15);
	gen_policy_args(&f.policy, "ioctl,prctl", NULL);
	run(&f);
	is_str(rules_of(&f, "ioctl"),
	       "allow 1&0xffffffff=0x5401; allow 1&0xffffffff=0x5413",
	       "--args: a rule per value, of the half that the kernel looks at");
	is_str(rules_of(&f, "prctl"), "allow 0&0xffffffff=0xf",
	       "--args: each call that is named");
	f.policy.floor.runtime = FLOOR_RUNC;
	run(&f);
	is_str(rules_of(&f, "prctl"), "allow", "--args: not for what runc calls as well");
	has_str(warnings_of(&f), "'prctl' are not narrowed: it is also allowed",
		"--args: a warning says why prctl is not narrowed");
	ok(!strstr(warnings_of(&f), "--all-args"),
	   "--args: recording all arguments is no remedy");
	stop(&f);
}

static void test_args_of_alternatives(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "fork");
	segen_call_value(see(&f, "clone"), 0, 0x3d0f00);
	gen_policy_calls(&f.policy.allow, "clone", NULL);
	gen_policy_args(&f.policy, "clone", NULL);
	run(&f);
	has_str(rules_of(&f, "clone"), "=0x3d0f00", "--args: the threads that were seen");
	f.policy.portable = true;
	run(&f);
	is_str(rules_of(&f, "clone"), "allow",
	       "--args: not for a call that also stands in for another one");
	has_str(warnings_of(&f), "'clone' are not narrowed",
		"--args: a warning says that clone is not narrowed");
	stop(&f);
}

/* --- no trace --------------------------------------------------------------------- */

static void test_edit(void)
{
	static const char *const want[][2] = {
		{"ptrace", "none"},
		{"keyctl", "allow"},
		{"chmod", "none"},
		{"mount", "none"},
	};
	struct fixture f;
	size_t rules;

	start(&f, "x86_64");
	rules = f.base.n_rules;
	gen_policy_tie(&f.policy, "chmod,fchmod,fchmodat=CAP_WAKE_ALARM", NULL);
	is_int(generate(NULL, &f.base, &f.policy, &f.p, &f.report, &f.err), 0,
	       "no trace: the base is edited");
	is_int(f.p.n_rules, rules + 1, "no trace: one rule more");
	is_str(rules_of(&f, "chmod"), "allow with CAP_WAKE_ALARM", "no trace: the tie");
	is_int(rule_of(&f, "chmod", 0)->n_names, 3, "no trace: one rule for three calls");
	ok(rule_of(&f, "chmod", 0) + 1 == rule_of(&f, "personality", 0),
	   "no trace: the tie stands before personality");
	has_str(warnings_of(&f), "'fchmodat2' can still",
		"no trace: a call that does the same is named");
	has_str(warnings_of(&f), "setxattr", "no trace: a detour is named");
	again(&f);
	gen_policy_tie(&f.policy, "mount=WAKE_ALARM", NULL);
	generate(NULL, &f.base, &f.policy, &f.p, &f.report, &f.err);
	is_str(rules_of(&f, "mount"), "allow with CAP_WAKE_ALARM",
	       "no trace: a tie takes the place of the base's capability");
	again(&f);
	gen_policy_calls(&f.policy.deny, "ptrace", NULL);
	gen_policy_calls(&f.policy.allow, "keyctl", NULL);
	f.policy.gates = GATES_NONE;
	generate(NULL, &f.base, &f.policy, &f.p, &f.report, &f.err);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++)
		is_str(rules_of(&f, want[i][0]), want[i][1],
		       "no trace, --gates=none: %s: %s", want[i][0], want[i][1]);
	stop(&f);
}

int main(void)
{
	test_wishes();
	test_closed();
	test_refused_by_container();
	test_refused_values();
	test_contradictions();
	test_start();
	test_recorded_start();
	test_no_effect();
	test_allow_risky();
	test_gates();
	test_args();
	test_args_of_alternatives();
	test_edit();
	return done();
}
