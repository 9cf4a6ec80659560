/* test-knowledge.c: what a filter may allow, and what never. */
#include "state/knowledge.h"
#include "tests/tap.h"

#include <segen/syscall.h>

#include <errno.h>
#include <linux/sched.h>
#include <sys/prctl.h>

static struct knowledge k;

static int64_t nr_of(const char *name)
{
	return segen_syscall_nr(segen_arch_native(), name);
}

static struct segen_call *see(struct segen_trace *t, const char *name)
{
	struct segen_call *c =
		segen_trace_call(t, segen_arch_native(), nr_of(name), NULL);

	segen_call_seen(c, 0)->count++;
	knowledge_call(&k, c->nr, name, false);
	return c;
}

static size_t rules_for(const struct segen_trace *t, const struct segen_trace *known,
			const struct segen_rules *policy, const char *name,
			struct segen_rule *ret)
{
	struct segen_rules r = {};
	size_t n = 0;

	*ret = (struct segen_rule){};
	knowledge_rules(&k, t, known, policy, &r);
	for (size_t i = 0; i < r.abis[0].n; i++)
		if (r.abis[0].rules[i].nr == nr_of(name)) {
			*ret = r.abis[0].rules[i];
			n++;
		}
	segen_rules_done(&r);
	return n;
}

static void test_outcomes(void)
{
	struct segen_trace t = {};
	struct segen_rule r;

	k = (struct knowledge){};
	see(&t, "read");
	ok(!rules_for(&t, NULL, NULL, "read", &r),
	   "read: not before its outcome is known");
	knowledge_outcome(&k, nr_of("read"), 0);
	is_int((intmax_t)rules_for(&t, NULL, NULL, "read", &r), 1,
	       "read: allowed after its first success");
	is_int(r.n_conds, 0, "read: whatever the arguments");
	see(&t, "openat");
	for (int i = 1; i < KNOWLEDGE_FAILURES; i++)
		knowledge_outcome(&k, nr_of("openat"), ENOENT);
	ok(!rules_for(&t, NULL, NULL, "openat", &r),
	   "openat: not while it may still succeed");
	knowledge_outcome(&k, nr_of("openat"), ENOENT);
	is_int((intmax_t)rules_for(&t, NULL, NULL, "openat", &r), 1,
	       "openat: allowed after enough failures");
	see(&t, "exit_group");
	is_int((intmax_t)rules_for(&t, NULL, NULL, "exit_group", &r), 1,
	       "exit_group: allowed, as it never returns");
	segen_trace_done(&t);
}

static void test_never(void)
{
	static const char *const names[] = {"execve",	       "execveat",
					    "seccomp",	       "clone3",
					    "restart_syscall", "sched_getaffinity"};
	struct segen_trace t = {};
	struct segen_rule r;

	k = (struct knowledge){};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		see(&t, names[i]);
		knowledge_outcome(&k, nr_of(names[i]), 0);
		ok(!rules_for(&t, NULL, NULL, names[i], &r), "%s: always stops",
		   names[i]);
		ok(!rules_for(&t, &t, NULL, names[i], &r),
		   "%s: stops even if an earlier trace has it", names[i]);
	}
	segen_trace_done(&t);
}

static void test_values(void)
{
	struct segen_trace t = {};
	struct segen_call *c;
	struct segen_rule r;

	k = (struct knowledge){};
	c = see(&t, "socket");
	knowledge_outcome(&k, c->nr, 0);
	ok(!rules_for(&t, NULL, NULL, "socket", &r), "socket: not without a value");
	segen_call_value(c, 0, 2);
	is_int((intmax_t)rules_for(&t, NULL, NULL, "socket", &r), 1,
	       "socket: allowed by value");
	is_int(r.n_conds, 1, "socket: one argument matters");
	is_int((intmax_t)r.conds[0].value_two, 2, "socket: for the family that was seen");
	for (unsigned i = 0; i <= SEGEN_VALUES_MAX; i++)
		segen_call_value(c, 0, i);
	ok(!rules_for(&t, NULL, NULL, "socket", &r), "socket: not with too many values");

	c = see(&t, "clone");
	knowledge_outcome(&k, c->nr, 0);
	segen_call_value(c, 0, CLONE_UNTRACED | CLONE_VM);
	ok(!rules_for(&t, NULL, NULL, "clone", &r),
	   "clone: always stops with CLONE_UNTRACED");
	c = see(&t, "prctl");
	knowledge_outcome(&k, c->nr, 0);
	segen_call_value(c, 0, PR_SET_SECCOMP);
	ok(!rules_for(&t, NULL, NULL, "prctl", &r),
	   "prctl: always stops if it loads a filter");
	segen_call_value(c, 0, PR_SET_NAME);
	is_int((intmax_t)rules_for(&t, NULL, NULL, "prctl", &r), 1,
	       "prctl: other options are allowed");
	segen_trace_done(&t);
}

