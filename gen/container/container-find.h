/*
 * container-find.h: ask the engines' clients for a container that runs.
 */
#pragma once

#include <segen/error.h>

#include <sys/types.h>

struct container_found {
	pid_t pid; /* its first process, as this machine sees it */
	char *name;
};

/*
 * @word is a name or id, or "ENGINE:" and one, where ENGINE is docker, podman or nerdctl;
 * else each client that is installed is asked, in this order, with its own environment
 * (DOCKER_HOST …).  -ENOENT: nobody knows it; -ESRCH: it does not run, or not here.
 */
int container_find(const char *word, struct container_found *ret,
		   struct segen_error *err);
void container_found_done(struct container_found *c);

/* What an engine calls a container and its image; NULL: no engine knows it any more. */
struct container_about {
	char *name, *image;
};
void container_describe(const char *id, struct container_about *ret);
void container_about_done(struct container_about *a);
