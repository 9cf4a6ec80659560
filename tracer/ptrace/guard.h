/*
 * guard.h: the filters that a container has on before its workload begins.
 *
 * In the kernel a filter's ERRNO comes before segen's TRACE, so what a container refuses
 * would be out of sight once its process is let go.  The runtime's program is therefore
 * read while it is being loaded, and in fast mode its ERRNOs become TRACEs for as long as
 * the kernel reads it: the tracer then gives the same answers.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "ptrace/filter.h"

#include <stdbool.h>
#include <sys/types.h>

struct guard {
	struct filter *filters; /* as the runtime wrote them, the newest last */
	size_t n, cap;
	bool unknown; /* one was loaded that could not be read */
};
void guard_done(struct guard *g);

/*
 * The tracee is about to load a filter: read it.  @program is the address of its struct
 * sock_fprog.  0 or a negative errno.
 */
int guard_read(struct guard *g, pid_t tid, uint64_t program);

/*
 * Write the newest filter's program to the tracee's memory with its ERRNOs as TRACEs, and
 * put it back after it was loaded.  @program as for guard_read().
 */
int guard_divert(const struct guard *g, pid_t tid, uint64_t program);
void guard_put_back(const struct guard *g, pid_t tid, uint64_t program);

/* The newest filter was not loaded after all. */
void guard_drop(struct guard *g);

/* What all filters together answer to the call: SECCOMP_RET_*, action and data. */
uint32_t guard_answer(const struct guard *g, const struct call_info *c);

/*
 * Whether calls of a process under these filters can be let go: the filters are known,
 * let the calls of an injection through (inject.h), and do not ask a supervisor, whose
 * USER_NOTIF would come before segen's TRACE.
 */
bool guard_may_inject(const struct guard *g);
