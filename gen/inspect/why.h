/*
 * why.h: why a call is in a profile or not, from profiles and traces together.  Pure.
 */
#pragma once

#include "inspect/sheet.h"
#include "inspect/view.h"

#include <segen/trace.h>

/* One rule of a profile that names the call. */
struct why_rule {
	size_t index;	     /* in the profile */
	size_t name;	     /* of the call in it */
	bool applies;	     /* its gates are open for the target */
	char *answer;	     /* "allowed" */
	char *gates;	     /* "with CAP_SYS_ADMIN", or NULL */
	char *conds;	     /* "AF_UNIX", or NULL */
	const char *comment; /* borrowed from the profile, or NULL */
};

struct why_profile {
	const char *path;
	struct reply reply; /* on the target's architecture */
	char *answer; /* "allowed", "refused (EPERM)", "allowed for some arguments" */
	struct why_rule *rules;
	size_t n_rules, cap_rules;
	char *reason; /* why it is let in; never NULL where some of it is */
};

/* What the traces together saw of the call under one ABI. */
struct why_seen {
	const struct segen_arch *arch;
	const struct segen_call *call; /* borrowed from the trace */
	uint64_t count;
	bool at_least; /* the count is a lower bound */
	size_t n_runs; /* in which it was seen */
	unsigned phases;
	uint64_t refused;
	bool probe; /* it never succeeded */
	struct segen_strset programs, outcomes, values;
};

struct why {
	struct sheet sheet; /* facts */
	struct why_profile *profiles;
	size_t n_profiles;
	const struct segen_trace *trace; /* of all traces, borrowed; NULL: none */
	struct why_seen *seen;
	size_t n_seen, cap_seen;
	struct reply docker;	    /* how Docker's default answers for the target */
	struct segen_strset remove; /* options that would leave it out */
	bool found;		    /* a profile names it or a trace has it */
};

struct why_profile_in {
	const char *path;
	struct view view; /* of the profile, for the target */
};

struct why_input {
	const struct why_profile_in *profiles;
	size_t n_profiles;
	const struct segen_trace *trace; /* merged, or NULL */
	const struct target *target;
	const struct view *docker; /* Docker's default profile */
};

/* -ENOENT: no such call. */
int why_init(struct why *w, const char *name, const struct why_input *in,
	     struct segen_error *err);
void why_done(struct why *w);

/* The names that profiles and traces hold, for who asks for all. */
void why_names(const struct why_input *in, struct segen_strset *ret);
