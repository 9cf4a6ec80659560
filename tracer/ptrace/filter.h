/*
 * filter.h: seccomp programs, and loading one into the calling thread.
 *
 * Written here, not by libseccomp, which takes some milliseconds for a set of rules: as
 * long as a short command runs.  Filters for the native ABI only: a call of any other ABI
 * is answered TRACE, and the tracer decides.
 */
#pragma once

#include <segen/error.h>
#include <segen/rules.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

/* SECCOMP_RET_DATA of segen's TRACE answers: tells them from the workload's own. */
#define FILTER_TRACE_DATA 0x5e6e

/*
 * How segen's filters are loaded.  Up to Linux 5.15 a filter turns speculation off for
 * its process unless it is asked not to (SPEC_ALLOW, since 4.17; -EINVAL before), which
 * would cost the workload speed that it has natively.  segen's filters protect nothing.
 */
#define FILTER_FLAGS SECCOMP_FILTER_FLAG_SPEC_ALLOW

struct filter {
	struct sock_filter *insns;
	size_t n;
};

void filter_done(struct filter *f);
void filter_copy(struct filter *to, const struct filter *from);

/*
 * The filter a workload is observed under: ALLOW what @rules let in on the native ABI,
 * TRACE all else.  A call with rules that let and rules that refuse is TRACEd too.
 * -E2BIG: more than the kernel takes.
 */
int filter_from_policy(const struct segen_rules *rules, struct filter *ret,
		       struct segen_error *err);

/*
 * The filter that allows what is known (knowledge.h): the same, but an unconditional
 * ERRNO is answered in the kernel.
 */
int filter_from_known(const struct segen_rules *rules, struct filter *ret,
		      struct segen_error *err);

/*
 * The filter that carries @rules out, but for what the tracer is to be told of: TRACE for
 * what is refused with an errno, logged, or asked a supervisor for; KILL and TRAP as they
 * are.  Calls of other ABIs are TRACEd; the numbers of enum filter_forced have the kernel
 * do to the thread what they say, whatever its ABI (seccomp(2): after a TRACE all filters
 * are asked again).
 */
int filter_from_enforced(const struct segen_rules *rules, struct filter *ret,
			 struct segen_error *err);

enum filter_forced {
	FILTER_KILL_THREAD = 0x7fff0000, /* beyond the numbers of every ABI */
	FILTER_KILL_PROCESS,
	FILTER_TRAP,
	FILTER_FORCED_END,
};

/*
 * The filter of a process that is about to become a workload: TRACE for calls that
 * load a filter or execute a program, and for any other ABI; ALLOW all else.
 */
int filter_for_start(struct filter *ret, struct segen_error *err);

/*
 * Load it into the calling thread, with NO_NEW_PRIVS only where the kernel asks for it
 * (no CAP_SYS_ADMIN).  Async-signal-safe.  0 or a negative errno.
 */
int filter_load(const struct filter *f);
