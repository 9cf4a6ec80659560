/* test-generate-policy.c: what the user's wishes do to a profile. */
#include "helpers/generate-fixture.h"

#include "tap.h"

/* --- wishes ----------------------------------------------------------------------- */

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
	ok(is_gated(rule_of(&f, "chmod", 0), "CAP_WAKE_ALARM") &&
		   !rule_of(&f, "chmod", 1),
	   "--tie: chmod moves behind its gate");
	ok(is_gated(rule_of(&f, "fchmod", 0), "CAP_WAKE_ALARM"),
	   "what was not seen as well");
	ok(warns(&f, "'fchmodat2' can still change a file's mode") &&
		   warns(&f, "--tie chmod,fchmod,fchmodat2=CAP_WAKE_ALARM"),
	   "a way around is named, with the option that closes it");
	ok(is_plain(rule_of(&f, "socket", 0)) && is_plain(rule_of(&f, "bpf", 0)),
	   "--allow: without conditions, without gates");
	ok(warns(&f, "'socket' is allowed with any arguments") &&
		   warns(&f, "'bpf' is allowed without a capability"),
	   "which is said");
	ok(!rule_of(&f, "read", 0), "--deny: out");
	ok(!rule_of(&f, "keyctl", 0), "a refused call stays out");
	f.policy.allow_refused = true;
	run(&f);
	ok(is_plain(rule_of(&f, "keyctl", 0)), "--refused=allow lets it in");
	stop(&f);
}

static void test_refused_by_container(void)
{
	struct fixture f;

	start(&f, "x86_64");
	f.t.runs[0]->observe = xstrdup("container");
	see(&f, "read");
	see_in(&f, 0, "chmod", EPERM)->seen[0].refused = 1;
	see_in(&f, 0, "mkdir", EPERM)->seen[0].refused = 1;
	see_in(&f, 0, "mkdir", 0);
	run(&f);
	ok(rule_of(&f, "read", 0) && !rule_of(&f, "chmod", 0),
	   "what the container's own filter refused is left out");
	ok(is_plain(rule_of(&f, "mkdir", 0)), "unless it did so sometimes only");
	f.policy.allow_refused = true;
	run(&f);
	ok(is_plain(rule_of(&f, "chmod", 0)), "--refused=allow lets it in");
	f.policy.allow_refused = false;
	free(f.t.runs[0]->observe);
	f.t.runs[0]->observe = xstrdup("base");
	run(&f);
	ok(is_plain(rule_of(&f, "chmod", 0)), "another base may let in what one refused");
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
	ok(is_eq(rule_of(&f, "socket", 0), 2) && is_eq(rule_of(&f, "socket", 1), 38) &&
		   !rule_of(&f, "socket", 2),
	   "--refused=allow lets in the values that were seen, no others");
	stop(&f);
}

