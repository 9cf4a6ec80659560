/*
 * every-call.h: all calls of an architecture and all that were recorded, each with the
 * reason for it: what a table of one profile shows.  Pure.
 */
#pragma once

#include "inspect/why.h"

struct every_call {
	struct why *v; /* by name */
	size_t n;
	struct segen_strset names;
	struct view view; /* that @v was asked of; borrows profile and target */
};

/*
 * @path, @profile, @docker, @trace (NULL: none) and @target must outlive @ret.
 * -EINVAL: an engine would refuse the profile.
 */
int every_call_init(struct every_call *ret, const char *path,
		    const struct profile *profile, const struct profile *docker,
		    const struct segen_trace *trace, const struct target *target,
		    struct segen_error *err);
void every_call_done(struct every_call *e);
