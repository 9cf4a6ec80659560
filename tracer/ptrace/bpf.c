/* bpf.c: a classic BPF machine of the size that seccomp has. */
#include "ptrace/bpf.h"

#include <string.h>

struct machine {
	uint32_t a, x;
	uint32_t mem[BPF_MEMWORDS];
};

static uint32_t data_word(const struct seccomp_data *d, uint32_t offset)
{
	uint32_t v = 0;

	if (offset <= sizeof(*d) - sizeof(v))
		memcpy(&v, (const char *)d + offset, sizeof(v));
	return v;
}

static uint32_t loaded(const struct machine *m, const struct sock_filter *i,
		       const struct seccomp_data *d)
{
	switch (BPF_MODE(i->code)) {
	case BPF_IMM: return i->k;
	case BPF_ABS: return data_word(d, i->k);
	case BPF_MEM: return i->k < BPF_MEMWORDS ? m->mem[i->k] : 0;
	default: return sizeof(*d); /* BPF_LEN */
	}
}

/* Shifts by 32 and more and divisions by 0 are refused or end in 0 (filter(7)). */
static uint32_t calculated(uint16_t op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_ADD: return a + b;
	case BPF_SUB: return a - b;
	case BPF_MUL: return a * b;
	case BPF_DIV: return b ? a / b : 0;
	case BPF_AND: return a & b;
	case BPF_OR: return a | b;
	case BPF_XOR: return a ^ b;
	case BPF_LSH: return b < 32 ? a << b : 0;
	case BPF_RSH: return b < 32 ? a >> b : 0;
	default: return -a; /* BPF_NEG */
	}
}

static bool holds(uint16_t op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_JEQ: return a == b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	default: return a & b; /* BPF_JSET */
	}
}

static uint32_t operand(const struct machine *m, const struct sock_filter *i)
{
	return BPF_SRC(i->code) == BPF_X ? m->x : i->k;
}

static void store(struct machine *m, uint32_t k, uint32_t v)
{
	if (k < BPF_MEMWORDS)
		m->mem[k] = v;
}

/* How far to go on after a jump. */
static size_t jump(const struct machine *m, const struct sock_filter *i)
{
	if (BPF_OP(i->code) == BPF_JA)
		return i->k;
	return holds(BPF_OP(i->code), m->a, operand(m, i)) ? i->jt : i->jf;
}

static void move(struct machine *m, const struct sock_filter *i)
{
	if (BPF_MISCOP(i->code) == BPF_TAX)
		m->x = m->a;
	else
		m->a = m->x;
}

uint32_t bpf_run(const struct sock_filter *f, size_t n, const struct seccomp_data *d)
{
	struct machine m = {};

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *i = &f[pc];

		switch (BPF_CLASS(i->code)) {
		case BPF_LD: m.a = loaded(&m, i, d); break;
		case BPF_LDX: m.x = loaded(&m, i, d); break;
		case BPF_ST: store(&m, i->k, m.a); break;
		case BPF_STX: store(&m, i->k, m.x); break;
		case BPF_ALU:
			m.a = calculated(BPF_OP(i->code), m.a, operand(&m, i));
			break;
		case BPF_JMP: pc += jump(&m, i); break;
		case BPF_RET: return BPF_RVAL(i->code) == BPF_A ? m.a : i->k;
		default: move(&m, i); break; /* BPF_MISC */
		}
	}
	return SECCOMP_RET_KILL_PROCESS;
}

static bool returns(const struct sock_filter *i)
{
	return BPF_CLASS(i->code) == BPF_RET;
}

bool bpf_may_answer(const struct sock_filter *f, size_t n, uint32_t action)
{
	for (size_t i = 0; i < n; i++)
		if (returns(&f[i]) && (BPF_RVAL(f[i].code) != BPF_K ||
				       (f[i].k & SECCOMP_RET_ACTION_FULL) == action))
			return true;
	return false;
}

bool bpf_divert(struct sock_filter *f, size_t n, uint16_t data)
{
	for (size_t i = 0; i < n; i++)
		if (returns(&f[i]) && BPF_RVAL(f[i].code) != BPF_K)
			return false;
	for (size_t i = 0; i < n; i++)
		if (returns(&f[i]) &&
		    (f[i].k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
			f[i].k = SECCOMP_RET_TRACE | data;
	return true;
}
