/*
 * What flat rules answer, against libseccomp: the filter that it makes of random rules is
 * run by the interpreter of tracer/bpf.h on every combination of some arguments.
 */
#include <segen/rules.h>
#include <segen/syscall.h>
#include <segen/util.h>

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/tap.h"
#include "ptrace/bpf.h"

#define ROUNDS 1000
#define ARGS 3	 /* arguments that conditions name */
#define VALUES 8 /* values that each takes */

/* One kind of rules for which libseccomp keeps its word (see rules.h). */
struct kind {
	const char *what;
	unsigned ops;	    /* bits of enum segen_cmp */
	unsigned max_conds; /* per rule */
	bool mixed_verdicts;
	const uint64_t *values;
	uint64_t high; /* added to every other argument */
};

static const uint64_t wide_values[VALUES] = {0, 1,	     2,		  3,
					     7, 0x100000001, 0x100000003, UINT64_MAX};
/* No two have the same lower half: libseccomp 2.5.4 leaks memory where 32 bits count. */
static const uint64_t apart_values[VALUES] = {0, 1,	      2,	   3,
					      7, 0x100000004, 0x100000006, UINT64_MAX};
static const uint64_t low_values[VALUES] = {0, 1, 2, 3, 4, 5, 7, 0xffffffff};

#define OP(x) (1u << SEGEN_CMP_##x)
#define ALL_OPS 0x7fu

static const struct kind kinds[] = {
	{"equalities of several arguments", OP(EQ) | OP(MASKED_EQ), ARGS, false,
	 apart_values, 0},
	{"equalities with different answers", OP(EQ), 1, true, wide_values, 0},
	{"ranges of one argument", ALL_OPS, 1, false, low_values, 1ull << 32},
};

