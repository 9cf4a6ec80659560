/*
 * test-filter.c: the programs that filter.c writes, run on random calls, say what
 * segen_rules_eval() says and what libseccomp's program for the same rules says; and the
 * kernel takes them.
 */
#include "ptrace/bpf.h"
#include "ptrace/filter.h"
#include "tests/tap.h"

#include <segen/syscall.h>
#include <segen/util.h>

#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define TRACED (SECCOMP_RET_TRACE | FILTER_TRACE_DATA)
#define NUMBERS 40 /* so few that they meet */
#define SETS 300
#define CALLS 300

/* Values that differ in one half, in the sign, or by one. */
static uint64_t some_value(void)
{
	static const uint64_t values[] = {
		0,
		1,
		2,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		0x100000000,
		0x100000001,
		0xffffffff00000000,
		UINT64_MAX,
		UINT64_MAX - 1,
	};

	return values[(size_t)rand() % ARRAY_SIZE(values)];
}

static struct segen_cond some_cond(void)
{
	return (struct segen_cond){
		.index = (unsigned)rand() % 6,
		.op = (enum segen_cmp)(rand() % (SEGEN_CMP_MASKED_EQ + 1)),
		.value = some_value(),
		.value_two = some_value(),
	};
}

static struct segen_rule some_rule(void)
{
	struct segen_rule r = {.nr = rand() % NUMBERS};

	if (rand() % 4 == 0)
		r.verdict = (struct segen_verdict){SEGEN_ACT_ERRNO, 1 + rand() % 130};
	r.n_conds = rand() % 2 ? (unsigned)rand() % 7 : 0;
	for (unsigned i = 0; i < r.n_conds; i++)
		r.conds[i] = some_cond();
	return r;
}

static void some_rules(struct segen_rules *ret)
{
	struct segen_abi_rules *a = segen_rules_add_abi(ret, segen_arch_native());

	for (int i = rand() % 60; i > 0; i--) {
		struct segen_rule r = some_rule();

		segen_rules_add(a, &r);
	}
	ret->def.action = rand() % 4 ? SEGEN_ACT_ERRNO : SEGEN_ACT_ALLOW;
	segen_rules_sort(ret);
}

static struct seccomp_data some_call(void)
{
	struct seccomp_data d = {
		.nr = rand() % (NUMBERS + 5),
		.arch = segen_arch_native()->audit,
	};

	if (rand() % 20 == 0)
		d.nr = rand() % 2 ? -1 : SEGEN_X32_BIT | d.nr;
	if (rand() % 20 == 0)
		d.arch = rand() % 2 ? AUDIT_ARCH_I386 : AUDIT_ARCH_S390X;
	for (int i = 0; i < 6; i++)
		d.args[i] = some_value();
	return d;
}

static bool is_ours(const struct seccomp_data *d)
{
	return d->arch == segen_arch_native()->audit && d->nr >= 0 &&
	       d->nr < SEGEN_X32_BIT;
}

static bool has_refusing_rule(const struct segen_rules *r, int nr)
{
	for (size_t i = 0; i < r->abis[0].n; i++)
		if (r->abis[0].rules[i].nr == nr &&
		    !segen_verdict_lets(r->abis[0].rules[i].verdict))
			return true;
	return false;
}

static bool has_rule(const struct segen_rules *r, int nr)
{
	for (size_t i = 0; i < r->abis[0].n; i++)
		if (r->abis[0].rules[i].nr == nr)
			return true;
	return false;
}

static struct segen_verdict eval(const struct segen_rules *r,
				 const struct seccomp_data *d)
{
	uint64_t args[6];

	for (int i = 0; i < 6; i++)
		args[i] = d->args[i];
	return segen_rules_eval(r, segen_arch_native(), d->nr, args);
}

/* What the header promises. */
static uint32_t policy_says(const struct segen_rules *r, const struct seccomp_data *d)
{
	if (!is_ours(d) || has_refusing_rule(r, d->nr) || !segen_verdict_lets(eval(r, d)))
		return TRACED;
	/* Where no condition holds, the default is the tracer's business. */
	if (has_rule(r, d->nr)) {
		struct segen_rules strict = *r;

		strict.def.action = SEGEN_ACT_ERRNO;
		return segen_verdict_lets(eval(&strict, d)) ? SECCOMP_RET_ALLOW : TRACED;
	}
	return SECCOMP_RET_ALLOW;
}

