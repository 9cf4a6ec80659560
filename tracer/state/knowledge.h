/*
 * knowledge.h: what is known of the workload, and which calls a filter may therefore
 * allow.
 *
 * Pure: no process, no clock.  A call is allowed in the kernel only after it was recorded
 * and its first outcome is known, so nothing can be missed.  Calls that the tracer needs
 * to see each time are never allowed (always-traced.def).
 */
#pragma once

#include <segen/rules.h>
#include <segen/syscall.h>
#include <segen/trace.h>

/* After this many failures a call that never succeeded counts as settled. */
#define KNOWLEDGE_FAILURES 4

struct known_call {
	bool never;	     /* see always-traced.def */
	bool settled;	     /* it succeeded, or failed often enough */
	bool by_value;	     /* an argument matters: allowed for the values seen only */
	unsigned char index; /* by_value: which argument */
	uint64_t mask;
	unsigned failures;
	bool allowed;	  /* some filter has it */
	uint64_t trapped; /* times a filter stopped it after it was settled */
};

struct knowledge {
	struct known_call calls[SEGEN_NR_TABLE]; /* native ABI, by number */
	unsigned version; /* changes when a filter made now would allow more */
};

/*
 * A native call was seen for the first time, under this name.  @args: every argument
 * that matters is allowed by value, not only those the base has conditions on.
 */
void knowledge_call(struct knowledge *l, int64_t nr, const char *name, bool args);

/* It came back with @err (0: success); calls without a result count as succeeded. */
void knowledge_outcome(struct knowledge *l, int64_t nr, int err);

/* A value of an argument that matters was seen for the first time. */
void knowledge_value(struct knowledge *l, int64_t nr);

/*
 * What a filter would answer now, as rules of the native ABI: ALLOW for what is known
 * from
 * @t or @known (may be NULL) and allowed by @policy (may be NULL); @policy's
 * errno for calls it refuses whatever their arguments and that were seen already.
 */
void knowledge_rules(const struct knowledge *l, const struct segen_trace *t,
		     const struct segen_trace *known, const struct segen_rules *policy,
		     struct segen_rules *ret);

/* Mark what @rules allows: counts are lower bounds from now on. */
void knowledge_allowed(struct knowledge *l, const struct segen_rules *rules,
		       struct segen_trace *t, size_t run);
