/*
 * known.h: what earlier runs know of a workload, from their traces or profiles.
 */
#pragma once

#include "target/target.h"

#include <segen/error.h>
#include <segen/trace.h>
#include <segen/util.h>

/*
 * Unite @path, a trace or a profile, into @known.  A profile is resolved for @target;
 * what it allows outright becomes a run of its own that names the file.
 */
int known_read(const char *path, const struct target *target, struct segen_trace *known,
	       struct segen_error *err);

/* The names of the calls that @run saw and @known has not, as "ABI name" ("name":
 * native).
 */
void known_new_calls(const struct segen_trace *t, size_t run,
		     const struct segen_trace *known, struct segen_strset *ret);