static void test_contradictions(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	gen_policy_calls(&f.policy.allow, "chmod", NULL);
	gen_policy_calls(&f.policy.deny, "chmod", NULL);
	ok(!run(&f) && strstr(f.err.msg, "'chmod'"), "allowed and denied: %s", f.err.msg);
	segen_strset_done(&f.policy.deny);
	gen_policy_tie(&f.policy, "chmod=WAKE_ALARM", NULL);
	ok(!run(&f) && strstr(f.err.msg, "tied"), "allowed and tied: %s", f.err.msg);
	ok(gen_policy_tie(&f.policy, "chmod", &f.err) == -EINVAL &&
		   gen_policy_tie(&f.policy, "chmod=CAP_NOPE", &f.err) == -EINVAL &&
		   gen_policy_tie(&f.policy, "chmot=CAP_BPF", &f.err) == -EINVAL,
	   "bad ties: %s", f.err.msg);
	ok(gen_policy_args(&f.policy, "read", &f.err) == -EINVAL, "bad --args: %s",
	   f.err.msg);
	stop(&f);
}

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
	ok(is_gated(rule_of(&f, "umount2", 0), "CAP_SYS_ADMIN") &&
		   is_gated(rule_of(&f, "reboot", 0), "CAP_SYS_BOOT"),
	   "--gates=all: whole groups");
	ok(rule_of(&f, "clone", 1) && !rule_of(&f, "clone", 2) &&
		   (is_gated(rule_of(&f, "clone", 0), "CAP_SYS_ADMIN") ||
		    is_gated(rule_of(&f, "clone", 1), "CAP_SYS_ADMIN")),
	   "with all of clone behind CAP_SYS_ADMIN");
	f.policy.gates = GATES_NONE;
	run(&f);
	ok(is_plain(rule_of(&f, "chroot", 0)) && !rule_of(&f, "mount", 0),
	   "--gates=none: the target decides");
	target_add_caps(&f.policy.target, "SYS_ADMIN", NULL);
	run(&f);
	ok(is_plain(rule_of(&f, "mount", 0)), "also when it has more");
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
	ok(rule_of(&f, "ioctl", 1) && !rule_of(&f, "ioctl", 2) &&
		   rule_of(&f, "ioctl", 0)->conds[0].op == SEGEN_CMP_MASKED_EQ &&
		   rule_of(&f, "ioctl", 0)->conds[0].value == UINT32_MAX,
	   "--args: one rule per value, the half that the kernel looks at");
	f.policy.floor.runtime = FLOOR_RUNC;
	run(&f);
	ok(is_plain(rule_of(&f, "prctl", 0)) &&
		   warns(&f, "'prctl' are not narrowed: it is also there") &&
		   !warns(&f, "--all-args"),
	   "not for what the runtime calls as well");
	stop(&f);
}

static void test_args_of_twins(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "fork");
	segen_call_value(see(&f, "clone"), 0, 0x3d0f00);
	gen_policy_calls(&f.policy.allow, "clone", NULL);
	gen_policy_args(&f.policy, "clone", NULL);
	run(&f);
	ok(rule_of(&f, "clone", 0)->n_conds, "--args: the threads that were seen");
	f.policy.portable = true;
	run(&f);
	ok(is_plain(rule_of(&f, "clone", 0)) && warns(&f, "'clone' are not narrowed"),
	   "not for what stands in for another call, with its own arguments");
	stop(&f);
}

/* --- no trace --------------------------------------------------------------------- */

static void test_edit(void)
{
	struct fixture f;
	size_t rules;

	start(&f, "x86_64");
	rules = f.base.n_rules;
	gen_policy_tie(&f.policy, "chmod,fchmod,fchmodat=CAP_WAKE_ALARM", NULL);
	ok(generate(NULL, &f.base, &f.policy, &f.p, &f.report, &f.err) == 0,
	   "the base is edited (%s)", f.err.msg);
	ok(f.p.n_rules == rules + 1 &&
		   is_gated(rule_of(&f, "chmod", 0), "CAP_WAKE_ALARM") &&
		   rule_of(&f, "chmod", 0)->n_names == 3 && !rule_of(&f, "chmod", 1),
	   "one rule more, for three calls");
	ok(rule_of(&f, "chmod", 0) + 1 == rule_of(&f, "personality", 0),
	   "before personality");
	ok(warns(&f, "'fchmodat2' can still") && warns(&f, "setxattr"),
	   "the ways around are named");
	again(&f);
	gen_policy_calls(&f.policy.deny, "ptrace", NULL);
	gen_policy_calls(&f.policy.allow, "keyctl", NULL);
	f.policy.gates = GATES_NONE;
	generate(NULL, &f.base, &f.policy, &f.p, &f.report, &f.err);
	ok(!rule_of(&f, "ptrace", 0) && is_plain(rule_of(&f, "keyctl", 0)) &&
		   !rule_of(&f, "chmod", 0) && !rule_of(&f, "mount", 0),
	   "resolved with --gates=none");
	stop(&f);
}

int main(void)
{
	test_wishes();
	test_refused_by_container();
	test_refused_values();
	test_contradictions();
	test_gates();
	test_args();
	test_args_of_twins();
	test_edit();
	return done();
}
