/*
 * generate.h: observations + base + policy -> profile.  Pure: const inputs, no file, no
 * clock, no global.
 */
#pragma once

#include "profile.h"
#include "target.h"

#include <segen/trace.h>

enum gates {
	GATES_OBSERVED, /* a gate keeps only the observed names (default) */
	GATES_ALL,	/* the base's whole gated groups */
	GATES_NONE,	/* no gated group: the target's capabilities decide now */
};

enum runtime_floor {
	FLOOR_AUTO, /* FLOOR_ANY; only runc's matters of timing for a recorded start */
	FLOOR_ANY,
	FLOOR_RUNC,
	FLOOR_CRUN,
	FLOOR_NONE,
};

/* --tie A,B=CAP_X */
struct tie {
	struct segen_strset names;
	const char *cap; /* static, from cap_name() */
};

/* What the user decided. */
struct gen_policy {
	struct target target;
	const struct segen_arch **arches; /* --arch; none: those seen in the trace */
	size_t n_arches, cap_arches;
	struct tie *ties;
	size_t n_ties, cap_ties;
	struct segen_strset allow, deny;
	struct segen_strset args; /* --args: calls to narrow to the values seen */
	enum gates gates;
	enum runtime_floor floor;
	bool no_new_privs;  /* only the floor under no-new-privileges */
	bool no_init;	    /* without what docker run --init needs */
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

/* Whether the wishes contradict each other: -EINVAL with the call and what to do. */
int gen_policy_check(const struct gen_policy *p, struct segen_error *err);

/* How the base treats an observed call for the target (DESIGN 4.2). */
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
	size_t base_allows;	      /* calls of the native ABI that the base lets in */
	size_t profile_allows;	      /* the same for the result */
};
void gen_report_done(struct gen_report *r);

/*
 * Without a @trace @base itself is edited and its order kept.  -ENODATA when nothing
 * would be left: @ret is never an empty profile.
 */
int generate(const struct segen_trace *trace, const struct profile *base,
	     const struct gen_policy *policy, struct profile *ret,
	     struct gen_report *ret_report, struct segen_error *err);
