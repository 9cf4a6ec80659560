/*
 * attach-run.h: find what is to be attached to, and add what was recorded, with the
 * facts about it, to a trace.
 */
#pragma once

#include <segen/attach.h>
#include <segen/process.h>

struct attach_target {
	pid_t *pids; /* of processes; a container has one, its first */
	size_t n_pids;
	struct segen_process first; /* of pids[0] */
	char *name;		    /* for files: of the container or the program */
	bool container;
};

/*
 * By process ids, or by a container's name (then @n_pids is 0).  A thread's id means its
 * process.  Errors as container_find() and segen_process_read(); -EINVAL: it is this
 * program, or one that has started it.
 */
int attach_target_find(const pid_t *pids, size_t n_pids, const char *container,
		       struct attach_target *ret, struct segen_error *err);
void attach_target_done(struct attach_target *t);

/*
 * segen_attach() to @target.  Of @how only what does not depend on the target is looked
 * at; how it goes is shown on @live_fd (-1: nowhere).  The trace gets the capabilities of
 * what runs in a container: those of a process outside say nothing of one.
 */
int attach_run(const struct attach_target *target, const struct segen_attach_opts *how,
	       int live_fd, struct segen_trace *t, size_t *ret_run,
	       struct segen_error *err);
