/*
 * spawn.h: start the workload so that it can be seized before its first instruction.
 *
 * The child waits until the tracer releases it, loads the filter, and execs.  It keeps
 * everything of the caller: stdio, terminal, process group, signal dispositions and
 * mask, limits, environment.
 */
#pragma once

#include "ptrace/filter.h"

#include <segen/error.h>

#include <stdbool.h>
#include <sys/types.h>

struct spawn {
	pid_t pid;
	int go;	    /* a byte written here releases the child; closed: it ends */
	int failed; /* the child tells of its steps and failures here */
};

/*
 * Look @argv[0] up as a shell does (PATH, 127 and 126) and fork.  @filter may be NULL.
 * -ENOENT: not found; -EACCES, -ENOEXEC …: found but cannot be executed.
 */
int spawn_start(char *const *argv, const struct filter *filter, struct spawn *ret,
		struct segen_error *err);

/* Let the child run. */
int spawn_go(struct spawn *s, struct segen_error *err);

/* After the child was killed: whether it was in its execve. */
bool spawn_reached_exec(const struct spawn *s);

/*
 * After the child has ended without an execve: why.  Returns the negative errno and
 * fills @err.
 */
int spawn_failure(struct spawn *s, char *const *argv, struct segen_error *err);

/* Close what is open.  Does not touch the child. */
void spawn_done(struct spawn *s);

/*
 * Whether this process may load filters at all: one that it runs under itself, say a
 * container's, can forbid seccomp(2), even under pain of death.  So a child tries.
 */
bool spawn_may_filter(void);