static uint32_t known_says(const struct segen_rules *r, const struct seccomp_data *d)
{
	const struct segen_abi_rules *a = &r->abis[0];

	if (!is_ours(d) || !has_rule(r, d->nr))
		return TRACED;
	for (size_t i = 0; i < a->n; i++) {
		const struct segen_rule *rule = &a->rules[i];

		if (rule->nr != d->nr)
			continue;
		if (!rule->n_conds && rule->verdict.action == SEGEN_ACT_ERRNO)
			return SECCOMP_RET_ERRNO | (uint32_t)rule->verdict.err;
		break;
	}
	return policy_says(r, d);
}

static unsigned wrong_answers(uint32_t (*says)(const struct segen_rules *r,
					       const struct seccomp_data *d),
			      const struct segen_rules *r, const struct filter *f)
{
	unsigned wrong = 0;

	for (int i = 0; i < CALLS; i++) {
		const struct seccomp_data d = some_call();

		wrong += bpf_run(f->insns, f->n, &d) != says(r, &d);
	}
	return wrong;
}

static void test_random(void)
{
	unsigned policy = 0, known = 0, failed = 0;

	for (int i = 0; i < SETS; i++) {
		_cleanup_(segen_rules_done) struct segen_rules r = {};
		_cleanup_(filter_done) struct filter p = {}, k = {};

		some_rules(&r);
		failed += filter_from_policy(&r, &p, NULL) < 0;
		failed += filter_from_known(&r, &k, NULL) < 0;
		policy += wrong_answers(policy_says, &r, &p);
		known += wrong_answers(known_says, &r, &k);
	}
	ok(failed == 0, "%d sets of rules become programs", SETS);
	ok(policy == 0, "a policy's program says what its rules say (%u wrong)", policy);
	ok(known == 0, "the program of what is known does so (%u wrong)", known);
}

/* Rules of which libseccomp's program is exact: see rules.h. */
static void plain_rules(struct segen_rules *ret)
{
	struct segen_abi_rules *a = segen_rules_add_abi(ret, segen_arch_native());

	for (int nr = 0; nr < 400; nr++) {
		struct segen_rule r = {.nr = nr};

		if (nr % 7 == 3)
			continue;
		if (nr % 5 == 1) {
			r.n_conds = 1;
			r.conds[0] = some_cond();
			r.conds[0].op = nr % 2 ? SEGEN_CMP_EQ : SEGEN_CMP_MASKED_EQ;
			/* libseccomp wants a mask, and no value beyond it. */
			r.conds[0].value |= nr % 2 ? 0 : 1;
			r.conds[0].value_two &= r.conds[0].value;
		}
		segen_rules_add(a, &r);
	}
	ret->def.action = SEGEN_ACT_ERRNO;
}

static bool scmp_program(const struct segen_rules *r, struct filter *ret)
{
	scmp_filter_ctx ctx = seccomp_init(TRACED);
	int fd = memfd_create("filter", MFD_CLOEXEC);
	bool good = true;
	off_t len;

	seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, TRACED);
	for (size_t i = 0; i < r->abis[0].n; i++) {
		const struct segen_rule *rule = &r->abis[0].rules[i];
		const struct segen_cond *c = &rule->conds[0];
		const struct scmp_arg_cmp cmp = {
			.arg = c->index,
			.op = c->op == SEGEN_CMP_EQ ? SCMP_CMP_EQ : SCMP_CMP_MASKED_EQ,
			.datum_a = c->value,
			.datum_b = c->value_two,
		};

		good &= seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, rule->nr,
					       rule->n_conds, &cmp) == 0;
	}
	good &= fd >= 0 && seccomp_export_bpf(ctx, fd) == 0;
	seccomp_release(ctx);
	len = lseek(fd, 0, SEEK_END);
	ret->n = (size_t)len / sizeof(*ret->insns);
	ret->insns = xcalloc(ret->n, sizeof(*ret->insns));
	good &= pread(fd, ret->insns, (size_t)len, 0) == len;
	close(fd);
	return good;
}

