/*
 * compose-cmdline.h: the command line of Compose: docker compose, docker-compose, podman
 * compose, podman-compose.
 *
 * Pure.  Source: the usage of Docker Compose 2 and podman-compose 1; the files that are
 * read without --file, and their order: docs.docker.com/compose, "The Compose file".
 */
#pragma once

#include <segen/util.h>

#include <stdbool.h>
#include <stddef.h>

/* Borrowed from argv. */
struct compose_cmdline {
	bool found;   /* it is one, and "up", "run", "create" or "start" */
	bool podman;  /* Podman starts the containers */
	bool sudo;    /* somebody else's engine */
	size_t first; /* indices in argv: of the first word behind "compose" */
	size_t verb;
	size_t after_file; /* behind the last --file; 0: there is none */
	const char *file;  /* the first --file */
	const char *verb_name;
};

/* Parse @argv, NULL-terminated. */
void compose_cmdline_parse(char *const *argv, struct compose_cmdline *ret);

/* The same with more of --file; the array is the caller's, the words are borrowed. */
char **compose_cmdline_with(char *const *argv, const struct compose_cmdline *c,
			    char *const *files);
/* The same options with @words in the place of the verb and what follows. */
char **compose_cmdline_other(char *const *argv, const struct compose_cmdline *c,
			     const char *const *words);

/*
 * The names of files that Compose looks for, those of the project and those that go over
 * them, the first of each kind that is there; NULL-terminated.
 */
extern const char *const compose_files[], *const compose_overrides[];

/* The override with which each service is started by @runtime as its request says. */
void compose_recording(struct segen_buf *out, const char *const *services,
		       const char *const *requests, size_t n, const char *runtime);
/* The override with which each service has its profile; NULL: it has none. */
void compose_confined(struct segen_buf *out, const char *const *services,
		      const char *const *profiles, size_t n);
