/* knowledge.c: what is known of each call, and the rules that follow. */
#include "state/knowledge.h"

#include <segen/syscall.h>

#include <linux/sched.h>
#include <string.h>
#include <sys/prctl.h>

static const char *const never[] = {
#define NEVER(name, why) #name,
#include "state/always-traced.def"
#undef NEVER
};

static bool native(const struct segen_call *c)
{
	return c->arch == segen_arch_native() && c->nr >= 0 && c->nr < SEGEN_NR_TABLE;
}

/* Two arguments that matter would take pairs of values: such a call always stops. */
static void learn_arguments(struct known_call *l, const char *name, bool args)
{
	const struct segen_arg_fact *facts;
	size_t n, matter = 0;

	facts = segen_arg_facts(&n);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(facts[i].name, name) != 0 || !(facts[i].base || args))
			continue;
		l->by_value = true;
		l->index = (unsigned char)facts[i].index;
		l->mask = facts[i].mask;
		l->never |= matter++ > 0;
	}
}

static void known_call_init(struct known_call *l, const char *name, bool args)
{
	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		l->never |= !strcmp(never[i], name);
	/* PR_SET_SECCOMP is seccomp(2) by another name: see each option once. */
	learn_arguments(l, name, args || !strcmp(name, "prctl"));
	/* Neither returns, so there is no outcome to wait for. */
	if (!strcmp(name, "exit") || !strcmp(name, "exit_group"))
		l->settled = true;
}

void knowledge_call(struct knowledge *l, int64_t nr, const char *name, bool args)
{
	if (nr < 0 || nr >= SEGEN_NR_TABLE)
		return;
	known_call_init(&l->calls[nr], name, args);
	l->version++;
}

void knowledge_outcome(struct knowledge *l, int64_t nr, int err)
{
	struct known_call *known_call;

	if (nr < 0 || nr >= SEGEN_NR_TABLE)
		return;
	known_call = &l->calls[nr];
	if (known_call->settled || (err && ++known_call->failures < KNOWLEDGE_FAILURES))
		return;
	known_call->settled = true;
	l->version++;
}

void knowledge_value(struct knowledge *l, int64_t nr)
{
	if (nr >= 0 && nr < SEGEN_NR_TABLE)
		l->version++;
}

static const struct segen_abi_rules *native_rules(const struct segen_rules *r)
{
	for (size_t i = 0; r && i < r->n_abis; i++)
		if (r->abis[i].arch == segen_arch_native())
			return &r->abis[i];
	return NULL;
}

/* Whether the policy's answer for @nr depends on arguments. */
static bool conditional(const struct segen_rules *policy, int64_t nr)
{
	const struct segen_abi_rules *a = native_rules(policy);

	for (size_t i = 0; a && i < a->n; i++)
		if (a->rules[i].nr == nr && a->rules[i].n_conds)
			return true;
	return false;
}

static bool refused(const struct segen_rules *policy, int64_t nr, const uint64_t args[6],
		    struct segen_verdict *ret)
{
	*ret = (struct segen_verdict){.action = SEGEN_ACT_ALLOW};
	if (policy)
		*ret = segen_rules_eval(policy, segen_arch_native(), nr, args);
	return !segen_verdict_lets(*ret);
}

/* Options of prctl that make a filter, or would tell of segen's. */
static bool is_watched(uint64_t option)
{
	return option == PR_SET_SECCOMP || option == PR_GET_SECCOMP ||
	       option == PR_SET_NO_NEW_PRIVS || option == PR_GET_NO_NEW_PRIVS;
}