static const enum scmp_compare scmp_ops[] = {
	[SEGEN_CMP_NE] = SCMP_CMP_NE,
	[SEGEN_CMP_LT] = SCMP_CMP_LT,
	[SEGEN_CMP_LE] = SCMP_CMP_LE,
	[SEGEN_CMP_EQ] = SCMP_CMP_EQ,
	[SEGEN_CMP_GE] = SCMP_CMP_GE,
	[SEGEN_CMP_GT] = SCMP_CMP_GT,
	[SEGEN_CMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
};

static uint32_t action(struct segen_verdict v)
{
	switch (v.action) {
	case SEGEN_ACT_ALLOW: return SCMP_ACT_ALLOW;
	case SEGEN_ACT_KILL_THREAD: return SCMP_ACT_KILL_THREAD;
	default: return SCMP_ACT_ERRNO((uint32_t)v.err);
	}
}

static struct segen_cond random_cond(const struct kind *kind, unsigned index)
{
	struct segen_cond c = {.index = index, .value = kind->values[rand() % VALUES]};

	do
		c.op = (enum segen_cmp)(rand() % 7);
	while (!(kind->ops & 1u << c.op));
	if (c.op != SEGEN_CMP_MASKED_EQ)
		return c;
	/* A mask without bits is no condition at all. */
	c.value = kind->values[1 + rand() % (VALUES - 1)];
	c.value_two = kind->values[rand() % VALUES] & c.value;
	return c;
}

static struct segen_rule random_rule(const struct kind *kind, const int nrs[2])
{
	struct segen_rule r = {.nr = nrs[rand() % 2]};
	const unsigned n = (unsigned)rand() % (kind->max_conds + 1);

	if (kind->mixed_verdicts && rand() % 2)
		r.verdict = (struct segen_verdict){SEGEN_ACT_ERRNO, 10 + rand() % 3};
	for (unsigned i = 0; i < ARGS && r.n_conds < n; i++)
		if (kind->max_conds == 1 || rand() % 2)
			r.conds[r.n_conds++] = random_cond(kind, i);
	return r;
}

/* libseccomp takes numbers of the native ABI and translates them by name. */
static int scmp_add(scmp_filter_ctx ctx, const struct segen_rule *r, const char *name)
{
	struct scmp_arg_cmp conds[6];

	for (unsigned i = 0; i < r->n_conds; i++)
		conds[i] =
			(struct scmp_arg_cmp){r->conds[i].index, scmp_ops[r->conds[i].op],
					      r->conds[i].value, r->conds[i].value_two};
	return seccomp_rule_add_array(ctx, action(r->verdict),
				      seccomp_syscall_resolve_name(name), r->n_conds,
				      conds);
}

static struct sock_filter *export(scmp_filter_ctx ctx, size_t *ret_n)
{
	_cleanup_close_ int fd = memfd_create("filter", MFD_CLOEXEC);
	struct sock_filter *f = NULL;
	off_t size = 0;

	if (fd >= 0 && seccomp_export_bpf(ctx, fd) == 0)
		size = lseek(fd, 0, SEEK_END);
	*ret_n = (size_t)size / sizeof(*f);
	f = xcalloc(*ret_n, sizeof(*f));
	return pread(fd, f, (size_t)size, 0) == size ? f : NULL;
}

/* How many of the answers differ. */
static unsigned compare(const struct segen_rules *rules, const struct segen_arch *arch,
			const struct kind *kind, const struct sock_filter *f, size_t n,
			int nr)
{
	struct seccomp_data d = {.nr = nr |
				       (arch->scmp == SCMP_ARCH_X32 ? SEGEN_X32_BIT : 0),
				 .arch = arch->audit};
	const uint64_t mask =
		arch->scmp == SCMP_ARCH_X86_64 ? UINT64_MAX : (uint64_t)UINT32_MAX;
	unsigned differ = 0;

	for (unsigned i = 0; i < VALUES * VALUES * VALUES; i++) {
		uint64_t args[6] = {kind->values[i % VALUES] & mask,
				    kind->values[i / VALUES % VALUES] & mask,
				    kind->values[i / VALUES / VALUES] & mask};

		if (i & VALUES)
			args[0] |= kind->high & mask;
		memcpy(d.args, args, sizeof(args));
		differ += bpf_run(f, n, &d) !=
			  action(segen_rules_eval(rules, arch, nr, args));
	}
	return differ;
}

static unsigned one_round(const struct kind *kind, const struct segen_arch *arch)
{
	static const char *const names[] = {"read", "write", "close"};
	struct segen_rules rules = {.def = {SEGEN_ACT_ERRNO, 1},
				    .bad_arch = {SEGEN_ACT_KILL_THREAD, 0}};
	struct segen_abi_rules *abi = segen_rules_add_abi(&rules, arch);
	scmp_filter_ctx ctx = seccomp_init(action(rules.def));
	_cleanup_free_ struct sock_filter *f = NULL;
	int nrs[ARRAY_SIZE(names)];
	unsigned differ = 0;
	size_t n;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		nrs[i] = segen_syscall_nr(arch, names[i]);
	seccomp_arch_add(ctx, arch->scmp);
	if (arch->scmp != seccomp_arch_native())
		seccomp_arch_remove(ctx, seccomp_arch_native());
	for (int i = rand() % 6; i >= 0; i--) {
		struct segen_rule r = random_rule(kind, nrs);
		int added = scmp_add(ctx, &r, names[r.nr == nrs[1]]);

		/* There is such a rule with another answer: the first counts. */
		differ += added != 0 && added != -EEXIST;
		segen_rules_add(abi, &r);
	}
	segen_rules_sort(&rules);
	f = export(ctx, &n);
	for (size_t i = 0; f && i < ARRAY_SIZE(names); i++)
		differ += compare(&rules, arch, kind, f, n, nrs[i]);
	seccomp_release(ctx);
	segen_rules_done(&rules);
	return f ? differ : 1;
}

static void test_eval_libseccomp(const char *name)
{
	const struct segen_arch *arch = segen_arch_by_name(name);

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		unsigned wrong = 0, first = 0;

		for (unsigned seed = 1; seed <= ROUNDS; seed++) {
			srand(seed);
			if (one_round(&kinds[k], arch) && !wrong++)
				first = seed;
		}
		ok(!wrong, "%s: %d sets of %s answer as libseccomp does (%u wrong: %u)",
		   name, ROUNDS, kinds[k].what, wrong, first);
	}
}

static int answer(const struct segen_rules *r, const char *arch, int64_t nr, uint64_t arg)
{
	const uint64_t args[6] = {arg};
	struct segen_verdict v = segen_rules_eval(r, segen_arch_by_name(arch), nr, args);

	return v.action == SEGEN_ACT_ERRNO ? v.err : -(int)v.action;
}

static const char *words_of(const struct segen_rules *r, uint32_t audit, uint32_t number)
{
	const uint64_t args[6] = {};
	int64_t nr = (int32_t)number;
	const struct segen_arch *arch = segen_arch_of_call(audit, &nr);
	struct segen_verdict v = segen_rules_eval(r, arch, nr, args);

	if (v.action == r->bad_arch.action)
		return "bad arch";
	return v.action == SEGEN_ACT_ERRNO && v.err == ENOSYS ? "ENOSYS" : "default";
}

