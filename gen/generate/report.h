/*
 * report.h: what there is to say about a generated profile.
 *
 * A report owns all it holds, except the calls, which are the trace's.  Pure; must not
 * know: how it is printed.
 */
#pragma once

#include "generate/policy.h"
#include "profile/profile.h"

#include <segen/trace.h>

/* How the base treats an observed call for the target. */
enum call_class {
	CLASS_ALLOWED,
	CLASS_GATED,
	CLASS_MASKED,
	CLASS_REFUSED,
	CLASS_UNKNOWN,
};

/* One observed call, judged. */
struct judged {
	const struct segen_call *call; /* borrowed from the trace */
	char *name;		       /* NULL: number unknown */
	enum call_class class;
	struct segen_strset gates; /* "CAP_SYS_ADMIN", "kernel 4.8", "arch amd64" */
	bool gate_open;		   /* the target passes the gate */
	bool some_refused;	   /* masked: the base refuses some of the values seen */
	bool in_profile;
};

/* How much a warning matters, the worst first. */
enum gen_weight {
	WEIGHT_START,	 /* the container may not start */
	WEIGHT_BREAK,	 /* the workload may break */
	WEIGHT_OPEN,	 /* what was closed is open on another way, or opened wide */
	WEIGHT_WIDE,	 /* allowed with more arguments than were asked for */
	WEIGHT_LEFT_OUT, /* what nobody may miss */
	WEIGHT_NOTE,	 /* as it should be, and worth knowing once */
};

struct gen_warning {
	enum gen_weight weight;
	char *text; /* with the fix in it */
};

/* Why a profile allows a call. */
enum gen_origin {
	ORIGIN_SEEN,
	ORIGIN_ESSENTIAL,
	ORIGIN_INIT,	/* docker run --init */
	ORIGIN_RUNTIME, /* recorded or from the floor */
	ORIGIN_FALLBACK,
	ORIGIN_PORTABLE,
	ORIGIN_ASKED,
	ORIGIN_GATE,
	ORIGIN_BASE, /* the base was edited */
	N_ORIGINS,
};
const char *gen_origin_name(enum gen_origin o);

struct gen_report {
	struct judged *calls; /* sorted by ABI, then name */
	size_t n_calls;
	struct gen_warning *warnings; /* by weight, then text; each once */
	size_t n_warnings, cap_warnings;
	size_t base_allows;	   /* calls of the native ABI that the base allows */
	size_t profile_allows;	   /* the same for the result */
	size_t origins[N_ORIGINS]; /* that they add up to */
};
void gen_report_done(struct gen_report *r);

/* Add a warning in its place, unless it is there. */
void gen_warn(struct gen_report *r, enum gen_weight weight, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* "<what>: a, b, c", unless the list is empty. */
void gen_warn_list(struct gen_report *r, enum gen_weight weight,
		   const struct segen_strset *names, const char *what);

/* Fill in the counts, in_profile of each call, and warn of what --allow opened. */
struct selection;
void gen_report_finish(struct gen_report *r, const struct profile *base,
		       const struct profile *p, const struct target *t,
		       const struct gen_policy *policy,
		       const struct selection *selection);
