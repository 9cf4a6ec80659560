/*
 * outside.h: the threads of a container runtime that are followed, but not recorded.
 */
#pragma once

#include "ptrace/callinfo.h"
#include "ptrace/inject.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum outside_role {
	OUT_RUNTIME, /* stops only for children and execve */
	OUT_INIT,    /* may become the container's first process (follow-init.h) */
	OUT_HOOK,    /* started inside the container by such a one */
};

/* How far a thread that may become the container's first process is watched. */
enum outside_watch {
	WATCH_CALLS,  /* it stops at each call */
	WATCH_FILTER, /* it has a filter that stops the few that count */
};

struct outside {
	pid_t tid, tgid;
	enum outside_role role;
	enum outside_watch watch;
	bool in_call;
	bool telling;		     /* the call it is in may begin the recording */
	struct call_info call;	     /* if it is */
	struct injection *injection; /* while one is under way */
	bool asked;		     /* to put WATCH_FILTER's on: done or impossible */
	bool knows;		     /* it has the filter of what is known, or cannot */
	bool read;		     /* the program it is loading is known */
	bool diverted;		     /* the program it is loading is not its own */
};

struct outside_table {
	struct outside *v;
	size_t n, cap;
};

/* Pointers are good until the next add or remove. */
struct outside *outside_find(const struct outside_table *t, pid_t tid);
struct outside *outside_add(struct outside_table *t, pid_t tid, pid_t tgid,
			    enum outside_role role);
void outside_remove(struct outside_table *t, pid_t tid);
/* All threads of a process but @keep (0: none). */
void outside_remove_process(struct outside_table *t, pid_t tgid, pid_t keep);
void outside_done(struct outside_table *t);
