/* test-knowledge.c: what may be let go, and what never. */
#include "state/knowledge.h"
#include "tests/tap.h"

#include <segen/syscall.h>

#include <errno.h>
#include <linux/sched.h>
#include <sys/prctl.h>

static struct knowledge l;

static int64_t nr_of(const char *name)
{
	return segen_syscall_nr(segen_arch_native(), name);
}

static struct segen_call *see(struct segen_trace *t, const char *name)
{
	struct segen_call *c =
		segen_trace_call(t, segen_arch_native(), nr_of(name), NULL);

	segen_call_seen(c, 0)->count++;
	knowledge_call(&l, c->nr, name, false);
	return c;
}

static size_t rules_for(const struct segen_trace *t, const struct segen_trace *known,
			const struct segen_rules *policy, const char *name,
			struct segen_rule *ret)
{
	struct segen_rules r = {};
	size_t n = 0;

	knowledge_rules(&l, t, known, policy, &r);
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

	l = (struct knowledge){};
	see(&t, "read");
	ok(!rules_for(&t, NULL, NULL, "read", &r), "not before its outcome is known");
	knowledge_outcome(&l, nr_of("read"), 0);
	ok(rules_for(&t, NULL, NULL, "read", &r) == 1 && !r.n_conds,
	   "after its first success, whatever the arguments");
	see(&t, "openat");
	for (int i = 1; i < KNOWLEDGE_FAILURES; i++)
		knowledge_outcome(&l, nr_of("openat"), ENOENT);
	ok(!rules_for(&t, NULL, NULL, "openat", &r), "not while it may still succeed");
	knowledge_outcome(&l, nr_of("openat"), ENOENT);
	ok(rules_for(&t, NULL, NULL, "openat", &r) == 1, "after enough failures");
	see(&t, "exit_group");
	ok(rules_for(&t, NULL, NULL, "exit_group", &r) == 1, "what never comes back");
	segen_trace_done(&t);
}

static void test_never(void)
{
	static const char *const names[] = {"execve",	       "execveat",
					    "seccomp",	       "clone3",
					    "restart_syscall", "sched_getaffinity"};
	struct segen_trace t = {};
	struct segen_rule r;

	l = (struct knowledge){};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		see(&t, names[i]);
		knowledge_outcome(&l, nr_of(names[i]), 0);
		ok(!rules_for(&t, NULL, NULL, names[i], &r), "%s always stops", names[i]);
		ok(!rules_for(&t, &t, NULL, names[i], &r), "%s even when known",
		   names[i]);
	}
	segen_trace_done(&t);
}

static void test_values(void)
{
	struct segen_trace t = {};
	struct segen_call *c;
	struct segen_rule r;

	l = (struct knowledge){};
	c = see(&t, "socket");
	knowledge_outcome(&l, c->nr, 0);
	ok(!rules_for(&t, NULL, NULL, "socket", &r), "no value seen: not let go");
	segen_call_value(c, 0, 2);
	ok(rules_for(&t, NULL, NULL, "socket", &r) == 1 && r.n_conds == 1 &&
		   r.conds[0].value_two == 2,
	   "let go for the family that was seen");
	for (unsigned i = 0; i <= SEGEN_VALUES_MAX; i++)
		segen_call_value(c, 0, i);
	ok(!rules_for(&t, NULL, NULL, "socket", &r), "too many values: never let go");

	c = see(&t, "clone");
	knowledge_outcome(&l, c->nr, 0);
	segen_call_value(c, 0, CLONE_UNTRACED | CLONE_VM);
	ok(!rules_for(&t, NULL, NULL, "clone", &r), "a clone out of sight always stops");
	c = see(&t, "prctl");
	knowledge_outcome(&l, c->nr, 0);
	segen_call_value(c, 0, PR_SET_SECCOMP);
	ok(!rules_for(&t, NULL, NULL, "prctl", &r), "so does a filter by prctl");
	segen_call_value(c, 0, PR_SET_NAME);
	ok(rules_for(&t, NULL, NULL, "prctl", &r) == 1, "other options do not");
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
	l = (struct knowledge){};
	knowledge_outcome(&l, see(&t, "mount")->nr, EPERM);
	for (int i = 0; i < KNOWLEDGE_FAILURES; i++)
		knowledge_outcome(&l, nr_of("mount"), EPERM);
	ok(rules_for(&t, NULL, &p, "mount", &r) == 1 &&
		   r.verdict.action == SEGEN_ACT_ERRNO && r.verdict.err == EPERM,
	   "a refused call is answered as the policy does");
	see(&t, "personality");
	knowledge_outcome(&l, nr_of("personality"), 0);
	segen_call_value(segen_trace_find(&t, segen_arch_native(), nr_of("personality")),
			 0, 8);
	segen_call_value(segen_trace_find(&t, segen_arch_native(), nr_of("personality")),
			 0, 9);
	ok(rules_for(&t, NULL, &p, "personality", &r) == 1 && r.conds[0].value_two == 8,
	   "of the values seen, those that the policy lets");
	segen_trace_done(&t);
	segen_rules_done(&p);
}

static void test_known(void)
{
	struct segen_trace t = {}, known = {};
	struct segen_call *c =
		segen_trace_call(&known, segen_arch_native(), nr_of("getppid"), NULL);
	struct segen_rule r;

	l = (struct knowledge){};
	ok(rules_for(&t, &known, NULL, "getppid", &r) == 1,
	   "what a file knows is let go");
	segen_seen_outcome(segen_call_seen(c, 0), ENOSYS, 3);
	ok(!rules_for(&t, &known, NULL, "getppid", &r), "but not what only failed there");
	segen_seen_outcome(segen_call_seen(c, 0), ENOSYS, KNOWLEDGE_FAILURES);
	ok(rules_for(&t, &known, NULL, "getppid", &r) == 1, "unless often enough");
	segen_trace_done(&t);
	segen_trace_done(&known);
}

static void test_let_go(void)
{
	struct segen_trace t = {};
	struct segen_rules rules = {};
	struct segen_call *c;

	l = (struct knowledge){};
	c = see(&t, "ioctl");
	segen_call_value(c, 1, 0x5401);
	knowledge_outcome(&l, c->nr, 0);
	knowledge_rules(&l, &t, NULL, NULL, &rules);
	knowledge_allowed(&l, &rules, &t, 0);
	ok(c->seen[0].at_least, "its count is a lower bound from now on");
	ok(c->values[0].many, "and its values are no longer all known");
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
	test_let_go();
	return done();
}
