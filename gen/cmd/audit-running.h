/*
 * audit-running.h: for segen audit: the filters that a process or a container is under.
 */
#pragma once

#include "container/attach-run.h"
#include "inspect/answers.h"

#include <segen/filters.h>

struct running {
	struct attach_target target;
	struct segen_filters filters;
	struct answering answering; /* what all of them answer; borrows @filters */
	char *words;		    /* "container web, process 123: 2 filters" */
};

/* @pid, or the container @name; errors as attach_target_find(), segen_filters_read(). */
int running_read(pid_t pid, const char *name, struct running *ret,
		 struct segen_error *err);
void running_done(struct running *r);
