/* filter.c: rules to a seccomp program. */
#include "ptrace/filter.h"

#include <segen/util.h>

#include <endian.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define TRACED (SECCOMP_RET_TRACE | FILTER_TRACE_DATA)

/*
 * Where a jump goes, while that is not known yet.  The code of one rule is far shorter,
 * so no real distance looks like these.
 */
enum { TO_HOLDS = 0xfe, TO_FAILS = 0xff };

/* From number @from up to the next span there is one answer, or two. */
struct span {
	uint32_t from;
	uint32_t answer; /* where none of the rules holds */
	uint32_t held;	 /* where one does */
	bool each;	 /* each rule has its own, in the place of @held */
	bool untraced;	 /* TRACE if argument 0 has CLONE_UNTRACED */
	const struct segen_rule *rules;
	size_t n_rules;
};

struct spans {
	struct span *v;
	size_t n, cap;
};

static void spans_done(struct spans *s)
{
	free(s->v);
}

struct code {
	struct sock_filter *v;
	size_t n, cap;
};

static void code_done(struct code *c)
{
	free(c->v);
}

void filter_done(struct filter *f)
{
	free(f->insns);
	*f = (struct filter){};
}

/* --- instructions ----------------------------------------------------------------- */

static void jump(struct code *c, uint16_t op, uint32_t k, uint8_t yes, uint8_t no)
{
	GROW(c->v, c->n, c->cap);
	c->v[c->n++] = (struct sock_filter)BPF_JUMP(op, k, yes, no);
}

static void statement(struct code *c, uint16_t op, uint32_t k)
{
	jump(c, op, k, 0, 0);
}

/* Jumps to @mark since @start lead here. */
static void land(struct code *c, size_t start, uint8_t mark)
{
	for (size_t i = start; i < c->n; i++) {
		struct sock_filter *insn = &c->v[i];

		if (BPF_CLASS(insn->code) != BPF_JMP)
			continue;
		if (insn->jt == mark)
			insn->jt = (uint8_t)(c->n - i - 1);
		if (insn->jf == mark)
			insn->jf = (uint8_t)(c->n - i - 1);
	}
}

/* --- conditions ------------------------------------------------------------------- */

/* One half of an argument, as far as it matters. */
static void load_half(struct code *c, unsigned index, bool high, uint32_t mask)
{
	const size_t second = high == (BYTE_ORDER == LITTLE_ENDIAN);

	statement(c, BPF_LD | BPF_W | BPF_ABS,
		  (uint32_t)(offsetof(struct seccomp_data, args) +
			     index * sizeof(uint64_t) + second * sizeof(uint32_t)));
	if (mask != UINT32_MAX)
		statement(c, BPF_ALU | BPF_AND | BPF_K, mask);
}

/* The test of the low half, where the high halves are equal; a test turned round. */
static const struct {
	uint16_t test;
	bool negated;
} compares[] = {
	[SEGEN_CMP_NE] = {BPF_JEQ, true},	  [SEGEN_CMP_LT] = {BPF_JGE, true},
	[SEGEN_CMP_LE] = {BPF_JGT, true},	  [SEGEN_CMP_EQ] = {BPF_JEQ, false},
	[SEGEN_CMP_GE] = {BPF_JGE, false},	  [SEGEN_CMP_GT] = {BPF_JGT, false},
	[SEGEN_CMP_MASKED_EQ] = {BPF_JEQ, false},
};

/* Fall through when @cond holds, else to TO_FAILS. */
static void emit_cond(struct code *c, const struct segen_cond *cond, bool wide)
{
	const uint16_t test = compares[cond->op].test;
	const bool masked = cond->op == SEGEN_CMP_MASKED_EQ;
	const uint64_t mask = masked ? cond->value : UINT64_MAX;
	const uint64_t value = masked ? cond->value_two : cond->value;
	const uint8_t yes = compares[cond->op].negated ? TO_FAILS : TO_HOLDS;
	const uint8_t no = compares[cond->op].negated ? TO_HOLDS : TO_FAILS;
	const size_t start = c->n;

	if (wide) {
		const uint32_t high = (uint32_t)(value >> 32);

		load_half(c, cond->index, true, (uint32_t)(mask >> 32));
		if (test != BPF_JEQ)
			jump(c, BPF_JMP | BPF_JGT | BPF_K, high, yes, 0);
		jump(c, BPF_JMP | BPF_JEQ | BPF_K, high, 0, no);
	}
	load_half(c, cond->index, false, (uint32_t)mask);
	jump(c, BPF_JMP | test | BPF_K, (uint32_t)value, yes, no);
	land(c, start, TO_HOLDS);
}