static void test_policy(void)
{
	struct segen_rules p = {.def = {SEGEN_ACT_ERRNO, EPERM}};
	struct segen_abi_rules *a = segen_rules_add_abi(&p, segen_arch_native());
	struct segen_trace t = {};
	struct segen_rule r = {.nr = (int)nr_of("personality"), .n_conds = 1};

	r.conds[0] = (struct segen_cond){.index = 0, .op = SEGEN_CMP_EQ, .value = 8};
	segen_rules_add(a, &r);
	k = (struct knowledge){};
	knowledge_outcome(&k, see(&t, "mount")->nr, EPERM);
	for (int i = 0; i < KNOWLEDGE_FAILURES; i++)
		knowledge_outcome(&k, nr_of("mount"), EPERM);
	is_int((intmax_t)rules_for(&t, NULL, &p, "mount", &r), 1,
	       "a refused call has a rule");
	is_int(r.verdict.action, SEGEN_ACT_ERRNO, "a refused call fails");
	is_int(r.verdict.err, EPERM, "a refused call fails as the policy says");
	see(&t, "personality");
	knowledge_outcome(&k, nr_of("personality"), 0);
	segen_call_value(segen_trace_find(&t, segen_arch_native(), nr_of("personality")),
			 0, 8);
	segen_call_value(segen_trace_find(&t, segen_arch_native(), nr_of("personality")),
			 0, 9);
	is_int((intmax_t)rules_for(&t, NULL, &p, "personality", &r), 1,
	       "of two values seen the policy allows one");
	is_int((intmax_t)r.conds[0].value_two, 8, "of two values seen: the right one");
	segen_trace_done(&t);
	segen_rules_done(&p);
}

static void test_known(void)
{
	struct segen_trace t = {}, known = {};
	struct segen_call *c =
		segen_trace_call(&known, segen_arch_native(), nr_of("getppid"), NULL);
	struct segen_rule r;

	k = (struct knowledge){};
	is_int((intmax_t)rules_for(&t, &known, NULL, "getppid", &r), 1,
	       "an earlier trace: what it has is allowed");
	segen_seen_outcome(segen_call_seen(c, 0), ENOSYS, 3);
	ok(!rules_for(&t, &known, NULL, "getppid", &r),
	   "an earlier trace: not what only failed");
	segen_seen_outcome(segen_call_seen(c, 0), ENOSYS, KNOWLEDGE_FAILURES);
	is_int((intmax_t)rules_for(&t, &known, NULL, "getppid", &r), 1,
	       "an earlier trace: what failed often enough");
	segen_trace_done(&t);
	segen_trace_done(&known);
}

static void test_allowed(void)
{
	struct segen_trace t = {};
	struct segen_rules rules = {};
	struct segen_call *c;

	k = (struct knowledge){};
	c = see(&t, "ioctl");
	segen_call_value(c, 1, 0x5401);
	knowledge_outcome(&k, c->nr, 0);
	knowledge_rules(&k, &t, NULL, NULL, &rules);
	knowledge_allowed(&k, &rules, &t, 0);
	ok(c->seen[0].at_least,
	   "an allowed call: its count is a lower bound from now on");
	ok(c->values[0].many, "an allowed call: its values are no longer all known");
	segen_rules_done(&rules);
	segen_trace_done(&t);
}

int main(void)
{
	test_outcomes();
	test_never();
	test_values();
	test_policy();
	test_known();
	test_allowed();
	return done();
}
