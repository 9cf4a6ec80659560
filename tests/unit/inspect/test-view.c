/* test-view.c: what a profile answers, call by call; equal to the rules' evaluation. */
#include "inspect/view.h"
#include "profile/base.h"
#include "profile/profile-io.h"
#include "tap.h"

#include <errno.h>
#include <segen/syscall.h>

static void parse(const char *text, struct profile *p)
{
	struct segen_error err = {};

	if (profile_parse(text, strlen(text), "test", p, NULL, &err) < 0)
		printf("# %s\n", err.msg);
}

/* On all samples the summary must fit what the filter says. */
static bool fits(const struct view *v, const struct segen_arch *arch, int nr)
{
	struct reply reply = view_reply(v, arch, nr);
	_cleanup_(samples_done) struct samples s = {};
	size_t n, let = 0;
	const struct segen_rule *rules = view_rules(v, arch, nr, &n);

	samples_add(&s, rules, n, NULL, 0);
	for (size_t i = 0; i < s.n; i++)
		let += segen_verdict_lets(
			segen_rules_eval(&v->rules, arch, nr, s.args[i]));
	if (reply.lets == LETS_ALL)
		return let == s.n;
	if (reply.lets == LETS_NONE)
		return let == 0;
	return let > 0 && let < s.n;
}

static void test_default(void)
{
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_(target_done) struct target t = {};
	_cleanup_(view_done) struct view v = {};
	const struct segen_arch *x86 = segen_arch_by_name("x86_64");
	bool all = true, stub;
	int top;

	base_default(&p);
	target_init_default(&t);
	target_set_arch(&t, "amd64", NULL);
	is_int(view_init(&v, &p, &t, NULL), 0, "docker's default: resolves");
	for (size_t i = 0; i < v.rules.n_abis; i++)
		for (int nr = 0; nr < SEGEN_NR_TABLE; nr++)
			all &= fits(&v, v.rules.abis[i].arch, nr);
	ok(all, "view_reply: agrees with the filter on all samples of all calls");
	is_int(view_reply_name(&v, "read").lets, LETS_ALL, "read: let in");
	is_int(view_reply_name(&v, "clone").lets, LETS_SOME, "clone: for some flags");
	is_int(view_reply_name(&v, "keyctl").lets, LETS_NONE, "keyctl: refused");
	is_int(view_reply_name(&v, "clone3").verdict.err, ENOSYS, "clone3: ENOSYS");
	top = view_abi(&v, x86)->stub_above;
	stub = view_reply(&v, x86, top + 1).stub;
	ok(stub, "stub: the number after the highest one is answered by runc");
	ok(!view_abi(&v, segen_arch_by_name("s390x")), "abi: another machine's has none");
}

static void test_origin(void)
{
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_(target_done) struct target t = {};
	_cleanup_(view_done) struct view v = {};

	parse("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":["
	      "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_ALLOW\","
	      "\"includes\":{\"caps\":[\"CAP_SYS_ADMIN\"]}},"
	      "{\"names\":[\"write\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	      &p);
	target_init_default(&t);
	view_init(&v, &p, &t, NULL);
	is_int(v.flat.n_rules, 1, "origin: one of two rules applies");
	is_int(v.origin[0], 1, "origin: it is the second");
}

static void test_refusals(void)
{
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_(target_done) struct target t = {};
	_cleanup_(view_done) struct view v = {};
	struct reply r;

	parse("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":["
	      "{\"names\":[\"socket\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":97,"
	      "\"args\":[{\"index\":0,\"value\":38,\"op\":\"SCMP_CMP_EQ\"}]}]}",
	      &p);
	target_init_default(&t);
	view_init(&v, &p, &t, NULL);
	r = view_reply_name(&v, "socket");
	is_int(r.lets, LETS_SOME,
	       "default allow: a refusal under a condition lets some in");
	is_int(r.verdict.err, 97, "default allow: the verdict is the refusal's");
	is_int(view_reply_name(&v, "read").lets, LETS_ALL,
	       "default allow: others are in");
}

int main(void)
{
	test_default();
	test_origin();
	test_refusals();
	return done();
}
