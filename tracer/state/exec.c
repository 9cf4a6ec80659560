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

/* Whether the paths of the workload are those of segen. */
static bool shares_paths(const struct tracer *tr)
{
	return !tr->no_pinning && !tr->mounts_may_differ;
}

void exec_begins(struct tracer *tr, struct tracee *t)
{
	if (!t->call || !(t->call->tag & TAG_EXEC))
		return;
	exec_claim_done(&t->claim);
	if ((t->call->tag & TAG_EXEC_PATH) && shares_paths(tr))
		exec_claim_make(&t->claim, &tr->programs, t->tid, t->args[0]);
}

void exec_happened(struct tracer *tr, struct tracee *t)
{
	struct process *p = t->process;

	if (t->claim.name && shares_paths(tr)) {
		p->program = segen_trace_program(tr->trace, t->claim.name);
	} else {
		record_program(tr, p);
		note_lost_privileges(tr, t);
		exec_cache_learn(&tr->programs, &t->claim, p->tgid);
	}
	exec_claim_done(&t->claim);
}
