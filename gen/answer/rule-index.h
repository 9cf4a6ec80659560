/*
 * rule-index.h: the rules of a profile by the calls they name.
 */
#pragma once

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
