/* refuse.c: the verdict of the rules in force, and its errno. */
#include "stops/refuse.h"

#include "ptrace/regs.h"
#include "stops/denied.h"

#include <segen/util.h>

#include <errno.h>
#include <linux/seccomp.h>

/* The kernel's bound on the data of an ERRNO (linux/err.h). */
#define MAX_ERRNO 4095

/* What a refused call returns.  Killing the workload would end the recording. */
int refuse_errno(struct segen_verdict v)
{
	switch (v.action) {
	case SEGEN_ACT_ERRNO: return v.err;
	case SEGEN_ACT_TRACE:
	case SEGEN_ACT_NOTIFY: return ENOSYS;
	default: return EPERM;
	}
}

static struct segen_verdict verdict_of_policy(const struct tracer_settings *s,
					      const struct call_info *c)
{
	const struct segen_rules *rules = s->policy;

	/* A number beyond all is x32's as much as x86-64's. */
	if ((c->arch != segen_arch_native() || c->nr < 0) && s->policy_all)
		rules = s->policy_all(s->policy_ctx);
	return c->arch ? segen_rules_eval(rules, c->arch, c->nr, c->args)
		       : rules->bad_arch;
}

static struct segen_verdict verdict_of_container(const struct container_filter *f,
						 const struct call_info *c)
{
	static const struct {
		uint32_t answer;
		enum segen_action action;
	} actions[] = {
		{SECCOMP_RET_KILL_PROCESS, SEGEN_ACT_KILL_PROCESS},
		{SECCOMP_RET_KILL_THREAD, SEGEN_ACT_KILL_THREAD},
		{SECCOMP_RET_TRAP, SEGEN_ACT_TRAP},
		{SECCOMP_RET_ERRNO, SEGEN_ACT_ERRNO},
		{SECCOMP_RET_LOG, SEGEN_ACT_LOG},
	};
	uint32_t answer = f ? container_filter_answer(f, c) : SECCOMP_RET_ALLOW;
	struct segen_verdict v = {.action = SEGEN_ACT_ALLOW};

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if ((answer & SECCOMP_RET_ACTION_FULL) == actions[i].answer)
			v.action = actions[i].action;
	if (v.action == SEGEN_ACT_ERRNO)
		v.err = (int)MIN(answer & SECCOMP_RET_DATA, MAX_ERRNO);
	return v;
}

struct segen_verdict refuse_verdict(const struct tracer *tr, const struct call_info *c)
{
	if (tr->settings.policy)
		return verdict_of_policy(&tr->settings, c);
	return verdict_of_container(tr->container_filter, c);
}

/* What is no ERRNO of a container's filter the kernel itself carries out. */
static struct segen_verdict verdict(const struct tracer *tr, const struct call_info *c)
{
	struct segen_verdict v = refuse_verdict(tr, c);

	if (!tr->settings.policy && v.action != SEGEN_ACT_ERRNO)
		v = (struct segen_verdict){.action = SEGEN_ACT_ALLOW};
	return v;
}

bool refuse_call(struct tracer *tr, struct tracee *t, const struct call_info *c)
{
	struct segen_verdict v;

	/* Until the workload's execve it is segen's own code that runs. */
	if (!tr->recording)
		return false;
	v = verdict(tr, c);
	if (!segen_verdict_lets(v)) {
		regs_skip_call(t->tid, -refuse_errno(v));
		denied_record(tr, t, c, v);
		if (t->call)
			segen_call_seen(t->call, tr->run)->refused++;
		return true;
	}
	/* A TRACE of the workload's own filter: it has no tracer, the kernel says ENOSYS.
	 */
	if (c->trace_data == FILTER_TRACE_DATA)
		return false;
	regs_skip_call(t->tid, -ENOSYS);
	return true;
}

void refuse_note_container_filter(struct tracer *tr, const struct tracee *t,
				  const struct call_info *c)
{
	struct segen_verdict v;

	if (tr->filter_rewritten || !tr->container_filter || !t->call)
		return;
	v = verdict(tr, c);
	if (segen_verdict_lets(v))
		return;
	segen_call_seen(t->call, tr->run)->refused++;
	denied_record(tr, t, c, v);
}
