/*
 * spawn-child.h: the workload's process until its execve.
 *
 * Private to tracer/.  It shares the memory of its parent, which goes on meanwhile: a
 * fork would copy each page that the parent writes to from then on, and that is most of
 * them.
 */
#pragma once

#include "filter.h"

#include <stdbool.h>
#include <sys/types.h>

/* What the child says of its steps. */
enum spawn_step { SPAWN_FILTER = 1, SPAWN_EXEC };
struct spawn_report {
	int step;
	int err; /* 0: it is about to be taken */
};

/* Stays as it is until the child has executed or ended. */
struct spawn_child {
	const char *file;
	char *const *argv, *const *sh_argv; /* the latter for a file without a #! line */
	const struct filter *filter;	    /* or NULL */
	int go, failed;			    /* its ends of the pipes */
	int not_its[2];			    /* the parent's ends */
	_Alignas(16) char stack[8192];
};

/* Its id, or a negative errno. */
pid_t spawn_child_start(struct spawn_child *c);
