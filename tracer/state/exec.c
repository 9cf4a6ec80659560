/* exec.c: a process becomes another program. */
#include "state/tracer-state.h"
#include "proc/privileges.h"

static void note_lost_privileges(struct tracer *tr, const struct tracee *t)
{
	const char *what = privileges_lost(t->process->tgid);

	if (!what)
		return;
	/* An unprivileged tracer never sees them; a privileged one, unless it took them.
	 */
	record_note(tr, "%s ran without its privileges (%s): %s",
		    tr->trace->programs[t->process->program], what,
		    t->process->privs_taken && geteuid() == 0
			    ? "run segen again with --mode=full"
			    : "run segen as root to trace it with them");
}

void exec_happened(struct tracer *tr, struct tracee *t)
{
	record_program(tr, t->process);
	note_lost_privileges(tr, t);
}
