/*
 * known.h: what earlier runs know of a workload, from their traces or profiles.
 */
#pragma once

#include "target/target.h"

#include <segen/error.h>
#include <segen/rules.h>
#include <segen/trace.h>
#include <segen/util.h>

/* Zero-initialised is empty: nothing is known. */
struct known {
	struct segen_trace trace;  /* of the traces; what profiles let in outright */
	struct segen_rules *rules; /* of the profiles, one each */
	size_t n_rules, cap_rules;
};
void known_done(struct known *k);

/*
 * Unite @path, a trace or a profile, into @k.  A profile is resolved for @target; what it
 * allows outright becomes a run of its own that names the file.
 */
int known_read(const char *path, const struct target *target, struct known *k,
	       struct segen_error *err);

/*
 * Whether the rules look at arguments that a recording may stop looking at once the call
 * is known, unless it is told to go on.
 */
bool known_needs_args(const struct known *k);

/*
 * What @run saw and @k does not know, one text per call: its name ("i386 open": of
 * another ABI than the native one), the program, the arguments and the stack of the first
 * time.  A call that a profile lets in under conditions is known if they held for all
 * values that were seen; one that a profile answers with the error that it got is known.
 */
void known_new_calls(const struct segen_trace *t, size_t run, const struct known *k,
		     struct segen_strset *ret);
