/*
 * refuse.h: the tracer answers what rules refuse, with their errno.
 *
 * The rules are those of --observe=base, or the container's own filter, whose refusals
 * were changed to stops (container-filter.h).
 */
#pragma once

#include "ptrace/callinfo.h"
#include "state/tracer-state.h"

/* What the rules in force say to the call, by whomever it is carried out. */
struct segen_verdict refuse_verdict(const struct tracer *tr, const struct call_info *c);
/* The errno that a refused call gets to see where nobody is killed for it. */
int refuse_errno(struct segen_verdict v);

/* At a PTRACE_EVENT_SECCOMP: have the call fail if it is refused.  True: it will. */
bool refuse_call(struct tracer *tr, struct tracee *t, const struct call_info *c);

/* At an entry: count what the kernel will refuse for the container's own filter. */
void refuse_note_container_filter(struct tracer *tr, const struct tracee *t,
				  const struct call_info *c);
