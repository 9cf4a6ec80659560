/* exec.c: a process becomes another program. */
#include "state/engine.h"
#include "proc/privileges.h"

static void note_lost_privileges(struct engine *e, const struct tracee *t)
{
	const char *what = privileges_lost(t->process->tgid);

	if (!what)
		return;
	/* An unprivileged tracer never sees them; a privileged one, unless it took them.
	 */
	record_note(e, "%s ran without its privileges (%s): %s",
		    e->trace->programs[t->process->program], what,
		    t->process->privs_taken && geteuid() == 0
			    ? "run segen again with --mode=full"
			    : "run segen as root to trace it with them");
}

/* Whether the paths of the workload are those of segen. */
static bool shares_paths(const struct engine *e)
{
	return !e->aloof && !e->scattered;
}

void exec_begins(struct engine *e, struct tracee *t)
{
	if (!t->call || !(t->call->tag & TAG_EXEC))
		return;
	exec_claim_done(&t->claim);
	if ((t->call->tag & TAG_EXEC_PATH) && shares_paths(e))
		exec_claim_make(&t->claim, &e->programs, t->tid, t->args[0]);
}

void exec_happened(struct engine *e, struct tracee *t)
{
	struct process *p = t->process;

	if (t->claim.name && shares_paths(e)) {
		p->program = segen_trace_program(e->trace, t->claim.name);
	} else {
		record_program(e, p);
		note_lost_privileges(e, t);
		exec_cache_learn(&e->programs, &t->claim, p->tgid);
	}
	exec_claim_done(&t->claim);
}