static void test_libseccomp(void)
{
	_cleanup_(segen_rules_done) struct segen_rules r = {};
	_cleanup_(filter_done) struct filter ours = {}, theirs = {};
	unsigned differ = 0, allowed = 0;

	plain_rules(&r);
	ok(scmp_program(&r, &theirs), "libseccomp makes a program of rules");
	filter_from_policy(&r, &ours, NULL);
	for (int i = 0; i < 100000; i++) {
		struct seccomp_data d = some_call();
		uint32_t answer;

		if (is_ours(&d))
			d.nr = rand() % 420;
		answer = bpf_run(theirs.insns, theirs.n, &d);
		allowed += answer == SECCOMP_RET_ALLOW;
		differ += answer != bpf_run(ours.insns, ours.n, &d);
	}
	ok(differ == 0 && allowed > 1000,
	   "libseccomp's program says the same (%u differ)", differ);
}

/* --- rules that are carried out ---------------------------------------------------- */

static struct segen_verdict some_verdict(void)
{
	static const struct segen_verdict verdicts[] = {
		{SEGEN_ACT_ALLOW, 0},	     {SEGEN_ACT_LOG, 0},
		{SEGEN_ACT_ERRNO, EPERM},    {SEGEN_ACT_ERRNO, ENOSYS},
		{SEGEN_ACT_TRAP, 0},	     {SEGEN_ACT_KILL_THREAD, 0},
		{SEGEN_ACT_KILL_PROCESS, 0}, {SEGEN_ACT_NOTIFY, 0},
	};

	return verdicts[(size_t)rand() % ARRAY_SIZE(verdicts)];
}

static void some_verdicts(struct segen_rules *r)
{
	r->def = some_verdict();
	for (size_t i = 0; i < r->abis[0].n; i++)
		r->abis[0].rules[i].verdict = some_verdict();
	r->abis[0].stub_above = rand() % 2 ? NUMBERS : -1;
}

static uint32_t enforced_says(const struct segen_rules *r, const struct seccomp_data *d)
{
	if (!is_ours(d))
		return TRACED;
	switch (eval(r, d).action) {
	case SEGEN_ACT_ALLOW: return SECCOMP_RET_ALLOW;
	case SEGEN_ACT_TRAP: return SECCOMP_RET_TRAP;
	case SEGEN_ACT_KILL_THREAD: return SECCOMP_RET_KILL_THREAD;
	case SEGEN_ACT_KILL_PROCESS: return SECCOMP_RET_KILL_PROCESS;
	default: return TRACED;
	}
}

static void test_enforced(void)
{
	unsigned wrong = 0, failed = 0;

	for (int i = 0; i < SETS; i++) {
		_cleanup_(segen_rules_done) struct segen_rules r = {};
		_cleanup_(filter_done) struct filter f = {};

		some_rules(&r);
		some_verdicts(&r);
		failed += filter_from_enforced(&r, &f, NULL) < 0;
		wrong += wrong_answers(enforced_says, &r, &f);
	}
	is_int(failed, 0, "enforced: all sets of rules become programs");
	is_int(wrong, 0, "enforced: each call gets its own verdict");
}

static uint32_t answer_to(const struct filter *f, uint32_t arch, int nr, uint64_t arg)
{
	const struct seccomp_data d = {.nr = nr, .arch = arch, .args = {arg}};

	return bpf_run(f->insns, f->n, &d);
}

/* A child that nobody traces would have no answers. */
static void test_enforced_clone(bool named)
{
	const char *how = named ? "allowed by a rule" : "allowed by default";
	const uint32_t arch = segen_arch_native()->audit;
	_cleanup_(segen_rules_done) struct segen_rules r = {};
	_cleanup_(filter_done) struct filter f = {};
	struct segen_abi_rules *a = segen_rules_add_abi(&r, segen_arch_native());

	a->stub_above = -1;
	for (int i = 0; named && i < 2; i++)
		segen_rules_add(a,
				&(struct segen_rule){.nr = i ? SYS_clone3 : SYS_clone});
	r.def = named ? (struct segen_verdict){SEGEN_ACT_ERRNO, EPERM}
		      : (struct segen_verdict){SEGEN_ACT_ALLOW, 0};
	segen_rules_sort(&r);
	filter_from_enforced(&r, &f, NULL);
	is_hex(answer_to(&f, arch, SYS_clone, 0x11), SECCOMP_RET_ALLOW,
	       "clone, %s: passes", how);
	is_hex(answer_to(&f, arch, SYS_clone, 0x800011), TRACED,
	       "clone, %s: CLONE_UNTRACED is told of", how);
	is_hex(answer_to(&f, arch, SYS_clone3, 0), TRACED,
	       "clone3, %s: its flags are in memory, it is told of", how);
	is_hex(answer_to(&f, arch, SYS_clone + 1, 0x800011),
	       named ? TRACED : SECCOMP_RET_ALLOW, "clone, %s: the call behind it is not",
	       how);
}

