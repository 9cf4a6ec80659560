/*
 * rule-split.h: the rules for one call as runc and crun hand them to libseccomp: those
 * that say what the default says are dropped, a rule that names an argument twice becomes
 * one rule for each condition.
 */
#pragma once

#include "answer/conj.h"
#include "answer/rule-index.h"

struct rule_split {
	struct conj_list let, deny; /* rules with conditions */
	bool always;		    /* there is a rule without: @verdict */
	struct segen_verdict def, verdict;
};
void rule_split_init(struct rule_split *s, const struct profile *p,
		     const struct rule_ref *rules, size_t n);
void rule_split_done(struct rule_split *s);
