/*
 * report.h: what there is to say about a generated profile.
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

/* One observed call, judged: what summary and audit print. */
struct judged {
	const struct segen_call *call; /* borrowed from the trace */
	char *name;		       /* NULL: number unknown */
	enum call_class class;
	struct segen_strset gates; /* "CAP_SYS_ADMIN", "kernel 4.8", "arch amd64" */
	bool gate_open;		   /* the target passes the gate */
	bool some_refused;	   /* masked: the base refuses some of the values seen */
	bool in_profile;
};

/* Everything worth saying about a generated profile; printed by the caller. */
struct gen_report {
	struct judged *calls; /* sorted by ABI, then name */
	size_t n_calls;
	struct segen_strset warnings; /* what may surprise, with the fix in it */
	size_t base_allows;	      /* calls of the native ABI that the base allows */
	size_t profile_allows;	      /* the same for the result */
};
void gen_report_done(struct gen_report *r);

void gen_warn(struct gen_report *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* "<what>: a, b, c", unless the list is empty. */
void gen_warn_list(struct gen_report *r, const struct segen_strset *names,
		   const char *what);

/* The counts, in_profile of each call, and what the wishes did to the base. */
void gen_report_finish(struct gen_report *r, const struct profile *base,
		       const struct profile *p, const struct target *t,
		       const struct gen_policy *policy);
