/*
 * rule-index.h: the rules of a profile by the calls they name, and those for one call as
 * libseccomp gets them.
 */
#pragma once

#include "answer/arg-match.h"
#include "profile/profile.h"

struct rule_ref {
	const char *name;
	const struct profile_rule *rule;
};

struct rule_index {
	const struct profile *p; /* borrowed, must not change */
	struct rule_ref *v;	 /* sorted by name, then the profile's order */
	size_t n;
};
void rule_index_init(struct rule_index *x, const struct profile *p);
void rule_index_done(struct rule_index *x);

/* The rules that name @name, in the profile's order; borrowed from the index. */
const struct rule_ref *rule_index_find(const struct rule_index *x, const char *name,
				       size_t *ret_n);

/*
 * The rules for one call as runc and crun hand them to libseccomp: those that say what
 * the default says are dropped, a rule that names an argument twice becomes one rule for
 * each condition.
 */
struct rule_split {
	struct arg_matches allow, deny; /* rules with conditions */
	bool always;			/* there is a rule without: @verdict */
	struct segen_verdict def, verdict;
};
void rule_split_init(struct rule_split *s, const struct profile *p,
		     const struct rule_ref *rules, size_t n);
void rule_split_done(struct rule_split *s);
