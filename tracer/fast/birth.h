/*
 * birth.h: what a process has of its parent.
 *
 * On a busy machine a child makes many calls, and even starts others, before its parent
 * gets to the stop that tells of it.  Whether it was born with a filter of the workload's
 * own, whose answers come before segen's, is not known until then: neither the child nor
 * what it starts may get segen's filter.  A parent that was killed never tells; then it
 * stays so.
 */
#pragma once

#include "state/tracer-state.h"

/* @parent has made @child: a process, by an event of its own. */
void birth_inherit(const struct tracee *parent, struct process *child);

/* @p, a child of @ppid as it seems, was found before its parent told of it. */
void birth_found(const struct tracer *tr, struct process *p, pid_t ppid);

/* @parent tells that it has made @pid, which was found before. */
void birth_reported(struct tracer *tr, const struct tracee *parent, pid_t pid);
