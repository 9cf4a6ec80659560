/* untraced.c: CLONE_UNTRACED, out of the flags and back. */
#include "stops/untraced.h"

#include "ptrace/memory.h"
#include "ptrace/regs.h"
#include "state/record.h"

#include <sched.h>

static bool put_flags(const struct tracee *t, uint64_t flags)
{
	/* The first member of struct clone_args is the flags (clone(2)). */
	if (t->tags & TAG_CLONE3)
		return memory_write(t->tid, t->args[0], &flags, sizeof(flags)) == 0;
	return regs_set_arg0(t->tid, t->arch, flags) == 0;
}

void untraced_clear(struct tracer *tr, struct tracee *t)
{
	uint64_t flags = t->args[0];

	if (!(t->tags & (TAG_CLONE | TAG_CLONE3)))
		return;
	if ((t->tags & TAG_CLONE3) &&
	    memory_read(t->tid, t->args[0], &flags, sizeof(flags)) < 0)
		return;
	if (!(flags & CLONE_UNTRACED))
		return;
	if (tr->settings.read_only || !put_flags(t, flags & ~(uint64_t)CLONE_UNTRACED)) {
		record_note(tr, "a process was started with CLONE_UNTRACED and could not "
				"be followed: its calls are missing");
		return;
	}
	t->untraced_cleared = true;
	t->saved_flags = flags;
}

void untraced_restore(struct tracee *t)
{
	if (!t->untraced_cleared)
		return;
	t->untraced_cleared = false;
	if (t->tags & TAG_CLONE3)
		put_flags(t, t->saved_flags);
	else
		regs_restore_arg0(t->tid, t->arch, t->saved_flags);
}
