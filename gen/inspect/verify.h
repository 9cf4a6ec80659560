/*
 * verify.h: what a run under a profile was denied, and what would let it in.  Pure.
 *
 * The tracer gives a trace with the denials of the run (segen/trace.h).  The profile
 * widened by them follows the rules of every other profile: what the base refuses stays
 * refused unless the policy says otherwise.  A call that is ENOSYS in the base as well is
 * no finding: a library asks for it first and then does without.
 */
#pragma once

#include "generate/report.h"
#include "profile/profile.h"

#include <segen/trace.h>

enum verify_kind {
	VERIFY_DENIED,
	VERIFY_LOGGED, /* let through, and logged by the kernel */
};

/* One denial, in words. */
struct verify_finding {
	const struct segen_denial *denial; /* borrowed */
	enum verify_kind kind;
	char *name;   /* "unlink", or "#1234": no name is known */
	char *call;   /* "unlink(\"/run/nginx.pid\")": control characters are escaped */
	char *answer; /* "EPERM", "killed", "SIGSYS", "logged" */
	char *base; /* "allowed", "allowed with CAP_SYS_ADMIN": how the base treats it */
	char *fix;  /* what lets it in; NULL: --fix does */
	bool fixable; /* the base lets it in for this target, or the policy does */
};

struct verify {
	struct verify_finding *v; /* in the order of the trace */
	size_t n;
	size_t n_denied;	     /* of these: not just logged */
	uint64_t calls;		     /* refused calls in all */
	struct segen_strset fixable; /* names */
	struct profile widened;	     /* the profile with these */
};

/*
 * @trace: sorted; it must outlive @ret.  -EINVAL: the engine would refuse the base.
 */
int verify_judge(const struct segen_trace *trace, const struct profile *p,
		 const struct profile *base, const struct gen_policy *policy,
		 struct verify *ret, struct segen_error *err);
void verify_done(struct verify *v);
