/* filter.c: libseccomp to raw BPF. */
#include "filter.h"

#include <segen/syscall.h>
#include <segen/util.h>

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* libseccomp turns the rule tree into a binary search (2.5, seccomp_attr_set(3)). */
#define OPTIMIZE_BINARY_TREE 2

static void ctx_done(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}

static const uint32_t trace = SCMP_ACT_TRACE(FILTER_TRACE_DATA);

static scmp_filter_ctx ctx_new(uint32_t def)
{
	scmp_filter_ctx ctx = seccomp_init(def);

	if (!ctx)
		return NULL;
	seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, trace);
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, OPTIMIZE_BINARY_TREE);
	return ctx;
}

void filter_done(struct filter *f)
{
	free(f->insns);
	*f = (struct filter){};
}

/* seccomp_export_bpf_mem() is newer than 2.5: go through a file in memory. */
static int export(scmp_filter_ctx ctx, struct filter *ret)
{
	_cleanup_close_ int fd = memfd_create("filter", MFD_CLOEXEC);
	struct stat st;
	int r;

	if (fd < 0)
		return -errno;
	r = seccomp_export_bpf(ctx, fd);
	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return -errno;
	ret->n = (size_t)st.st_size / sizeof(*ret->insns);
	ret->insns = xcalloc(ret->n, sizeof(*ret->insns));
	if (pread(fd, ret->insns, (size_t)st.st_size, 0) != st.st_size) {
		filter_done(ret);
		return -EIO;
	}
	return 0;
}

static enum scmp_compare compare_op(enum segen_cmp op)
{
	static const enum scmp_compare ops[] = {
		[SEGEN_CMP_NE] = SCMP_CMP_NE,
		[SEGEN_CMP_LT] = SCMP_CMP_LT,
		[SEGEN_CMP_LE] = SCMP_CMP_LE,
		[SEGEN_CMP_EQ] = SCMP_CMP_EQ,
		[SEGEN_CMP_GE] = SCMP_CMP_GE,
		[SEGEN_CMP_GT] = SCMP_CMP_GT,
		[SEGEN_CMP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};

	return ops[op];
}

static int allow(scmp_filter_ctx ctx, const struct segen_rule *rule)
{
	struct scmp_arg_cmp cmp[6];

	for (unsigned i = 0; i < rule->n_conds; i++) {
		const struct segen_cond *c = &rule->conds[i];

		cmp[i] = (struct scmp_arg_cmp){
			.arg = c->index,
			.op = compare_op(c->op),
			.datum_a = c->value,
			.datum_b = c->value_two,
		};
	}
	return seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, rule->nr, rule->n_conds, cmp);
}

/* The rules of one call are @n neighbours; what they disagree on stays TRACEd. */
static int add_call(scmp_filter_ctx ctx, const struct segen_rule *rules, size_t n,
		    bool answer)
{
	struct segen_verdict v = rules[0].verdict;

	if (answer && !rules[0].n_conds && v.action == SEGEN_ACT_ERRNO)
		return seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO((uint32_t)v.err),
					      rules[0].nr, 0, NULL);
	for (size_t i = 0; i < n; i++)
		if (!segen_verdict_lets(rules[i].verdict))
			return 0;
	for (size_t i = 0; i < n; i++) {
		int r = allow(ctx, &rules[i]);

		/* -EEXIST: the file says the same twice. */
		if (r < 0 && r != -EEXIST)
			return r;
	}
	return 0;
}

static int add_abi(scmp_filter_ctx ctx, const struct segen_abi_rules *a, bool answer)
{
	size_t first = 0;

	for (size_t i = 1; i <= a->n; i++) {
		int r;

		if (i < a->n && a->rules[i].nr == a->rules[first].nr)
			continue;
		r = add_call(ctx, &a->rules[first], i - first, answer);
		if (r < 0)
			return r;
		first = i;
	}
	return 0;
}

static int build(const struct segen_rules *rules, bool answer, struct filter *ret,
		 struct segen_error *err)
{
	_cleanup_(ctx_done) scmp_filter_ctx ctx = ctx_new(trace);
	int r = ctx ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < rules->n_abis; i++)
		if (rules->abis[i].arch == segen_arch_native())
			r = add_abi(ctx, &rules->abis[i], answer);
	if (r == 0)
		r = export(ctx, ret);
	if (r < 0)
		return segen_fail_errno(err, r, "cannot build the seccomp filter");
	return 0;
}

int filter_from_policy(const struct segen_rules *rules, struct filter *ret,
		       struct segen_error *err)
{
	return build(rules, false, ret, err);
}

int filter_from_known(const struct segen_rules *rules, struct filter *ret,
		      struct segen_error *err)
{
	return build(rules, true, ret, err);
}

int filter_for_start(struct filter *ret, struct segen_error *err)
{
	_cleanup_(ctx_done) scmp_filter_ctx ctx = ctx_new(SCMP_ACT_ALLOW);
	static const int calls[] = {SYS_seccomp, SYS_execve, SYS_execveat};
	int r = ctx ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(calls); i++)
		r = seccomp_rule_add(ctx, trace, calls[i], 0);
	if (r == 0)
		r = seccomp_rule_add(
			ctx, trace, SYS_prctl, 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, UINT32_MAX, PR_SET_SECCOMP));
	if (r == 0)
		r = export(ctx, ret);
	if (r < 0)
		return segen_fail_errno(err, r, "cannot build the seccomp filter");
	return 0;
}

void filter_copy(struct filter *to, const struct filter *from)
{
	to->n = from->n;
	to->insns = xcalloc(from->n, sizeof(*from->insns));
	memcpy(to->insns, from->insns, from->n * sizeof(*from->insns));
}

static long load(const struct sock_fprog *prog)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, prog);
}

int filter_load(const struct filter *f)
{
	const struct sock_fprog prog = {
		.len = (unsigned short)f->n,
		.filter = f->insns,
	};

	if (load(&prog) == 0)
		return 0;
	if (errno != EACCES)
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return load(&prog) == 0 ? 0 : -errno;
}
