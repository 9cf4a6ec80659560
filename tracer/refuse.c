/* refuse.c: the tracer answers what the rules refuse, with their errno. */
#include "engine.h"
#include "regs.h"

#include <errno.h>

/* What a refused call gets to see.  Killing the workload would end the observation. */
static int refusal_errno(struct segen_verdict v)
{
	switch (v.action) {
	case SEGEN_ACT_ERRNO: return v.err;
	case SEGEN_ACT_TRACE:
	case SEGEN_ACT_NOTIFY: return ENOSYS;
	default: return EPERM;
	}
}

bool refuse_if_ruled(struct engine *e, struct tracee *t, const struct call_info *c)
{
	struct segen_verdict v = {.action = SEGEN_ACT_ALLOW};

	/* Until the workload's execve it is segen's own code that runs. */
	if (!e->recording)
		return false;
	if (e->opts->policy && c->arch)
		v = segen_rules_eval(e->opts->policy, c->arch, c->nr, c->args);
	else if (e->opts->policy)
		v = e->opts->policy->bad_arch;
	if (!segen_verdict_lets(v)) {
		regs_skip_call(t->tid, -refusal_errno(v));
		if (t->call)
			segen_call_seen(t->call, e->run)->refused++;
		return true;
	}
	/* A TRACE of the workload's own filter: it has no tracer, the kernel says ENOSYS.
	 */
	if (c->trace_data == FILTER_TRACE_DATA)
		return false;
	regs_skip_call(t->tid, -ENOSYS);
	return true;
}
