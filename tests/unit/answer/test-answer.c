/* test-answer.c: what rules for one call answer, narrowed to what was seen. */
#include "answer/answer.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

#include "tests/tap.h"

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

/* Ask about @name, which nobody else calls, or with values not seen (@unseen_use). */
static const struct answer *ask(struct fixture *f, const char *name, bool unseen_use)
{
	struct rule_ref refs[8];
	const struct segen_call *call = f->call;

	for (size_t i = 0; i < f->p.n_rules; i++)
		refs[i] = (struct rule_ref){.name = name, .rule = &f->p.rules[i]};
	seen_args_init(&f->seen, name, &call, 1, unseen_use);
	answer_done(&f->a);
	answer_of_rules(&f->p, refs, f->p.n_rules, &f->seen, &f->a);
	return &f->a;
}

/* "default", "ENOSYS", "allow", "0=0x2 | 0=0x10 & 2!=9"; valid until the next call. */
static const char *text(const struct answer *a)
{
	static const char *const ops[] = {"!=", "<", "<=", "=", ">=", ">", "&"};
	static char s[1024];
	size_t n = 0;

	if (a->kind == ANSWER_DEFAULT)
		return "default";
	if (a->kind == ANSWER_ALWAYS)
		return answer_allows(a) ? "allow" : segen_errno_name(a->verdict.err);
	for (size_t i = 0; i < a->n; i++) {
		for (unsigned k = 0; k < a->matches[i].n && n < sizeof(s); k++) {
			const struct segen_cond *c = &a->matches[i].c[k];

			n += (size_t)snprintf(s + n, sizeof(s) - n, "%s%u%s%#llx",
					      k	  ? " & "
					      : i ? " | "
						  : "",
					      c->index, ops[c->op],
					      (unsigned long long)c->value);
			if (c->op == SEGEN_CMP_MASKED_EQ && n < sizeof(s))
				n += (size_t)snprintf(s + n, sizeof(s) - n, "=%#llx",
						      (unsigned long long)c->value_two);
		}
	}
	return s;
}

/* Which of the values (UINT64_MAX ends them) the answer allows, as a string of 0 and 1.
 */
static const char *allowed(const struct answer *a, const uint64_t *values)
{
	static char s[16];
	size_t n = 0;

	for (; *values != UINT64_MAX; values++) {
		bool hit = a->kind == ANSWER_ALWAYS && answer_allows(a);

		for (size_t i = 0; i < a->n && !hit; i++)
			hit = cond_holds(&a->matches[i].c[0], *values);
		s[n++] = hit ? '1' : '0';
	}
	s[n] = '\0';
	return s;
}
#define VALUES(...) ((const uint64_t[]){__VA_ARGS__, UINT64_MAX})

