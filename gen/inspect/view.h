/*
 * view.h: the room gen/inspect: what can be said about profiles and traces.
 *
 * Everything in this room is pure: const inputs, one result, no file, no clock, no
 * global, no output.  It must not know how results are shown (gen/report) or which
 * command asked (gen/cmd).
 *
 * This header: what a profile answers in one container, call by call.
 */
#pragma once

#include "profile/profile.h"
#include "target/target.h"

/* How much of a call a filter lets through. */
enum lets {
	LETS_NONE,
	LETS_SOME, /* depending on arguments */
	LETS_ALL,
};

struct reply {
	enum lets lets;
	/* Of the calls that are not let through; for LETS_ALL of those that are. */
	struct segen_verdict verdict;
	bool stub; /* the number is above all that the profile names: runc's ENOSYS */
};

/* A profile as one target's filter. */
struct view {
	const struct profile *profile; /* borrowed */
	const struct target *target;   /* borrowed */
	struct profile flat;
	size_t *origin; /* of each flat rule: its index in @profile */
	struct segen_rules rules;
};

/* -EINVAL with the engine's words where it would refuse the profile. */
int view_init(struct view *v, const struct profile *p, const struct target *t,
	      struct segen_error *err);
void view_done(struct view *v);

/* The rules of an ABI, or NULL: the filter kills its calls. */
const struct segen_abi_rules *view_abi(const struct view *v,
				       const struct segen_arch *arch);
/* The rules for one call, in their order; *@ret_n may be 0. */
const struct segen_rule *view_rules(const struct view *v, const struct segen_arch *arch,
				    int nr, size_t *ret_n);
struct reply view_reply(const struct view *v, const struct segen_arch *arch, int nr);
/* By name on the target's own architecture; a call that it has not: LETS_NONE. */
struct reply view_reply_name(const struct view *v, const char *name);

/*
 * Arguments that tell the conditions of two lists of rules for one call apart: the
 * borders of comparisons, and of masks every combination of bits that they treat
 * differently.  Exact for rules that libseccomp joins without a doubt (rules.h), as long
 * as there are not more combinations than a few thousand.  Arguments that no condition
 * looks at are 0.
 */
struct samples {
	uint64_t (*args)[6];
	size_t n, cap;
};
void samples_add(struct samples *s, const struct segen_rule *a, size_t n_a,
		 const struct segen_rule *b, size_t n_b);
void samples_done(struct samples *s);