/* What the kernel is told where a verdict is carried out (filter_from_enforced()). */
static uint32_t enforced(struct segen_verdict v)
{
	switch (v.action) {
	case SEGEN_ACT_ALLOW: return SECCOMP_RET_ALLOW;
	case SEGEN_ACT_TRAP: return SECCOMP_RET_TRAP;
	case SEGEN_ACT_KILL_THREAD: return SECCOMP_RET_KILL_THREAD;
	case SEGEN_ACT_KILL_PROCESS: return SECCOMP_RET_KILL_PROCESS;
	default: return TRACED;
	}
}

static void emit_answer(struct code *c, const struct span *s, bool wide)
{
	if (s->untraced) {
		load_half(c, 0, false, UINT32_MAX);
		jump(c, BPF_JMP | BPF_JSET | BPF_K, CLONE_UNTRACED, 0, 1);
		statement(c, BPF_RET | BPF_K, TRACED);
	}
	for (size_t i = 0; i < s->n_rules; i++) {
		const size_t start = c->n;

		for (unsigned k = 0; k < s->rules[i].n_conds; k++)
			emit_cond(c, &s->rules[i].conds[k], wide);
		statement(c, BPF_RET | BPF_K,
			  s->each ? enforced(s->rules[i].verdict) : s->held);
		land(c, start, TO_FAILS);
	}
	statement(c, BPF_RET | BPF_K, s->answer);
}

/* --- the search ------------------------------------------------------------------- */

/* A binary one; the number is in the accumulator. */
static void emit_search(struct code *c, const struct span *s, size_t n, bool wide)
{
	const size_t half = n / 2;
	size_t at;

	if (n == 1) {
		emit_answer(c, s, wide);
		return;
	}
	jump(c, BPF_JMP | BPF_JGE | BPF_K, s[half].from, 0, 1);
	at = c->n;
	statement(c, BPF_JMP | BPF_JA, 0);
	emit_search(c, s, half, wide);
	c->v[at].k = (uint32_t)(c->n - at - 1);
	emit_search(c, s + half, n - half, wide);
}

static const struct {
	uint32_t nr, answer;
} forced[] = {
	{FILTER_KILL_THREAD, SECCOMP_RET_KILL_THREAD},
	{FILTER_KILL_PROCESS, SECCOMP_RET_KILL_PROCESS},
	{FILTER_TRAP, SECCOMP_RET_TRAP},
};

/* Calls of another ABI. */
static void emit_foreign(struct code *c, bool force)
{
	const size_t start = c->n;

	if (force)
		statement(c, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; force && i < ARRAY_SIZE(forced); i++) {
		jump(c, BPF_JMP | BPF_JEQ | BPF_K, forced[i].nr, 0, 1);
		statement(c, BPF_RET | BPF_K, forced[i].answer);
	}
	statement(c, BPF_RET | BPF_K, TRACED);
	/* The jump before all this leads behind it. */
	c->v[start - 1].jt = (uint8_t)(c->n - start);
}

