/*
 * test-generate-property.c: what must hold for any observations, base and policy: never
 * wider than the base, never without what was seen and may be, no contradictions, equal
 * input gives equal bytes.
 */
#include "helpers/random-generation.h"

#include "facts/facts.h"
#include "profile/profile-io.h"
#include "target/resolve.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

#include "tests/tap.h"

#define ROUNDS 200
#define TARGETS 12

/* --- what a profile lets in ------------------------------------------------------- */

struct view {
	struct profile flat;
	struct segen_rules rules;
};

static void view_done(struct view *v)
{
	profile_done(&v->flat);
	segen_rules_done(&v->rules);
}

static bool view_init(struct view *v, const struct profile *p, const struct target *t)
{
	*v = (struct view){};
	return resolve(p, t, &v->flat, NULL) == 0 &&
	       resolve_rules(&v->flat, t, false, &v->rules, NULL) == 0;
}

static struct segen_verdict verdict(const struct view *v, const struct seen_call *c)
{
	int nr = segen_syscall_nr(c->arch, c->name);

	return segen_rules_eval(&v->rules, c->arch, nr, c->args);
}

static bool allows(const struct view *v, const struct seen_call *c)
{
	return segen_verdict_lets(verdict(v, c));
}

/* --- the properties --------------------------------------------------------------- */

struct round {
	unsigned seed;
	struct profile base, p;
	struct workload w;
	struct gen_policy policy;
	struct gen_report report;
};

static unsigned n_wider, n_missing, n_mixed, n_other, n_made, n_no_fallback, n_fallbacks,
	n_killed;

static bool was_seen(const struct round *r, const char *name)
{
	for (size_t i = 0; i < r->w.n; i++)
		if (!strcmp(r->w.v[i].name, name))
			return true;
	return false;
}

static bool is_tied(const struct gen_policy *p, const char *name)
{
	for (size_t i = 0; i < p->n_ties; i++)
		if (segen_strset_has(&p->ties[i].names, name))
			return true;
	return false;
}

/* The user asked for it. */
static bool told(const struct round *r, const char *name)
{
	return segen_strset_has(&r->policy.allow, name) || is_tied(&r->policy, name) ||
	       (r->policy.allow_refused && was_seen(r, name));
}

static bool complain(const struct round *r, const char *what, const struct seen_call *c,
		     const struct target *t)
{
	printf("# round %u: %s: %s %s(%#llx, %#llx, %#llx), %s, kernel %u.%u, caps",
	       r->seed, what, c->arch->name, c->name, (unsigned long long)c->args[0],
	       (unsigned long long)c->args[1], (unsigned long long)c->args[2],
	       t->arch->name, t->kernel_major, t->kernel_minor);
	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if (segen_strset_has(&t->caps, caps[i]))
			printf(" %s", caps[i]);
	printf("\n");
	return false;
}

static bool never_wider(const struct round *r, const struct target *t,
			const struct view *base, const struct view *v)
{
	bool fine = true;

	for (unsigned i = 0; i < 60; i++) {
		struct seen_call c = {.arch = t->arch,
				      .name = names[i % ARRAY_SIZE(names)]};

		if (t->arch == segen_arch_by_name("x86_64") && maybe(20))
			c.arch = segen_arch_by_name("i386");
		for (unsigned k = 0; k < 6; k++)
			c.args[k] = maybe(5) ? (uint64_t)pick(64) << 32 | some_value()
					     : some_value();
		if (segen_syscall_nr(c.arch, c.name) < 0 || told(r, c.name))
			continue;
		if (allows(v, &c) && !allows(base, &c))
			fine = complain(r, "wider than the base", &c, t);
	}
	return fine;
}

static bool never_missing(const struct round *r, const struct target *t,
			  const struct view *base, const struct view *v)
{
	bool fine = true;

	for (size_t i = 0; i < r->w.n; i++) {
		const struct seen_call *c = &r->w.v[i];

		if (segen_strset_has(&r->policy.deny, c->name) ||
		    is_tied(&r->policy, c->name))
			continue;
		if (segen_strset_has(&r->policy.allow, c->name) ||
		    (allows(base, c) && t->arch == c->arch)) {
			if (c->arch == t->arch && !allows(v, c))
				fine = complain(r, "missing", c, t);
		}
	}
	return fine;
}

