/*
 * birth.c: processes that are found before their parent has told of their birth.
 *
 * On a busy machine a child makes many calls, and even starts others, before its parent
 * gets to that stop.  Whether it was born with a filter of the workload's own, whose
 * answers come before ours, is not known until then: it must not be let go, nor may what
 * it starts.  A parent that was killed never tells; then it stays so.
 */
#include "state/tracer-state.h"

void birth_found(const struct tracer *tr, struct process *p, pid_t ppid)
{
	const struct process *parent = tracee_process(&tr->tracees, ppid);

	/* Of one that ran before it was traced (attach.c) there is nothing to tell. */
	p->birth_unknown = tr->leader != 0;
	/* With CLONE_PARENT it may be another one: good enough for what it is told. */
	if (p->birth_unknown && parent)
		fast_resemble(parent, p);
}

struct may_begin_recording {
	struct tracer *tracer;
	const struct tracee *parent;
	pid_t pid;
};

static void adopt(struct tracee *t, void *ctx)
{
	const struct may_begin_recording *told = ctx;

	if (!t->process->birth_unknown || t->process->parent != told->pid)
		return;
	fast_inherit(told->parent, t->process);
	birth_reported(told->tracer, t, t->process->tgid);
}

/* @pid may have ended meanwhile: then @parent speaks for it. */
void birth_reported(struct tracer *tr, const struct tracee *parent, pid_t pid)
{
	struct may_begin_recording told = {.tracer = tr, .parent = parent, .pid = pid};

	if (!parent->process->birth_unknown)
		tracee_each(&tr->tracees, adopt, &told);
}