static void test_eval_order(void)
{
	struct segen_rules r = {.def = {SEGEN_ACT_ERRNO, 1},
				.bad_arch = {SEGEN_ACT_KILL_PROCESS, 0}};
	const struct segen_rule list[] = {
		{.nr = 9, .verdict = {SEGEN_ACT_ERRNO, 9}},
		{.nr = 5,
		 .verdict = {SEGEN_ACT_ERRNO, 5},
		 .n_conds = 1,
		 .conds = {{0, SEGEN_CMP_EQ, 1, 0}}},
		{.nr = 5, .verdict = {SEGEN_ACT_ALLOW, 0}},
		{.nr = 5, .verdict = {SEGEN_ACT_ERRNO, 6}},
		{.nr = 6,
		 .verdict = {SEGEN_ACT_ERRNO, 7},
		 .n_conds = 1,
		 .conds = {{0, SEGEN_CMP_GE, 4, 0}}},
	};
	struct segen_abi_rules *a;

	ok(answer(&(struct segen_rules){}, "x86_64", 5, 0) == -SEGEN_ACT_ALLOW,
	   "no rules let everything through");
	a = segen_rules_add_abi(&r, segen_arch_by_name("x86_64"));
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		segen_rules_add(a, &list[i]);
	segen_rules_sort(&r);
	ok(answer(&r, "x86_64", 5, 1) == -SEGEN_ACT_ALLOW,
	   "without a condition beats with one; the first of two counts");
	ok(answer(&r, "x86_64", 6, 4) == 7 && answer(&r, "x86_64", 6, 3) == 1,
	   "the default where no condition holds");
	ok(answer(&r, "x86_64", 10, 0) == 1 && answer(&r, "x86_64", -1, 0) == 1,
	   "and for calls that are not listed");
	ok(answer(&r, "i386", 5, 0) == -SEGEN_ACT_KILL_PROCESS,
	   "another answer for an ABI that is not listed");
	r.abis[0].stub_above = 9;
	ok(answer(&r, "x86_64", 9, 0) == 9 && answer(&r, "x86_64", 10, 0) == ENOSYS &&
		   answer(&r, "x86_64", 7, 0) == 1,
	   "numbers above the highest do not exist");
	ok(answer(&r, "x86_64", 1000000, 0) == ENOSYS, "however high");
	segen_rules_done(&r);
}

/*
 * Numbers that no call has.  The answers are those of runc 1.1.5 to a program that makes
 * such calls, under Docker's profile for x86-64 alone, and for x86-64, x86 and x32.
 */
static void test_eval_beyond(void)
{
	static const struct {
		uint32_t nr;
		const char *alone, *both, *i386;
	} rows[] = {
		{0xffffffff, "default", "ENOSYS", "ENOSYS"},
		{0xfffffffe, "bad arch", "ENOSYS", "ENOSYS"},
		{0xc0000027, "bad arch", "ENOSYS", "ENOSYS"},
		{0xbfffffff, "ENOSYS", "ENOSYS", "ENOSYS"},
		{0x80000027, "ENOSYS", "ENOSYS", "ENOSYS"},
		{0x80000000, "ENOSYS", "ENOSYS", "ENOSYS"},
		{0x7fffffff, "bad arch", "ENOSYS", "ENOSYS"},
		{0x40000fff, "bad arch", "ENOSYS", "ENOSYS"},
		{0x3fffffff, "ENOSYS", "ENOSYS", "ENOSYS"},
		{1234, "ENOSYS", "ENOSYS", "ENOSYS"},
	};
	static const char *const abis[] = {"x86_64", "i386", "x32"};
	struct segen_rules r = {.def = {SEGEN_ACT_ERRNO, EPERM},
				.bad_arch = {SEGEN_ACT_KILL_THREAD, 0}};

	for (size_t n = 1; n <= ARRAY_SIZE(abis); n += 2) {
		for (size_t i = r.n_abis; i < n; i++) {
			struct segen_abi_rules *a =
				segen_rules_add_abi(&r, segen_arch_by_name(abis[i]));

			segen_rules_add(a, &(struct segen_rule){.nr = 400});
			a->stub_above = 400;
		}
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			is_str(words_of(&r, AUDIT_ARCH_X86_64, rows[i].nr),
			       n == 1 ? rows[i].alone : rows[i].both,
			       "%#x of x86-64, where the filter has %s", rows[i].nr,
			       n == 1 ? "no x32" : "x32 as well");
			if (n > 1)
				is_str(words_of(&r, AUDIT_ARCH_I386, rows[i].nr),
				       rows[i].i386, "%#x of i386", rows[i].nr);
		}
	}
	segen_rules_done(&r);
}

int main(void)
{
	test_eval_order();
	test_eval_beyond();
	test_eval_libseccomp("x86_64");
	test_eval_libseccomp("i386");
	test_eval_libseccomp("x32");
	return done();
}
