/*
 * inject.h: make a tracee put a seccomp filter on itself.
 *
 * A sequence of calls in the place of the one it is entering: mmap a scratch page,
 * [prctl NO_NEW_PRIVS], seccomp(SET_MODE_FILTER, TSYNC), munmap; then the registers are
 * put back and the original call starts again.  One step per stop, so that group-stops,
 * signals and death in the middle are handled as at any other time.  The thread's
 * signals are blocked meanwhile.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "ptrace/filter.h"
#include "ptrace/regs.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

enum inject_step {
	INJECT_MMAP,
	INJECT_SECCOMP,
	INJECT_NO_NEW_PRIVS,
	INJECT_MUNMAP,
	INJECT_DONE, /* the original call is about to start again */
};

enum inject_how {
	/* All threads of the process, with NO_NEW_PRIVS where the kernel asks for it. */
	INJECT_PROCESS,
	/* This thread only, and not at the price of NO_NEW_PRIVS. */
	INJECT_THREAD,
};

struct injection {
	enum inject_how how;
	enum inject_step step;
	struct regs saved; /* at the entry of the original call */
	uint64_t mask;	   /* the signals the thread blocks itself */
	uint64_t scratch, scratch_len;
	unsigned flags;	      /* of seccomp, as far as the kernel knows them */
	int result;	      /* of seccomp: 0, or why not (negative errno) */
	bool no_new_privs;    /* it had to be set */
	struct filter filter; /* own copy */
};

void inject_free(struct injection *i);

/*
 * Begin at a native syscall-enter-stop or PTRACE_EVENT_SECCOMP of @tid, which is then to
 * be resumed to its next call boundary.  0; or a negative errno: nothing was changed.
 */
int inject_start(struct injection *i, pid_t tid, const struct filter *f,
		 enum inject_how how);

/*
 * At each following syscall stop.  Returns true while it goes on; false when @i is over
 * and the tracee, resumed, makes its original call again: look at @i->result.
 */
bool inject_step(struct injection *i, pid_t tid, const struct call_info *c);
