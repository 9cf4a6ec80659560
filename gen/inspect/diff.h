/*
 * diff.h: two profiles, or two traces, by meaning.  Pure.
 *
 * Profiles are compared by what their filters answer, not by how they are written: order,
 * grouping and spelling mean nothing.
 */
#pragma once

#include "facts/call-facts.h"
#include "inspect/view.h"

#include <segen/trace.h>

enum diff_kind {
	DIFF_WIDER,
	DIFF_CHANGED, /* lets in what it did not, and the reverse */
	DIFF_NARROWER,
	DIFF_ANSWER, /* lets in the same, refuses otherwise: another errno, a kill */
	DIFF_KINDS
};

/* One call that the two filters treat differently. */
struct diff_call {
	char *name;
	enum diff_kind kind;
	struct segen_strset abis;
	char *before, *after; /* "allowed", "refused (EPERM)", "allowed (AF_UNIX)" */
	char *delta;	      /* of masks and lists of values, in words, or NULL */
	char *reason;	      /* the comment of the rule that lets it in, or NULL */
	enum risk risk;
	struct segen_strset open;    /* NARROWER: other calls that still do its job */
	struct segen_strset targets; /* of several: "x86_64: with CAP_X" */
};

struct diff {
	struct diff_call *v; /* by kind, the dangerous first, then by reason and name */
	size_t n, cap;
	struct segen_strset remarks; /* architectures, the default, runc's stub */
	size_t n_kind[DIFF_KINDS];
	size_t n_equal;	      /* calls that one of them names, and both answer alike */
	size_t n_targets;     /* that were compared */
	bool wider, narrower; /* remarks included */
};

/* -EINVAL: an engine would refuse one of them; @err names neither. */
int diff_profiles(const struct profile *a, const struct profile *b,
		  const struct target *t, struct diff *ret, struct segen_error *err);

/*
 * The same for all targets that make a difference to one of them: architectures,
 * capabilities and kernels that they name.  @t gives what no gate asks for.
 */
int diff_all_targets(const struct profile *a, const struct profile *b,
		     const struct target *t, struct diff *ret, struct segen_error *err);
void diff_done(struct diff *d);

/* Traces. */
enum trace_change {
	TRACE_ADDED,   /* in the second only */
	TRACE_REMOVED, /* in the first only */
	TRACE_CHANGED,
};

struct trace_diff_call {
	char *name;
	const struct segen_arch *arch;
	enum trace_change change;
	/* "+/usr/bin/x", "-ENOENT", "+family AF_NETLINK"; of TRACE_CHANGED. */
	struct segen_strset programs, outcomes, values;
	bool probe; /* it never succeeded where it was seen */
};

struct trace_diff {
	struct trace_diff_call *v; /* by change, then ABI and name */
	size_t n, cap;
	struct segen_strset programs; /* "+/usr/bin/x": of the whole traces */
	size_t n_change[TRACE_CHANGED + 1];
	size_t n_equal;
};
void diff_traces(const struct segen_trace *a, const struct segen_trace *b,
		 struct trace_diff *ret);
void trace_diff_done(struct trace_diff *d);
