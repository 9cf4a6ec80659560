/* test-answer.c: what rules for one call answer, narrowed to what was seen. */
#include "answer/answer.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

#include "tap.h"

/* A profile for one call, and the values seen of it. */
struct fixture {
	struct profile p;
	struct segen_trace t;
	struct segen_call *call;
	struct seen_args seen;
	struct answer a;
};

static void start(struct fixture *f, const char *name, enum segen_action def)
{
	const struct segen_arch *arch = segen_arch_by_name("x86_64");

	*f = (struct fixture){.p = {.def = def, .def_err = PROFILE_NO_ERRNO}};
	f->call = segen_trace_call(&f->t, arch, segen_syscall_nr(arch, name), NULL);
}

static void stop(struct fixture *f)
{
	answer_done(&f->a);
	profile_done(&f->p);
	segen_trace_done(&f->t);
}

static struct profile_rule *rule(struct fixture *f, int err)
{
	struct profile_rule *r = profile_add_rule(&f->p);

	if (err) {
		r->action = SEGEN_ACT_ERRNO;
		r->err = err;
	}
	return r;
}

static void cond(struct profile_rule *r, unsigned index, enum segen_cmp op, uint64_t v)
{
	struct segen_cond c = {.index = index, .op = op, .value = v};

	profile_rule_add_cond(r, &c);
}

static const struct answer *ask(struct fixture *f, const char *name, bool any)
{
	struct rule_ref refs[8];
	const struct segen_call *call = f->call;

	for (size_t i = 0; i < f->p.n_rules; i++)
		refs[i] = (struct rule_ref){.name = name, .rule = &f->p.rules[i]};
	seen_args_init(&f->seen, name, &call, 1, any);
	answer_done(&f->a);
	answer_of_rules(&f->p, refs, f->p.n_rules, &f->seen, &f->a);
	return &f->a;
}

