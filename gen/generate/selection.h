/*
 * selection.h: which calls a profile is to hold, and why.  Pure; must not know: what the
 * base answers.
 */
#pragma once

#include "generate/arches.h"
#include "generate/report.h"

/* In the order of preference: a call is selected for the first of its reasons. */
enum reason {
	REASON_OBSERVED,
	REASON_RUNTIME, /* recorded while the runtime started the container */
	REASON_ESSENTIAL,
	REASON_FLOOR,
	REASON_FALLBACK, /* of an observed call that the profile answers with ENOSYS */
	REASON_PORTABLE,
	REASON_ASKED, /* --allow, --tie */
	REASON_GATED, /* --gates=all */
};

struct selected {
	char *name;
	enum reason reason;
	char *comment;			 /* what to say about the rule */
	char *detail;			 /* to be listed in the comment, or NULL */
	bool unseen_use;		 /* made with arguments that nobody saw */
	const struct segen_call **calls; /* borrowed from the trace, one per ABI */
	size_t n_calls, cap_calls;
};

struct selection {
	struct selected *v; /* sorted by name */
	size_t n, cap;
};
void selection_done(struct selection *w);
const struct selected *selection_find(const struct selection *w, const char *name);

/* What the trace holds, less what the policy leaves out. */
void selection_from_trace(struct selection *w, const struct segen_trace *t,
			  const struct gen_policy *p, struct gen_report *report);

/* What is added without having been seen: essentials, floor, alternatives. */
void selection_from_facts(struct selection *w, const struct segen_trace *t,
			  const struct gen_arches *a, const struct gen_policy *p);

/* What is called instead of @name, which was observed, where that answers ENOSYS. */
void selection_add_fallbacks(struct selection *w, const char *name,
			     const struct gen_arches *a);

/* What the policy asks for: --allow, --tie, --gates=all. */
void selection_from_policy(struct selection *w, const struct profile *base,
			   const struct gen_policy *p);