static void emit_program(struct code *c, const struct spans *s, bool force)
{
	const uint32_t audit = segen_arch_native()->audit;

	statement(c, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	jump(c, BPF_JMP | BPF_JEQ | BPF_K, audit, 0, 0);
	emit_foreign(c, force);
	statement(c, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	emit_search(c, s->v, s->n, audit & __AUDIT_ARCH_64BIT);
}

/* --- spans ------------------------------------------------------------------------ */

/* Whether it has the one answer, whatever the arguments. */
static bool is_plain(const struct span *s)
{
	return !s->n_rules && !s->untraced;
}

static void add_span(struct spans *s, struct span span)
{
	const struct span *last = s->n ? &s->v[s->n - 1] : NULL;

	if (last && is_plain(last) && is_plain(&span) && last->answer == span.answer)
		return;
	GROW(s->v, s->n, s->cap);
	s->v[s->n++] = span;
}

/* The answers of one call; behind it, it is @other again. */
static void add_call(struct spans *s, struct span call, uint32_t other)
{
	/* What holds for the number before it may have begun here. */
	if (s->v[s->n - 1].from == call.from)
		s->n--;
	add_span(s, call);
	add_span(s, (struct span){.from = call.from + 1, .answer = other});
}

/* The rules of one call are @n neighbours; what they disagree on stays TRACEd. */
static struct span span_of_call(const struct segen_rule *rules, size_t n, bool answer)
{
	struct span s = {.from = (uint32_t)rules[0].nr, .answer = TRACED};
	bool always = false;

	if (answer && !rules[0].n_conds && rules[0].verdict.action == SEGEN_ACT_ERRNO) {
		s.answer = SECCOMP_RET_ERRNO | (uint32_t)rules[0].verdict.err;
		return s;
	}
	for (size_t i = 0; i < n; i++) {
		if (!segen_verdict_lets(rules[i].verdict))
			return s;
		always |= !rules[i].n_conds;
	}
	s.held = SECCOMP_RET_ALLOW;
	if (always)
		s.answer = SECCOMP_RET_ALLOW;
	else
		s.rules = rules, s.n_rules = n;
	return s;
}

/* Every number has a span; those that no rule names have @other. */
static void make_spans(const struct segen_abi_rules *a, bool answer, uint32_t other,
		       struct spans *ret)
{
	size_t n;

	add_span(ret, (struct span){.answer = other});
	for (size_t i = 0; a && i < a->n; i += n) {
		const int nr = a->rules[i].nr;

		for (n = 1; i + n < a->n && a->rules[i + n].nr == nr; n++)
			;
		add_call(ret, span_of_call(&a->rules[i], n, answer), other);
	}
}

static int finish(struct spans *s, bool force, struct filter *ret,
		  struct segen_error *err)
{
	_cleanup_(code_done) struct code code = {};

	/* The calls of x32 have the same audit number, and this bit. */
	add_span(s, (struct span){.from = SEGEN_X32_BIT, .answer = TRACED});
	for (size_t i = 0; force && i < ARRAY_SIZE(forced); i++)
		add_call(s,
			 (struct span){.from = forced[i].nr, .answer = forced[i].answer},
			 TRACED);
	emit_program(&code, s, force);
	if (code.n > BPF_MAXINSNS)
		return segen_fail_errno(err, -E2BIG, "cannot build the seccomp filter");
	*ret = (struct filter){.insns = TAKE_PTR(code.v), .n = code.n};
	return 0;
}

static int build(const struct segen_rules *rules, bool answer, uint32_t other,
		 struct filter *ret, struct segen_error *err)
{
	_cleanup_(spans_done) struct spans spans = {};
	const struct segen_abi_rules *native = NULL;

	for (size_t i = 0; i < rules->n_abis; i++)
		if (rules->abis[i].arch == segen_arch_native())
			native = &rules->abis[i];
	make_spans(native, answer, other, &spans);
	return finish(&spans, false, ret, err);
}

int filter_from_policy(const struct segen_rules *rules, struct filter *ret,
		       struct segen_error *err)
{
	const bool lets = segen_verdict_lets(rules->def);

	return build(rules, false, lets ? SECCOMP_RET_ALLOW : TRACED, ret, err);
}

int filter_from_known(const struct segen_rules *rules, struct filter *ret,
		      struct segen_error *err)
{
	return build(rules, true, TRACED, ret, err);
}

/* As libseccomp decides (rules.h): an unconditional rule, else the first that holds. */
static struct span span_of_enforced(const struct segen_rule *rules, size_t n,
				    uint32_t other)
{
	struct span s = {.from = (uint32_t)rules[0].nr, .answer = other};

	for (size_t i = 0; i < n; i++) {
		if (rules[i].n_conds)
			continue;
		s.answer = enforced(rules[i].verdict);
		return s;
	}
	s.rules = rules, s.n_rules = n, s.each = true;
	return s;
}

/* Calls that make a process: one that is not traced would have no answers. */
static void watch_clone(struct span *s)
{
	if (s->from == SYS_clone && s->answer != TRACED)
		s->untraced = true;
	if (s->from == SYS_clone3 && s->answer == SECCOMP_RET_ALLOW)
		s->answer = TRACED;
}

/* A tracer's presence alone may bring it about: nobody is to be killed for that. */
static void watch_restart(struct span *s)
{
	if (s->from == SYS_restart_syscall &&
	    (s->n_rules || s->answer != SECCOMP_RET_ALLOW))
		*s = (struct span){.from = s->from, .answer = TRACED};
}

static int compare_numbers(const void *pa, const void *pb)
{
	const uint32_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

/* Those from @from up to @to that no rule names. */
static void add_unnamed(struct spans *ret, uint32_t from, uint32_t to, uint32_t other)
{
	uint32_t watched[] = {SYS_clone, SYS_clone3, SYS_restart_syscall};

	qsort(watched, ARRAY_SIZE(watched), sizeof(*watched), compare_numbers);
	for (size_t i = 0; i < ARRAY_SIZE(watched); i++) {
		struct span s = {.from = watched[i], .answer = other};

		if (watched[i] < from || watched[i] >= to)
			continue;
		if (other == SECCOMP_RET_ALLOW)
			watch_clone(&s);
		watch_restart(&s);
		add_call(ret, s, other);
	}
}

static void make_enforced(const struct segen_abi_rules *a, uint32_t other,
			  struct spans *ret)
{
	const uint32_t above =
		a->stub_above >= 0 ? (uint32_t)a->stub_above + 1 : SEGEN_X32_BIT;
	uint32_t next = 0;
	size_t n;

	add_span(ret, (struct span){.answer = other});
	for (size_t i = 0; i < a->n; i += n) {
		struct span s;

		for (n = 1; i + n < a->n && a->rules[i + n].nr == a->rules[i].nr; n++)
			;
		s = span_of_enforced(&a->rules[i], n, other);
		add_unnamed(ret, next, s.from, other);
		watch_clone(&s);
		watch_restart(&s);
		add_call(ret, s, other);
		next = s.from + 1;
	}
	add_unnamed(ret, next, above, other);
	if (a->stub_above >= 0)
		add_call(ret, (struct span){.from = above, .answer = TRACED}, TRACED);
}

int filter_from_enforced(const struct segen_rules *rules, struct filter *ret,
			 struct segen_error *err)
{
	_cleanup_(spans_done) struct spans spans = {};
	const struct segen_abi_rules none = {.stub_above = -1}, *native = &none;
	const uint32_t other = enforced(rules->def);

	for (size_t i = 0; i < rules->n_abis; i++)
		if (rules->abis[i].arch == segen_arch_native())
			native = &rules->abis[i];
	make_enforced(native, other, &spans);
	return finish(&spans, true, ret, err);
}

static int compare_spans(const void *a, const void *b)
{
	return ((const struct span *)a)->from < ((const struct span *)b)->from ? -1 : 1;
}

int filter_for_start(struct filter *ret, struct segen_error *err)
{
	static const struct segen_rule secure = {
		.n_conds = 1,
		.conds = {{.op = SEGEN_CMP_MASKED_EQ,
			   .value = UINT32_MAX, /* the kernel looks at an int */
			   .value_two = PR_SET_SECCOMP}},
	};
	struct span calls[] = {
		{.from = SYS_seccomp, .answer = TRACED},
		{.from = SYS_execve, .answer = TRACED},
		{.from = SYS_execveat, .answer = TRACED},
		{.from = SYS_prctl,
		 .answer = SECCOMP_RET_ALLOW,
		 .held = TRACED,
		 .rules = &secure,
		 .n_rules = 1},
	};
	_cleanup_(spans_done) struct spans spans = {};

	qsort(calls, ARRAY_SIZE(calls), sizeof(*calls), compare_spans);
	add_span(&spans, (struct span){.answer = SECCOMP_RET_ALLOW});
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		add_call(&spans, calls[i], SECCOMP_RET_ALLOW);
	return finish(&spans, false, ret, err);
}

/* --- loading ---------------------------------------------------------------------- */

void filter_copy(struct filter *to, const struct filter *from)
{
	to->n = from->n;
	to->insns = xcalloc(from->n, sizeof(*from->insns));
	memcpy(to->insns, from->insns, from->n * sizeof(*from->insns));
}

static int load(const struct sock_fprog *prog, unsigned flags)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, prog) < 0 ? -errno
									      : 0;
}

int filter_load(const struct filter *f)
{
	const struct sock_fprog prog = {
		.len = (unsigned short)f->n,
		.filter = f->insns,
	};
	unsigned flags = FILTER_FLAGS;
	int r = load(&prog, flags);

	if (r == -EINVAL)
		r = load(&prog, flags = 0);
	if (r != -EACCES)
		return r;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	return load(&prog, flags);
}
