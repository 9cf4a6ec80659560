/*
 * stray.c: processes that are found before their parent has told of their birth.
 *
 * On a busy machine a child makes many calls, and even starts others, before its parent
 * gets to that stop.  Whether it was born with a filter of the workload's own, whose
 * answers come before ours, is not known until then: it must not be let go, nor may what
 * it starts.  A parent that was killed never tells; then it stays so.
 */
#include "state/engine.h"

void stray_found(const struct engine *e, struct process *p, pid_t ppid)
{
	const struct process *parent = tracee_process(&e->tracees, ppid);

	/* Of one that ran before it was traced (attach.c) there is nothing to tell. */
	p->stray = e->leader != 0;
	/* With CLONE_PARENT it may be another one: good enough for what it is told. */
	if (p->stray && parent)
		fast_resemble(parent, p);
}

struct telling {
	struct engine *engine;
	const struct tracee *parent;
	pid_t pid;
};

static void adopt(struct tracee *t, void *ctx)
{
	const struct telling *told = ctx;

	if (!t->process->stray || t->process->parent != told->pid)
		return;
	fast_inherit(told->parent, t->process);
	stray_told(told->engine, t, t->process->tgid);
}

/* @pid may have ended meanwhile: then @parent speaks for it. */
void stray_told(struct engine *e, const struct tracee *parent, pid_t pid)
{
	struct telling told = {.engine = e, .parent = parent, .pid = pid};

	if (!parent->process->stray)
		tracee_each(&e->tracees, adopt, &told);
}
