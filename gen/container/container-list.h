/*
 * container-list.h: which containers run here, and what their engines say of their
 * seccomp profiles.
 */
#pragma once

#include <segen/error.h>

#include <stddef.h>
#include <sys/types.h>

struct container_row {
	const char *engine;  /* static: "docker" */
	const char *profile; /* static: "default", "custom", "unconfined" */
	char *name, *image;
	pid_t pid; /* of its first process, as this machine sees it */
};

struct container_list {
	struct container_row *v;
	size_t n, cap;
};

/*
 * Each client that is installed is asked, as by container_find().  -ENOENT: none is, or
 * none of them answers.
 */
int container_list(struct container_list *ret, struct segen_error *err);
void container_list_done(struct container_list *l);

/*
 * Pure: add what a client printed, a container to a line: "PID|NAME|IMAGE|PRIVILEGED|"
 * and its security options as JSON.  A line that is none is passed over.
 */
void container_list_parse(const char *engine, char *text, struct container_list *ret);
