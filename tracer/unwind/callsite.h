/*
 * callsite.h: from where a stopped thread made a system call.
 *
 * Private to tracer/.  Meson picks callsite-unwind.c (libunwind) or callsite-none.c,
 * which knows no sites.  The tracee is only read, never changed; its memory and its files
 * are not trusted, so the work per call is bounded.
 */
#pragma once

#include <segen/trace.h>

#include <sys/types.h>

#define CALLSITE_DEPTH_MAX 32

/* One per tracer: keeps what was learned about modules between calls. */
struct callsite_unwinder;

/* NULL when there is no unwinder on this architecture. */
struct callsite_unwinder *callsite_new(void);
void callsite_free(struct callsite_unwinder *u);

/*
 * Unwind thread @tid, which must be ptrace-stopped by the calling thread.  @ret takes
 * an array of *@ret_n frames, innermost first, owned by the caller; a stack that could
 * be followed in part gives the frames that were found.
 *
 * Returns 0, or -ENODATA for an unknown site (@u may be NULL), with the outputs
 * untouched.
 */
int callsite_unwind(struct callsite_unwinder *u, pid_t tid, struct segen_frame **ret,
		    size_t *ret_n);
