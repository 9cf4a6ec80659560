/*
 * selection.h: which calls a profile is to hold, and why.
 */
#pragma once

#include "generate/arches.h"
#include "generate/report.h"

/* In the order of preference: a call is wanted for the first of its reasons. */
enum want_why {
	WANT_OBSERVED,
	WANT_RUNTIME, /* recorded while the runtime started the container */
	WANT_ESSENTIAL,
	WANT_FLOOR,
	WANT_PORTABLE,
	WANT_ASKED, /* --allow, --tie */
	WANT_GATED, /* --gates=all */
};

struct want {
	char *name;
	enum want_why why;
	char *comment;			 /* what to say about the rule */
	char *detail;			 /* to be listed in the comment, or NULL */
	bool any;			 /* made in ways that nobody saw */
	const struct segen_call **calls; /* borrowed from the trace, one per ABI */
	size_t n_calls, cap_calls;
};

struct wants {
	struct want *v; /* sorted by name */
	size_t n, cap;
};
void wants_done(struct wants *w);
const struct want *wants_find(const struct wants *w, const char *name);

/* Add a reason; a call that is there already keeps its better one. */
struct want *wants_add(struct wants *w, const char *name, enum want_why why,
		       const char *comment);

/* What the trace holds, less what the policy leaves out. */
void wants_from_trace(struct wants *w, const struct segen_trace *t,
		      const struct gen_policy *p, struct segen_strset *warnings);

/* What is added without having been seen: floor, essentials, twins, wishes. */
void wants_from_facts(struct wants *w, const struct segen_trace *t,
		      const struct gen_arches *a, const struct gen_policy *p);
void wants_from_policy(struct wants *w, const struct profile *base,
		       const struct gen_policy *p);
