/*
 * hide-filter.h: the workload's own seccomp state, as if segen's filter were not there.
 *
 * With --observe=base a filter is what a container has, and the kernel's answers are
 * those that the workload would get there.  Without, a process on the fast path has a
 * filter that it does not know of.  It is told that it has none; and strict mode, which
 * the kernel gives to no process that has a filter (prctl(2), EINVAL), is enforced here.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "state/tracer-state.h"

/*
 * At an entry, after the call was found to make a filter: a call that strict mode forbids
 * ends the thread, and a filter that needs the privilege segen has taken is refused.
 */
void hide_filter_entry(const struct tracee *t);

/* At the end of a call: another result, in @c too. */
void hide_filter_result(struct tracer *tr, struct tracee *t, struct call_info *c);