static void test_order(void)
{
	struct fixture f;

	start(&f, "read", SEGEN_ACT_ERRNO);
	is_str(text(ask(&f, "read", false)), "default", "no rule: the default");
	cond(rule(&f, 0), 0, SEGEN_CMP_EQ, 1);
	rule(&f, ENOSYS);
	rule(&f, 0);
	is_str(text(ask(&f, "read", false)), "ENOSYS",
	       "several rules: the first without conditions counts");
	stop(&f);

	start(&f, "read", SEGEN_ACT_ERRNO);
	rule(&f, EPERM);
	rule(&f, 0);
	is_str(text(ask(&f, "read", false)), "allow",
	       "several rules: one that says the default does not count");
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
	is_str(text(ask(&f, "socket", false)), "0=0x2 | 0=0x10",
	       "ranges: become the values seen");
	is_int(f.a.exact, true, "ranges: the values seen make an exact answer");
	is_int(f.a.seen_refused, false, "ranges: no value seen is refused");
	segen_call_value(f.call, 0, 40);
	is_str(text(ask(&f, "socket", false)), "0=0x2 | 0=0x10",
	       "ranges: a value beside them is not allowed");
	is_int(f.a.seen_refused, true, "ranges: a value beside them is known as refused");
	ask(&f, "socket", true);
	is_str(allowed(&f.a, VALUES(37, 38, 39, 40, 41, UINT32_MAX)), "101011",
	       "unseen use: all that the rules allow stays");
	is_str(allowed(&f.a, VALUES((uint64_t)1 << 32 | 40)), "0",
	       "unseen use: the upper half of an int is no way around");
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
	is_int(f.a.exact, false, "too many values: the answer is not exact");
	is_str(allowed(&f.a, VALUES(0, 37, 38)), "110",
	       "too many values: all that the rules allow stays");
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
	is_str(text(ask(&f, "socket", false)), "0=0x4",
	       "a denying rule: its value is not allowed");
	is_int(f.a.seen_refused, true, "a denying rule: its value is known as refused");
	ask(&f, "socket", true);
	is_str(allowed(&f.a, VALUES(5, 64, 100)), "010",
	       "a denying rule: a block that holds its value is not allowed");
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
	is_str(text(ask(&f, "socket", false)), "0=0x2",
	       "podman's rules: the known argument suffices where it can");
	is_int(f.a.exact, true, "podman's rules: such an answer is exact");
	is_int(f.a.seen_refused, false, "podman's rules: nothing seen is refused");
	segen_call_value(f.call, 0, 16);
	is_str(text(ask(&f, "socket", false)), "0=0x2 | 2!=0x9",
	       "podman's rules: else the rule about the unrecorded argument stays");
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
	is_str(text(ask(&f, "socket", false)), "0=0x1e",
	       "an argument named twice: either condition will do, as in runc and crun");
	stop(&f);

	start(&f, "socket", SEGEN_ACT_ERRNO);
	r = rule(&f, 0);
	cond(r, 0, SEGEN_CMP_EQ, 1);
	cond(r, 0, SEGEN_CMP_EQ, 2);
	segen_call_value(f.call, 0, 2);
	segen_call_value(f.call, 0, 3);
	is_str(text(ask(&f, "socket", false)), "0=0x2",
	       "an argument named twice: nothing beside the conditions");
	is_int(f.a.seen_refused, true, "an argument named twice: the rest is refused");
	stop(&f);
}

static void test_default_allow(void)
{
	struct fixture f;

	start(&f, "socket", SEGEN_ACT_ALLOW);
	is_str(text(ask(&f, "socket", false)), "allow", "a default that allows: no rule");
	cond(rule(&f, EPERM), 0, SEGEN_CMP_EQ, 38);
	segen_call_value(f.call, 0, 2);
	segen_call_value(f.call, 0, 38);
	is_str(text(ask(&f, "socket", false)), "0=0x2",
	       "a default that allows: the values seen that no rule denies");
	is_int(f.a.seen_refused, true,
	       "a default that allows: the denied value is known as refused");
	ask(&f, "socket", true);
	is_str(allowed(&f.a, VALUES(37, 38, 39)), "101",
	       "a default that allows: with unseen use all but what is denied");
	stop(&f);

	start(&f, "ioctl", SEGEN_ACT_ALLOW);
	cond(rule(&f, EPERM), 1, SEGEN_CMP_EQ, 0x5412);
	segen_call_value(f.call, 1, 0x5401);
	is_str(text(ask(&f, "ioctl", false)), "1=0x5401",
	       "a default that allows: of the argument that the rule names");
	stop(&f);
}

static void test_unrecorded_bits(void)
{
	struct fixture f;

	/* Of mmap's protection three bits are recorded. */
	start(&f, "mmap", SEGEN_ACT_ERRNO);
	cond(rule(&f, 0), 2, SEGEN_CMP_LT, 0x1000);
	segen_call_value(f.call, 2, 3);
	is_str(text(ask(&f, "mmap", false)), "2<0x1000",
	       "bits that are not recorded: the rule stays as it is");
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
	is_int(answer_narrow(&f.a, &f.seen), true, "narrow: the values are known");
	is_str(text(&f.a),
	       "1&0xffffffff=0x1 & 2&0xffffffff=0x2 | 1&0xffffffff=0x6 & "
	       "2&0xffffffff=0x2",
	       "narrow: all combinations of the values seen");
	ask(&f, "setsockopt", true);
	is_int(answer_narrow(&f.a, &f.seen), false, "narrow: not with unseen use");
	is_str(text(&f.a), "allow", "narrow: a failure changes nothing");
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
