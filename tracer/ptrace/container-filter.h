/*
 * container-filter.h: the filters that a container has on before its workload begins.
 *
 * In the kernel a filter's ERRNO comes before segen's TRACE, so what a container refuses
 * would be out of sight on the fast path.  The runtime's program is therefore
 * read while it is being loaded, and in fast mode its ERRNOs become TRACEs for as long as
 * the kernel reads it: the tracer then gives the same answers.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "ptrace/filter.h"

#include <stdbool.h>
#include <sys/types.h>

struct container_filter {
	struct filter *filters; /* as the runtime wrote them, the newest last */
	size_t n, cap;
	bool unknown; /* one was loaded that could not be read */
};
void container_filter_done(struct container_filter *g);

/*
 * The tracee is about to load a filter: read it.  @program is the address of its struct
 * sock_fprog.  0 or a negative errno.
 */
int container_filter_read(struct container_filter *g, pid_t tid, uint64_t program);

/*
 * Write the newest filter's program to the tracee's memory with its ERRNOs as TRACEs, and
 * put it back after it was loaded.  @program as for guard_read().
 */
int container_filter_divert(const struct container_filter *g, pid_t tid,
			    uint64_t program);
void container_filter_put_back(const struct container_filter *g, pid_t tid,
			       uint64_t program);

/* The newest filter was not loaded after all. */
void container_filter_drop(struct container_filter *g);

/* What all filters together answer to the call: SECCOMP_RET_*, action and data. */
uint32_t container_filter_answer(const struct container_filter *g,
				 const struct call_info *c);

/*
 * Whether a process under these filters can get segen's: the filters are known, allow
 * the calls of an injection (inject.h), and do not ask a supervisor, whose
 * USER_NOTIF would come before segen's TRACE.
 */
bool container_filter_may_inject(const struct container_filter *g);
