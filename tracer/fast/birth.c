/* birth.c: filters and privileges go from parent to child, perhaps late. */
#include "fast/birth.h"

#include "fast/fast.h"

/* All but segen's filter: that must be known for sure. */
static void resemble(const struct process *p, struct process *child)
{
	child->runtime = p->runtime;
	child->phases |= p->phases;
	if (process_has_own_filter(p))
		child->filter = FILTER_OWN;
	else if (p->filter == FILTER_IMPOSSIBLE && child->filter == FILTER_NONE)
		child->filter = FILTER_IMPOSSIBLE;
	child->privs_taken |= p->privs_taken;
	child->own_no_new_privs |= p->own_no_new_privs;
}

void birth_inherit(const struct tracee *parent, struct process *child)
{
	const struct process *p = parent->process;

	resemble(p, child);
	child->parent = p->tgid;
	/* Forked while the filter came: taken to have none, which is always safe. */
	if (p->filter == FILTER_SEGEN && !parent->unsure && child->filter == FILTER_NONE)
		child->filter = FILTER_SEGEN;
	child->birth_unknown = p->birth_unknown;
}

void birth_found(const struct tracer *tr, struct process *p, pid_t ppid)
{
	const struct process *parent = tracee_process(&tr->tracees, ppid);

	/* Of one that ran before it was traced (attach.c) there is nothing to tell. */
	p->birth_unknown = tr->leader != 0;
	/* With CLONE_PARENT it may be another one: good enough for what it is told. */
	if (p->birth_unknown && parent)
		resemble(parent, p);
}

struct report {
	struct tracer *tracer;
	const struct tracee *parent;
	pid_t pid;
};

static void adopt(struct tracee *t, void *ctx)
{
	const struct report *r = ctx;

	if (!t->process->birth_unknown || t->process->parent != r->pid)
		return;
	birth_inherit(r->parent, t->process);
	birth_reported(r->tracer, t, t->process->tgid);
}

/* @pid may have ended meanwhile: then @parent speaks for it. */
void birth_reported(struct tracer *tr, const struct tracee *parent, pid_t pid)
{
	struct report r = {.tracer = tr, .parent = parent, .pid = pid};

	if (!parent->process->birth_unknown)
		tracee_each(&tr->tracees, adopt, &r);
}
