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

/* How far a thread that may become the container's first process is watched. */
enum runtime_watch {
	WATCH_CALLS,  /* it stops at each call */
	WATCH_FILTER, /* it has a filter that stops the few that count */
};

struct runtime_thread {
	pid_t tid, tgid;
	enum runtime_role role;
	enum runtime_watch watch;
	bool in_call;
	bool may_begin_recording;    /* the call it is in may begin the recording */
	struct call_info call;	     /* if it is */
	struct injection *injection; /* while one is under way */
	bool start_filter_tried;     /* to put WATCH_FILTER's on: done or impossible */
	bool known_filter_tried;     /* it has the filter of what is known, or cannot */
	bool read;		     /* the program it is loading is known */
	bool filter_rewritten;	     /* the program it is loading is not its own */
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
