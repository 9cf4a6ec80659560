/*
 * bpf.h: classic BPF as the kernel runs it on a system call, for tests.
 *
 * Only what libseccomp generates: loads of words, jumps, AND, returns.
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

/* Stands for "no such program": nothing returns it. */
#define BPF_BROKEN 0xdeadbeefu

static inline uint32_t bpf_word(const struct seccomp_data *d, uint32_t offset)
{
	uint32_t v = 0;

	if (offset + sizeof(v) <= sizeof(*d))
		memcpy(&v, (const char *)d + offset, sizeof(v));
	return v;
}

static inline bool bpf_holds(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ: return a == f->k;
	case BPF_JGT: return a > f->k;
	case BPF_JGE: return a >= f->k;
	default: return a & f->k; /* BPF_JSET */
	}
}

static inline uint32_t bpf_run(const struct sock_filter *f, size_t n,
			       const struct seccomp_data *d)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *i = &f[pc];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS: a = bpf_word(d, i->k); break;
		case BPF_ALU | BPF_AND | BPF_K: a &= i->k; break;
		case BPF_JMP | BPF_JA: pc += i->k; break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += bpf_holds(i, a) ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K: return i->k;
		default: return BPF_BROKEN;
		}
	}
	return BPF_BROKEN;
}
