/*
 * bpf.h: seccomp programs of others: what they answer, and how to be told of it.
 *
 * Pure.  The language is the classic BPF that seccomp(2) accepts (kernel/seccomp.c,
 * seccomp_check_filter()); the answers are those of linux/seccomp.h.
 */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the program answers to @d, action and data.  A program that the kernel would not
 * have taken kills, as one that ends without an answer would.
 */
uint32_t bpf_run(const struct sock_filter *f, size_t n, const struct seccomp_data *d);

/* Whether the program has an answer with this action, or may have. */
bool bpf_may_answer(const struct sock_filter *f, size_t n, uint32_t action);

/*
 * Turn each ERRNO into a TRACE with @data, so that a tracer sees what is refused.
 * False, and nothing is changed: it may answer with something that it calculates.
 */
bool bpf_divert(struct sock_filter *f, size_t n, uint16_t data);