/* What was seen is not killed for unless the base does. */
static bool kills_as_base(const struct round *r, const struct target *t,
			  const struct view *base, const struct view *v)
{
	bool fine = true;

	for (size_t i = 0; i < r->w.n; i++) {
		const struct seen_call *c = &r->w.v[i];
		bool kills = verdict(v, c).action == SEGEN_ACT_KILL_PROCESS;

		if (c->arch != t->arch || told(r, c->name) ||
		    segen_strset_has(&r->policy.deny, c->name))
			continue;
		if (kills && verdict(base, c).action != SEGEN_ACT_KILL_PROCESS)
			fine = complain(r, "killed for", c, t);
	}
	return fine;
}

static bool has_conds(const struct profile *p, const char *name)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].n_conds && profile_rule_has(&p->rules[i], name))
			return true;
	return false;
}

/*
 * What was seen to succeed and is answered with ENOSYS: the calls that programs make
 * instead are allowed where the base allows them.  Not those with conditions, which stay
 * even where a capability lifts them.
 */
static bool falls_back(const struct round *r, const struct target *t,
		       const struct view *base, const struct view *v,
		       const struct seen_call *seen)
{
	struct segen_verdict answer = verdict(v, seen);
	size_t n;
	const struct fallback_fact *f = fallback_facts(&n);
	bool fine = true;

	if (answer.action != SEGEN_ACT_ERRNO || answer.err != ENOSYS)
		return true;
	for (size_t i = 0; i < n; i++) {
		struct seen_call c = {.arch = seen->arch, .name = f[i].call};

		if (strcmp(f[i].name, seen->name) != 0 ||
		    segen_syscall_nr(c.arch, c.name) < 0 ||
		    segen_strset_has(&r->policy.deny, c.name) ||
		    is_tied(&r->policy, c.name) || has_conds(&r->base, c.name))
			continue;
		n_fallbacks++;
		for (unsigned k = 0; k < 6; k++)
			c.args[k] = some_value();
		if (allows(base, &c) && !allows(v, &c))
			fine = complain(r, "without a fallback", &c, t);
	}
	return fine;
}

static bool always_falls_back(const struct round *r, const struct target *t,
			      const struct view *base, const struct view *v)
{
	bool fine = true;

	for (size_t i = 0; i < r->w.n; i++)
		if (r->w.v[i].arch == t->arch)
			fine &= falls_back(r, t, base, v, &r->w.v[i]);
	return fine;
}

/* An int, as far as anyone knows. */
static bool is_int_arg(const char *name, unsigned index)
{
	size_t n;
	const struct segen_arg_fact *f = segen_arg_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].index == index && !strcmp(f[i].name, name))
			return f[i].mask == UINT32_MAX;
	return false;
}

static bool rule_is_sound(const struct profile_rule *r)
{
	unsigned used = 0;

	if (r->action != SEGEN_ACT_ALLOW)
		return !r->n_conds && r->n_names;
	for (size_t i = 0; i < r->n_conds; i++) {
		bool range = r->conds[i].op != SEGEN_CMP_EQ &&
			     r->conds[i].op != SEGEN_CMP_MASKED_EQ;

		if (range && r->n_conds == 1 &&
		    is_int_arg(r->names[0], r->conds[i].index))
			return false;
		if (used & 1u << r->conds[i].index)
			return false;
		used |= 1u << r->conds[i].index;
	}
	return r->n_names;
}

static bool agree(const struct profile_rule *a, const struct profile_rule *b)
{
	return !a->n_conds == !b->n_conds && a->action == b->action &&
	       profile_rule_errno(a) == profile_rule_errno(b);
}

