/* rules.c: collects flat rules, and evaluates what a filter made of them answers. */
#include <segen/rules.h>

#include <segen/arch.h>

#include <segen/util.h>

#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>

struct segen_abi_rules *segen_rules_add_abi(struct segen_rules *r,
					    const struct segen_arch *arch)
{
	GROW(r->abis, r->n_abis, r->cap_abis);
	r->abis[r->n_abis] = (struct segen_abi_rules){.arch = arch, .stub_above = -1};
	return &r->abis[r->n_abis++];
}

void segen_rules_reserve(struct segen_abi_rules *a, size_t n)
{
	if (n <= a->cap)
		return;
	a->rules = xreallocarray(a->rules, n, sizeof(*a->rules));
	a->cap = n;
}

void segen_rules_add(struct segen_abi_rules *a, const struct segen_rule *rule)
{
	GROW(a->rules, a->n, a->cap);
	a->rules[a->n++] = *rule;
}

/* The order among the rules of one call is part of their meaning. */
static int compare_rules(const void *pa, const void *pb)
{
	const struct segen_rule *a = pa, *b = pb;

	if (a->nr != b->nr)
		return a->nr < b->nr ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

void segen_rules_sort(struct segen_rules *r)
{
	for (size_t i = 0; i < r->n_abis; i++) {
		struct segen_abi_rules *a = &r->abis[i];

		for (size_t k = 0; k < a->n; k++)
			a->rules[k].at = (unsigned)k;
		if (a->n)
			qsort(a->rules, a->n, sizeof(*a->rules), compare_rules);
	}
}

void segen_rules_done(struct segen_rules *r)
{
	for (size_t i = 0; i < r->n_abis; i++)
		free(r->abis[i].rules);
	free(r->abis);
	*r = (struct segen_rules){};
}

/*
 * The part of an argument that a filter looks at: libseccomp compares low halves only
 * where it takes registers for 32 bits wide, x32 and n32 among them.
 */
static uint64_t register_mask(const struct segen_arch *arch)
{
	const bool wide = arch->audit & __AUDIT_ARCH_64BIT &&
			  !(arch->audit & __AUDIT_ARCH_CONVENTION_MIPS64_N32) &&
			  arch->scmp != SCMP_ARCH_X32;

	return wide ? UINT64_MAX : UINT32_MAX;
}

static bool holds(const struct segen_cond *c, const uint64_t args[6], uint64_t mask)
{
	uint64_t arg = args[c->index] & mask, value = c->value & mask;

	switch (c->op) {
	case SEGEN_CMP_NE: return arg != value;
	case SEGEN_CMP_LT: return arg < value;
	case SEGEN_CMP_LE: return arg <= value;
	case SEGEN_CMP_EQ: return arg == value;
	case SEGEN_CMP_GE: return arg >= value;
	case SEGEN_CMP_GT: return arg > value;
	case SEGEN_CMP_MASKED_EQ: return (arg & value) == (c->value_two & mask);
	}
	return false;
}

static bool matches(const struct segen_rule *rule, const uint64_t args[6], uint64_t mask)
{
	for (unsigned i = 0; i < rule->n_conds; i++)
		if (!holds(&rule->conds[i], args, mask))
			return false;
	return true;
}

/* The first rule of @nr, or where it would be. */
static size_t first_of(const struct segen_abi_rules *a, int64_t nr)
{
	size_t lo = 0, hi = a->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (a->rules[mid].nr < nr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct segen_verdict eval_abi(const struct segen_abi_rules *a,
				     struct segen_verdict def, int64_t nr,
				     const uint64_t args[6])
{
	const uint64_t mask = register_mask(a->arch);
	const struct segen_rule *match = NULL;

	for (size_t i = first_of(a, nr); i < a->n && a->rules[i].nr == nr; i++) {
		const struct segen_rule *rule = &a->rules[i];

		if (!rule->n_conds)
			return rule->verdict;
		if (!match && matches(rule, args, mask))
			match = rule;
	}
	return match ? match->verdict : def;
}

static const struct segen_abi_rules *find_abi(const struct segen_rules *r,
					      const struct segen_arch *arch)
{
	for (size_t i = 0; i < r->n_abis; i++)
		if (r->abis[i].arch == arch)
			return &r->abis[i];
	return NULL;
}

/*
 * A number of x86-64 with x32's bit that is beyond those of both.  runc's stub asks for
 * that bit first, and libseccomp leaves -1 to x86-64; measured with runc 1.1.5.
 */
static struct segen_verdict eval_beyond(const struct segen_rules *r, int64_t nr)
{
	const struct segen_abi_rules *x32 = find_abi(r, segen_arch_by_name("x32"));

	if (x32 && x32->stub_above >= 0)
		return (struct segen_verdict){SEGEN_ACT_ERRNO, ENOSYS};
	return x32 || nr == -1 ? r->def : r->bad_arch;
}

struct segen_verdict segen_rules_eval(const struct segen_rules *r,
				      const struct segen_arch *arch, int64_t nr,
				      const uint64_t args[6])
{
	const struct segen_abi_rules *a = find_abi(r, arch);

	if (!a)
		return r->n_abis ? r->bad_arch : r->def;
	if (nr < 0 && (nr & SEGEN_X32_BIT) && arch->audit == AUDIT_ARCH_X86_64)
		return eval_beyond(r, nr);
	/* A filter takes it for unsigned: a negative one is beyond all others. */
	if (a->stub_above >= 0 && (uint32_t)nr > (uint32_t)a->stub_above)
		return (struct segen_verdict){SEGEN_ACT_ERRNO, ENOSYS};
	return eval_abi(a, r->def, nr, args);
}
