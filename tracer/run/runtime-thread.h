/*
 * runtime-thread.h: the threads of a container runtime that are followed, but not
 * recorded.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "ptrace/inject.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum runtime_role {
	ROLE_RUNTIME, /* stops only for children and execve */
	ROLE_INIT,    /* may become the container's first process (follow-init.h) */
	ROLE_HOOK,    /* started inside the container by such a one */
};

/* How a thread that may become the container's first process is watched. */
enum runtime_watch {
	WATCH_CALLS,	  /* it stops at each call; a filter is still to be tried */
	WATCH_CALLS_ONLY, /* it stops at each call; a filter is impossible or on its way
			   */
	WATCH_FILTER,	  /* it has a filter that stops the few calls that count */
};

/* How far it is with the filter of what is known (fast mode with --known). */
enum runtime_known {
	KNOWN_UNTRIED,
	KNOWN_LOADING,
	KNOWN_LOADED,
	KNOWN_IMPOSSIBLE,
};

/* The call that it is in. */
enum runtime_call {
	CALL_IS_NONE,
	CALL_IS_OTHER,
	CALL_MAY_BEGIN, /* the recording, by its end: it loads a filter or executes */
};

/* The container's filter that it is loading. */
enum runtime_load {
	LOAD_UNREAD,	/* it could not be read */
	LOAD_READ,	/* it was read, and is loaded as it is */
	LOAD_REWRITTEN, /* its refusals were changed to stops */
};

struct runtime_thread {
	pid_t tid, tgid;
	enum runtime_role role;
	enum runtime_watch watch;
	enum runtime_known known;
	enum runtime_call in;
	struct call_info call;	     /* CALL_MAY_BEGIN: which */
	enum runtime_load load;	     /* the same, of a filter */
	struct injection *injection; /* owned; while one is under way */
};

struct runtime_thread_table {
	struct runtime_thread *v;
	size_t n, cap;
};

/* Pointers are good until the next add or remove. */
struct runtime_thread *runtime_thread_find(const struct runtime_thread_table *t,
					   pid_t tid);
struct runtime_thread *runtime_thread_add(struct runtime_thread_table *t, pid_t tid,
					  pid_t tgid, enum runtime_role role);
void runtime_thread_remove(struct runtime_thread_table *t, pid_t tid);
/* All threads of a process but @keep (0: none). */
void runtime_thread_remove_process(struct runtime_thread_table *t, pid_t tgid,
				   pid_t keep);
void runtime_threads_done(struct runtime_thread_table *t);