/* What the tracer turns a call of another ABI into. */
static void test_forced(void)
{
	static const struct {
		int nr;
		uint32_t answer;
	} cases[] = {
		{FILTER_KILL_THREAD, SECCOMP_RET_KILL_THREAD},
		{FILTER_KILL_PROCESS, SECCOMP_RET_KILL_PROCESS},
		{FILTER_TRAP, SECCOMP_RET_TRAP},
		{FILTER_FORCED_END, TRACED},
	};
	_cleanup_(segen_rules_done) struct segen_rules r = {};
	_cleanup_(filter_done) struct filter f = {};

	segen_rules_add_abi(&r, segen_arch_native())->stub_above = -1;
	filter_from_enforced(&r, &f, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		is_hex(answer_to(&f, segen_arch_native()->audit, cases[i].nr, 0),
		       cases[i].answer, "forced, native: number 0x%x", cases[i].nr);
		is_hex(answer_to(&f, AUDIT_ARCH_S390X, cases[i].nr, 0), cases[i].answer,
		       "forced, another ABI: number 0x%x", cases[i].nr);
	}
}

static int load_in_child(const struct filter *f)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int r = filter_load(f);

		r = r == 0 ? syscall(SYS_getppid) <= 0 : 2;
		/* Whichever the filter allows; no library comes between. */
		syscall(SYS_exit_group, r);
		syscall(SYS_exit, r);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static uint32_t start_says(const struct filter *f, int nr, uint64_t arg)
{
	const struct seccomp_data d = {
		.nr = nr,
		.arch = segen_arch_native()->audit,
		.args = {arg},
	};

	return bpf_run(f->insns, f->n, &d);
}

static void test_start(void)
{
	static const int stop[] = {SYS_seccomp, SYS_execve, SYS_execveat, -1,
				   SEGEN_X32_BIT | SYS_read};
	static const int go[] = {SYS_read, SYS_exit_group, SYS_execve - 1,
				 SYS_execveat + 1, 0x3fffffff};
	_cleanup_(filter_done) struct filter f = {};
	unsigned wrong = filter_for_start(&f, NULL) < 0;

	for (size_t i = 0; i < ARRAY_SIZE(stop); i++)
		wrong += start_says(&f, stop[i], 0) != TRACED;
	for (size_t i = 0; i < ARRAY_SIZE(go); i++)
		wrong += start_says(&f, go[i], PR_SET_SECCOMP) != SECCOMP_RET_ALLOW;
	ok(wrong == 0, "at the start: what loads filters and programs stops, no more");
	ok(start_says(&f, SYS_prctl, PR_SET_SECCOMP) == TRACED &&
		   start_says(&f, SYS_prctl, PR_SET_SECCOMP | 1ull << 32) == TRACED &&
		   start_says(&f, SYS_prctl, PR_SET_NAME) == SECCOMP_RET_ALLOW,
	   "at the start: prctl as the kernel reads it");
	ok(load_in_child(&f) == 0, "at the start: the kernel takes it");
}

static void test_kernel(void)
{
	_cleanup_(segen_rules_done) struct segen_rules r = {};
	_cleanup_(filter_done) struct filter f = {};

	plain_rules(&r);
	r.def.action = SEGEN_ACT_ALLOW;
	filter_from_policy(&r, &f, NULL);
	ok(load_in_child(&f) == 0,
	   "the kernel takes it, and lets through what it should");
}

static void test_too_long(void)
{
	_cleanup_(segen_rules_done) struct segen_rules r = {};
	_cleanup_(filter_done) struct filter f = {};
	struct segen_abi_rules *a = segen_rules_add_abi(&r, segen_arch_native());

	for (int i = 0; i < BPF_MAXINSNS / 4; i++) {
		struct segen_rule rule = {.nr = i / 16, .n_conds = 1};

		rule.conds[0] = some_cond();
		segen_rules_add(a, &rule);
	}
	ok(filter_from_policy(&r, &f, NULL) == -E2BIG && !f.insns,
	   "more than the kernel takes is an error");
}

int main(void)
{
	srand(1);
	test_random();
	test_libseccomp();
	test_kernel();
	test_enforced();
	test_enforced_clone(true);
	test_enforced_clone(false);
	test_forced();
	test_start();
	test_too_long();
	return done();
}