/* One call, one answer or one set of conditions. */
static bool consistent(const struct round *r, const struct view *v)
{
	for (size_t i = 0; i < v->flat.n_rules; i++) {
		const struct profile_rule *a = &v->flat.rules[i];

		if (!rule_is_sound(a)) {
			printf("# round %u: a bad rule for %s\n", r->seed, a->names[0]);
			return false;
		}
		for (size_t n = 0; n < a->n_names; n++) {
			for (size_t k = 0; k < i; k++) {
				if (!profile_rule_has(&v->flat.rules[k], a->names[n]) ||
				    agree(a, &v->flat.rules[k]))
					continue;
				printf("# round %u: rules for %s differ\n", r->seed,
				       a->names[n]);
				return false;
			}
		}
	}
	return true;
}

static bool same_again(const struct round *r)
{
	struct segen_trace t = {};
	struct profile p = {};
	struct gen_report report = {};
	struct segen_buf a = {}, b = {};
	bool same;

	make_trace(&t, &r->w, true);
	same = generate(&t, &r->base, &r->policy, &p, &report, NULL) == 0;
	profile_format(&r->p, PROFILE_PRETTY, &a);
	if (same)
		profile_format(&p, PROFILE_PRETTY, &b);
	same = same && a.len == b.len && !memcmp(a.s, b.s, a.len);
	if (!same)
		printf("# round %u: another profile the second time\n", r->seed);
	segen_buf_done(&a);
	segen_buf_done(&b);
	gen_report_done(&report);
	profile_done(&p);
	segen_trace_done(&t);
	return same;
}

static void check_target(const struct round *r, const struct target *t)
{
	struct view base, v;

	if (view_init(&base, &r->base, t)) {
		if (view_init(&v, &r->p, t)) {
			n_wider += !never_wider(r, t, &base, &v);
			n_missing += !never_missing(r, t, &base, &v);
			n_mixed += !consistent(r, &v);
			n_killed += !kills_as_base(r, t, &base, &v);
			n_no_fallback += !always_falls_back(r, t, &base, &v);
		}
		view_done(&v);
	}
	view_done(&base);
}

static void check_round(const struct round *r)
{
	n_made++;
	n_other += !same_again(r);
	check_target(r, &r->policy.target);
	/* Without gates the profile is for one target only. */
	for (unsigned i = 0; r->policy.gates != GATES_NONE && i < TARGETS; i++) {
		struct target t;

		some_target(&t);
		check_target(r, &t);
		target_done(&t);
	}
}

static void play_round(unsigned seed)
{
	struct round r = {.seed = seed};
	struct segen_trace t = {};

	state = 0x9e3779b97f4a7c15u * (seed + 1);
	for (unsigned i = 0; i < 8; i++)
		pick(2);
	some_base(&r.base);
	some_workload(&r.w);
	some_policy(&r.policy);
	make_trace(&t, &r.w, false);
	if (generate(&t, &r.base, &r.policy, &r.p, &r.report, NULL) == 0)
		check_round(&r);
	segen_trace_done(&t);
	profile_done(&r.base);
	profile_done(&r.p);
	gen_policy_done(&r.policy);
	gen_report_done(&r.report);
}

int main(int argc, char **argv)
{
	/* More rounds by hand: test-generate-property FROM TO */
	unsigned from = argc > 2 ? (unsigned)atoi(argv[1]) : 0;
	unsigned to = argc > 2 ? (unsigned)atoi(argv[2]) : ROUNDS;

	for (unsigned i = from; i < to; i++)
		play_round(i);
	ok(n_made > (to - from) / 2, "random input: %u profiles are made", n_made);
	ok(!n_wider, "random input: never wider than the base, unless told so");
	ok(!n_missing, "random input: never without what was seen and the base allows");
	ok(n_fallbacks > to - from, "random input: %u fallbacks are tried", n_fallbacks);
	ok(!n_no_fallback, "random input: never ENOSYS without the fallbacks");
	ok(!n_killed, "random input: nothing is killed for that the base does not");
	ok(!n_mixed, "random input: one call, one answer; EQ and MASKED_EQ only");
	ok(!n_other, "random input: equal bytes, in whatever order it was seen");
	return done();
}
