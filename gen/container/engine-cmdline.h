/*
 * engine-cmdline.h: the command line of a container engine's client.
 *
 * Pure.  Recognises "docker run", "podman run" and "nerdctl run", their options before
 * and after "run", and the forms that cannot be recorded in one go.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum engine_kind {
	ENGINE_NONE,  /* another program, or a command that starts nothing */
	ENGINE_RUN,   /* run: can be recorded */
	ENGINE_OTHER, /* create, start, compose run, exec: needs steps of its own */
};

/* Borrowed from argv; NULL: not there. */
struct engine_cmdline {
	enum engine_kind kind;
	const char *engine; /* "docker", "podman", "nerdctl" */
	const char *verb;   /* "run", "create", … */
	size_t options;	    /* index in argv of the word after "run" */
	const char *image;
	const char *runtime; /* --runtime */
	const char *cidfile;
	bool detach;
};

/* Parse @argv, NULL-terminated. */
void engine_cmdline_parse(char *const *argv, struct engine_cmdline *ret);

/*
 * The same command with "--runtime RUNTIME" and "--cidfile CIDFILE" where it has none;
 * the array is the caller's, the words are borrowed.
 */
char **engine_cmdline_with(char *const *argv, const struct engine_cmdline *c,
			   const char *runtime, const char *cidfile);