/* One value, if the policy allows it: no watched option of prctl, no untraced clone. */
static void allow_value(struct segen_abi_rules *out, const struct known_call *l,
			int64_t nr, uint64_t value, const struct segen_rules *policy)
{
	struct segen_rule rule = {
		.nr = (int)nr,
		.n_conds = 1,
		.conds = {{
			.index = l->index,
			.op = SEGEN_CMP_MASKED_EQ,
			.value = l->mask,
			.value_two = value & l->mask,
		}},
	};
	uint64_t args[6] = {};
	struct segen_verdict v;

	args[l->index] = value;
	if (refused(policy, nr, args, &v))
		return;
	if (nr == segen_syscall_nr(segen_arch_native(), "prctl") && is_watched(value))
		return;
	if (nr == segen_syscall_nr(segen_arch_native(), "clone") &&
	    (value & CLONE_UNTRACED))
		return;
	segen_rules_add(out, &rule);
}

static void allow_call(struct segen_abi_rules *out, int64_t nr,
		       const struct segen_rules *policy)
{
	struct segen_rule rule = {.nr = (int)nr};
	const uint64_t args[6] = {};

	if (policy && conditional(policy, nr))
		return;
	if (refused(policy, nr, args, &rule.verdict) &&
	    rule.verdict.action != SEGEN_ACT_ERRNO)
		return;
	segen_rules_add(out, &rule);
}

static void rules_of_call(const struct segen_call *c, const struct known_call *known_call,
			  const struct segen_rules *policy, struct segen_abi_rules *out)
{
	const struct segen_values *values;

	if (known_call->never || !known_call->settled)
		return;
	if (!known_call->by_value) {
		allow_call(out, c->nr, policy);
		return;
	}
	values = segen_call_values(c, known_call->index);
	for (unsigned v = 0; values && v < values->n; v++)
		allow_value(out, known_call, c->nr, values->v[v], policy);
}

/* As in a run: it has succeeded, or failed often enough. */
static bool settled_by(const struct segen_call *c)
{
	uint64_t failures = 0;

	if (!segen_call_is_probe(c))
		return true;
	for (size_t i = 0; i < c->n_seen; i++)
		for (size_t k = 0; k < c->seen[i].n_outcomes; k++)
			failures += c->seen[i].outcomes[k].count;
	return failures >= KNOWLEDGE_FAILURES;
}

/* What a file knows is as good as what was seen. */
static void rules_of_known(const struct segen_call *c, const struct segen_rules *policy,
			   struct segen_abi_rules *out)
{
	_cleanup_free_ char *name = segen_syscall_name(c->arch, c->nr);
	struct known_call known_call = {.settled = settled_by(c)};

	if (!name)
		return;
	known_call_init(&known_call, name, false);
	rules_of_call(c, &known_call, policy, out);
}

void knowledge_rules(const struct knowledge *l, const struct segen_trace *t,
		     const struct segen_trace *known, const struct segen_rules *policy,
		     struct segen_rules *ret)
{
	struct segen_abi_rules *out = segen_rules_add_abi(ret, segen_arch_native());

	for (size_t i = 0; i < t->n_calls; i++)
		if (native(t->calls[i]))
			rules_of_call(t->calls[i], &l->calls[t->calls[i]->nr], policy,
				      out);
	for (size_t i = 0; known && i < known->n_calls; i++)
		if (native(known->calls[i]))
			rules_of_known(known->calls[i], policy, out);
	segen_rules_sort(ret);
}

/* Values that the rules do not look at are no longer all seen. */
static void forget_values(struct segen_call *c, const struct known_call *known_call)
{
	for (size_t i = 0; i < c->n_values; i++) {
		struct segen_values *v = &c->values[i];

		if (known_call->by_value && v->index == known_call->index)
			continue;
		v->many = true;
		v->n = 0;
	}
}

void knowledge_allowed(struct knowledge *l, const struct segen_rules *rules,
		       struct segen_trace *t, size_t run)
{
	const struct segen_abi_rules *a = native_rules(rules);

	for (size_t i = 0; a && i < a->n; i++) {
		struct segen_call *c = segen_trace_find(t, a->arch, a->rules[i].nr);

		if (!c || !c->n_seen)
			continue;
		l->calls[c->nr].allowed = true;
		segen_call_seen(c, run)->at_least = true;
		forget_values(c, &l->calls[c->nr]);
	}
}
