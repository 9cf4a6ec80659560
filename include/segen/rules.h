/*
 * rules.h: what a seccomp filter answers, as flat numeric rules.
 *
 * This is how the generator tells the tracer under which rules a workload is to run:
 * plain numbers, resolved for one target; no profile, no capability, no name.  The
 * meaning of a set of rules is that of libseccomp (db.c): for one call an unconditional
 * rule beats conditional ones; of two unconditional ones the first counts; of conditional
 * ones the first that holds; without a match the default applies; a call of an ABI that
 * is not listed gets @bad_arch.
 *
 * For one call, libseccomp 2.5.4 makes exactly this of: rules with EQ and MASKED_EQ (mask
 * not 0) and one verdict; rules with one EQ each, whatever the verdicts; rules with one
 * comparison each, all of the same argument, with values that have the same upper half,
 * and one verdict.  Of other rules that overlap its filter may let through more or less
 * than any of them says, or never be finished: such rules are not to be written.
 */
#pragma once

#include <segen/arch.h>
#include <segen/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum segen_action {
	SEGEN_ACT_ALLOW,
	SEGEN_ACT_LOG,
	SEGEN_ACT_ERRNO,
	SEGEN_ACT_TRACE,
	SEGEN_ACT_NOTIFY,
	SEGEN_ACT_TRAP,
	SEGEN_ACT_KILL_THREAD,
	SEGEN_ACT_KILL_PROCESS,
};

enum segen_cmp {
	SEGEN_CMP_NE,
	SEGEN_CMP_LT,
	SEGEN_CMP_LE,
	SEGEN_CMP_EQ,
	SEGEN_CMP_GE,
	SEGEN_CMP_GT,
	SEGEN_CMP_MASKED_EQ, /* (argument & value) == value_two */
};

struct segen_cond {
	unsigned index; /* argument 0..5 */
	enum segen_cmp op;
	uint64_t value, value_two;
};

struct segen_verdict {
	enum segen_action action;
	int err; /* ERRNO: the positive errno; TRACE: the data; else 0 */
};

struct segen_rule {
	int nr;	     /* without the x32 bit */
	unsigned at; /* place among the rules before they were sorted */
	struct segen_verdict verdict;
	unsigned n_conds; /* all must hold; 0: unconditional */
	struct segen_cond conds[6];
};

struct segen_abi_rules {
	const struct segen_arch *arch;
	struct segen_rule *rules; /* sorted by nr, else in the profile's order */
	size_t n, cap;
	/*
	 * runc answers ENOSYS for every number above the highest that a rule names
	 * (libcontainer/seccomp/patchbpf).  That highest number, or -1: no such stub.
	 */
	int stub_above;
};

/* Zero-initialised means: nothing listed, default ALLOW. */
struct segen_rules {
	struct segen_verdict def, bad_arch;
	struct segen_abi_rules *abis;
	size_t n_abis, cap_abis;
};

/* Add an ABI (once); the pointer is valid until the next one is added. */
struct segen_abi_rules *segen_rules_add_abi(struct segen_rules *r,
					    const struct segen_arch *arch);
/* There will be @n rules, or so: memory for them at once. */
void segen_rules_reserve(struct segen_abi_rules *a, size_t n);
/* Append a rule; call segen_rules_sort() when all are in. */
void segen_rules_add(struct segen_abi_rules *a, const struct segen_rule *rule);
void segen_rules_sort(struct segen_rules *r);
void segen_rules_done(struct segen_rules *r);

/* What the filter answers to this call. */
struct segen_verdict segen_rules_eval(const struct segen_rules *r,
				      const struct segen_arch *arch, int64_t nr,
				      const uint64_t args[6]);

static inline bool segen_verdict_lets(struct segen_verdict v)
{
	return v.action == SEGEN_ACT_ALLOW || v.action == SEGEN_ACT_LOG;
}