/* Whether the answer's only conditions are EQ with these values, in this order. */
static bool is_eq(const struct answer *a, size_t n, const uint64_t *v)
{
	if (a->kind != ANSWER_WHEN || a->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (a->matches[i].n != 1 || a->matches[i].c[0].op != SEGEN_CMP_EQ ||
		    a->matches[i].c[0].value != v[i])
			return false;
	return true;
}

static bool lets(const struct answer *a, uint64_t value)
{
	for (size_t i = 0; i < a->n; i++)
		if (cond_holds(&a->matches[i].c[0], value))
			return true;
	return a->kind == ANSWER_ALWAYS && answer_allows(a);
}

static void test_order(void)
{
	struct fixture f;

	start(&f, "read", SEGEN_ACT_ERRNO);
	ok(ask(&f, "read", false)->kind == ANSWER_DEFAULT, "no rule: the default");
	cond(rule(&f, 0), 0, SEGEN_CMP_EQ, 1);
	rule(&f, ENOSYS);
	rule(&f, 0);
	ok(ask(&f, "read", false)->kind == ANSWER_ALWAYS && f.a.verdict.err == ENOSYS,
	   "the first rule without conditions wins");
	stop(&f);

	start(&f, "read", SEGEN_ACT_ERRNO);
	rule(&f, EPERM);
	rule(&f, 0);
	ok(answer_allows(ask(&f, "read", false)), "what says the default is no rule");
	stop(&f);
}

static void test_ranges(void)
{
	struct fixture f;

	/* As in Docker's default profile. */
	start(&f, "socket", SEGEN_ACT_ERRNO);
	cond(rule(&f, 0), 0, SEGEN_CMP_LT, 38);
	cond(rule(&f, 0), 0, SEGEN_CMP_EQ, 39);
	cond(rule(&f, 0), 0, SEGEN_CMP_GT, 40);
	segen_call_value(f.call, 0, 2);
	segen_call_value(f.call, 0, 16);
	ok(is_eq(ask(&f, "socket", false), 2, (uint64_t[]){2, 16}) && f.a.exact &&
		   !f.a.seen_refused,
	   "ranges become the values seen");
	segen_call_value(f.call, 0, 40);
	ok(is_eq(ask(&f, "socket", false), 2, (uint64_t[]){2, 16}) && f.a.seen_refused,
	   "a value that is refused is seen_refused");
	ask(&f, "socket", true);
	ok(lets(&f.a, 37) && !lets(&f.a, 38) && lets(&f.a, 39) && !lets(&f.a, 40) &&
		   lets(&f.a, 41) && lets(&f.a, UINT32_MAX),
	   "with other users all that the rules let in stays");
	ok(!lets(&f.a, (uint64_t)1 << 32 | 40), "but not by the upper half");
	stop(&f);
}

static void test_many(void)
{
	struct fixture f;

	start(&f, "socket", SEGEN_ACT_ERRNO);
	cond(rule(&f, 0), 0, SEGEN_CMP_LT, 38);
	for (unsigned i = 0; i < 20; i++)
		segen_call_value(f.call, 0, i);
	ask(&f, "socket", false);
	ok(!f.a.exact && lets(&f.a, 0) && lets(&f.a, 37) && !lets(&f.a, 38),
	   "too many values are as good as unknown");
	stop(&f);
}

static void test_denied(void)
{
	struct fixture f;

	start(&f, "socket", SEGEN_ACT_ERRNO);
	cond(rule(&f, 0), 0, SEGEN_CMP_LT, 100);
	cond(rule(&f, EINVAL), 0, SEGEN_CMP_EQ, 5);
	segen_call_value(f.call, 0, 4);
	segen_call_value(f.call, 0, 5);
	ok(is_eq(ask(&f, "socket", false), 1, (uint64_t[]){4}) && f.a.seen_refused,
	   "what some rule denies is not let in");
	ask(&f, "socket", true);
	ok(!lets(&f.a, 5) && lets(&f.a, 64) && !lets(&f.a, 100),
	   "nor are the blocks that hold it");
	stop(&f);
}

static void test_podman(void)
{
	struct fixture f;
	struct profile_rule *r;

	/* As in podman's default profile: no audit netlink sockets. */
	start(&f, "socket", SEGEN_ACT_ERRNO);
	r = rule(&f, EINVAL);
	cond(r, 0, SEGEN_CMP_EQ, 16);
	cond(r, 2, SEGEN_CMP_EQ, 9);
	cond(rule(&f, 0), 2, SEGEN_CMP_NE, 9);
	cond(rule(&f, 0), 0, SEGEN_CMP_NE, 16);
	cond(rule(&f, 0), 2, SEGEN_CMP_NE, 9);
	segen_call_value(f.call, 0, 2);
	ok(is_eq(ask(&f, "socket", false), 1, (uint64_t[]){2}) && f.a.exact &&
		   !f.a.seen_refused,
	   "the values known suffice where they can");
	segen_call_value(f.call, 0, 16);
	ask(&f, "socket", false);
	ok(f.a.n == 2 && f.a.matches[0].c[0].index == 0 &&
		   f.a.matches[1].c[0].op == SEGEN_CMP_NE &&
		   f.a.matches[1].c[0].index == 2,
	   "else the rule about the unrecorded argument stays");
	stop(&f);
}

static void test_twice(void)
{
	struct fixture f;
	struct profile_rule *r;

	start(&f, "socket", SEGEN_ACT_ERRNO);
	r = rule(&f, 0);
	cond(r, 0, SEGEN_CMP_GT, 10);
	cond(r, 0, SEGEN_CMP_LT, 20);
	segen_call_value(f.call, 0, 30);
	ok(is_eq(ask(&f, "socket", false), 1, (uint64_t[]){30}),
	   "an argument named twice: either will do, as in runc and crun");
	stop(&f);
}

static void test_default_allow(void)
{
	struct fixture f;

	start(&f, "socket", SEGEN_ACT_ALLOW);
	ok(answer_allows(ask(&f, "socket", false)), "a default that lets in");
	cond(rule(&f, EPERM), 0, SEGEN_CMP_EQ, 38);
	segen_call_value(f.call, 0, 2);
	segen_call_value(f.call, 0, 38);
	ok(is_eq(ask(&f, "socket", false), 1, (uint64_t[]){2}) && f.a.seen_refused,
	   "becomes the values that no rule denies");
	ask(&f, "socket", true);
	ok(lets(&f.a, 37) && !lets(&f.a, 38) && lets(&f.a, 39),
	   "or the opposite of the one that does");
	stop(&f);
}

static void test_unrecorded_bits(void)
{
	struct fixture f;

	/* Of mmap's protection three bits are recorded. */
	start(&f, "mmap", SEGEN_ACT_ERRNO);
	cond(rule(&f, 0), 2, SEGEN_CMP_LT, 0x1000);
	segen_call_value(f.call, 2, 3);
	ask(&f, "mmap", false);
	ok(f.a.n == 1 && f.a.matches[0].c[0].op == SEGEN_CMP_LT,
	   "values decide nothing about bits that are not recorded");
	stop(&f);
}

static void test_narrow(void)
{
	struct fixture f;

	start(&f, "setsockopt", SEGEN_ACT_ERRNO);
	rule(&f, 0);
	segen_call_value(f.call, 1, 1);
	segen_call_value(f.call, 1, 6);
	segen_call_value(f.call, 2, 2);
	ask(&f, "setsockopt", false);
	ok(answer_narrow(&f.a, &f.seen) && f.a.n == 2 && f.a.matches[0].n == 2 &&
		   f.a.matches[1].c[0].op == SEGEN_CMP_MASKED_EQ &&
		   f.a.matches[1].c[0].value_two == 6,
	   "all combinations of the values seen");
	ask(&f, "setsockopt", true);
	ok(!answer_narrow(&f.a, &f.seen) && f.a.kind == ANSWER_ALWAYS,
	   "but not with other users");
	stop(&f);
}

int main(void)
{
	test_order();
	test_ranges();
	test_many();
	test_denied();
	test_podman();
	test_twice();
	test_default_allow();
	test_unrecorded_bits();
	test_narrow();
	return done();
}
