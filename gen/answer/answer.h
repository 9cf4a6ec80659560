/*
 * answer.h: what the rules for one call answer, narrowed to the arguments seen.
 *
 * The room works out exact answers, and gates for them; it does not decide which calls a
 * profile is to hold.
 *
 * The rules are those of one call that apply for one target, as libseccomp reads them
 * (rules.h).  An answer never allows what the rules do not, and compares with EQ and
 * MASKED_EQ only: with other operators the upper half of an int would be a way around. An
 * argument of which no value is known keeps the rules' own operators.
 *
 * Pure.  Must not know: gates, runs, JSON.  docs/generator.md has an example.
 */
#pragma once

#include "answer/arg-match.h"
#include "answer/rule-index.h"

#include <segen/trace.h>

/* The values seen of each argument of a call. */
struct seen_args {
	bool nothing_seen; /* the trace does not have the call */
	bool unseen_use;   /* something makes the call with values that nobody saw */
	bool known[6];	   /* v[i] holds all values seen */
	struct segen_values v[6];
	uint64_t mask[6]; /* the bits that the kernel looks at */
};

/* The values in @calls (of one name, any ABI); none of them implies @unseen_use. */
void seen_args_init(struct seen_args *s, const char *name,
		    const struct segen_call *const *calls, size_t n, bool unseen_use);

enum answer_kind {
	ANSWER_DEFAULT, /* no rule: the profile's default */
	ANSWER_ALWAYS,	/* @verdict, whatever the arguments */
	ANSWER_WHEN,	/* allowed when one of @matches holds */
};

struct answer {
	enum answer_kind kind;
	struct segen_verdict verdict;
	struct arg_match *matches; /* sorted */
	size_t n, cap;
	bool seen_refused; /* WHEN, DEFAULT: some value that was seen is not allowed */
	bool exact;	   /* WHEN: the values of all arguments in question are known */
};
void answer_done(struct answer *a);
bool answer_equal(const struct answer *a, const struct answer *b);

/* Whether it allows the call with some arguments. */
bool answer_allows(const struct answer *a);

/* The answer of @rules (in order, gates settled) with @p's default, narrowed to @seen. */
void answer_of_rules(const struct profile *p, const struct rule_ref *rules, size_t n,
		     const struct seen_args *seen, struct answer *ret);

/*
 * Narrow an unconditional answer to the values seen (--args).  False, and @a unchanged,
 * when they are not known or too many.
 */
bool answer_narrow(struct answer *a, const struct seen_args *seen);
