/*
 * attach-scope.h: which processes belong to what is being attached to.
 *
 * A container: all in the PID namespace of its first process and in those below it; where
 * that is not the container's own, all in its cgroup.  Else: the given processes, and
 * what their threads start from now on.
 */
#pragma once

#include <segen/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A sorted list of process ids. */
struct pid_list {
	pid_t *v;
	size_t n, cap;
};

struct attach_scope {
	pid_t first;  /* of the container; 0: there is none */
	ino_t pid_ns; /* of the container; 0: it has none of its own */
	char *cgroup; /* then the line of /proc/PID/cgroup that tells its processes */
	struct pid_list before; /* no container: all that were there at the start */
};

/* Of the container whose first process is @pid. */
int attach_scope_init_container(struct attach_scope *m, pid_t pid,
				struct segen_error *err);
/* Of no container. */
int attach_scope_init(struct attach_scope *m, struct segen_error *err);
void attach_scope_done(struct attach_scope *m);

/* All processes there are, by number. */
int pid_list_all(struct pid_list *ret, struct segen_error *err);
void pid_list_done(struct pid_list *l);
bool pid_list_has(const struct pid_list *l, pid_t pid);

/* Container: whether @pid is in it. */
bool attach_scope_has(const struct attach_scope *m, pid_t pid);

/*
 * Container: whether @pid has come into it from outside, like a docker exec; and whether
 * it is still a runtime that prepares to execute what was asked for.  @late: none of
 * those that are in it can have started it.
 */
bool attach_scope_is_guest(const struct attach_scope *m, pid_t pid, bool late,
			   bool *ret_runtime);
