/*
 * policy.h: what the user decided about a profile that is to be generated.  Pure.
 */
#pragma once

#include "facts/floor.h"
#include "target/target.h"

enum gates {
	GATES_OBSERVED, /* a gate keeps only the observed names (default) */
	GATES_ALL,	/* the base's whole gated groups */
	GATES_NONE,	/* no gated group: the target's capabilities decide now */
};

/* --tie A,B=CAP_X */
struct tie {
	struct segen_strset names;
	const char *cap; /* static, from cap_name() */
};

/* What the user decided. */
struct gen_policy {
	const char *base_name; /* what --base said, for the comment; borrowed, or NULL */
	struct target target;
	const struct segen_arch **arches; /* --arch; none: those seen in the trace */
	size_t n_arches, cap_arches;
	struct tie *ties;
	size_t n_ties, cap_ties;
	struct segen_strset allow, deny;
	struct segen_strset args; /* --args: calls to narrow to the values seen */
	enum gates gates;
	struct floor_choice floor;
	bool allow_refused; /* --refused=allow */
	bool drop_probes;
	bool portable;
	unsigned min_runs; /* leave out what fewer runs saw; 0 and 1: nothing */
};
void gen_policy_init(struct gen_policy *p);
void gen_policy_done(struct gen_policy *p);

/*
 * The options' words: "A,B=CAP_X"; comma lists of calls; a comma list of architectures.
 * -EINVAL names the unknown word.
 */
int gen_policy_tie(struct gen_policy *p, const char *words, struct segen_error *err);
int gen_policy_calls(struct segen_strset *set, const char *list, struct segen_error *err);
/* Calls with arguments that are recorded; "all": all of them. */
int gen_policy_args(struct gen_policy *p, const char *list, struct segen_error *err);
int gen_policy_arches(struct gen_policy *p, const char *list, struct segen_error *err);

/* -EINVAL with the call where two options contradict each other. */
int gen_policy_check(const struct gen_policy *p, struct segen_error *err);
