/*
 * outside.h: the threads of a container runtime that are followed, but not recorded.
 */
#pragma once

#include "callinfo.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum outside_role {
	OUT_RUNTIME, /* stops only for children and execve */
	OUT_INIT,    /* may become the container's first process: stops at each call */
	OUT_HOOK,    /* started inside the container by such a one */
};

struct outside {
	pid_t tid, tgid;
	enum outside_role role;
	bool in_call;
	bool telling;	       /* the call it is in may begin the recording */
	struct call_info call; /* if it is */
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
