/*
 * engine-cmdline.h: the command line of a container engine's client.
 *
 * Pure.  Recognises "docker run", "podman run" and "nerdctl run", with what may stand
 * before them (sudo, env, nice, …), their options before and after "run", and the forms
 * that cannot be recorded in one go, for which there is advice.
 */
#pragma once

#include <segen/util.h>

#include <stdbool.h>
#include <stddef.h>

enum engine_kind {
	ENGINE_NONE,  /* another program, or a command that starts nothing */
	ENGINE_RUN,   /* run: can be recorded */
	ENGINE_OTHER, /* create, exec, build, kubectl run, …: starts what cannot be seen
		       */
};

/* Borrowed from argv; NULL: not there. */
struct engine_cmdline {
	enum engine_kind kind;
	size_t client;	    /* index in argv of the client; before it: sudo, env, … */
	bool sudo;	    /* one of those makes somebody else of the user */
	const char *engine; /* "docker", "podman", "nerdctl", "kubectl" */
	const char *verb;   /* "run", "create", … */
	const char *object; /* ENGINE_OTHER: the word after it and its options */
	size_t verb_at; /* indices in argv: of the verb (or of "container" before it) */
	size_t options; /* of the word after "run" */
	const char *image;
	const char
		*runtime; /* --runtime, which takes @runtime_words from @runtime_at on */
	size_t runtime_at, runtime_words;
	const char *cidfile;
	bool detach;
};

/* Parse @argv, NULL-terminated. */
void engine_cmdline_parse(char *const *argv, struct engine_cmdline *ret);

/*
 * "sh -c 'docker run …'", if the script is one command of plain words: these words, the
 * array and its words the caller's (engine_words_free); else NULL.
 */
char **engine_cmdline_from_shell(char *const *argv);
void engine_words_free(char ***words);
/* The client that some other script runs a container with, or NULL. */
const char *engine_cmdline_in_script(char *const *argv);

/* What to do in the place of ENGINE_OTHER, with the command to type. */
void engine_cmdline_advise(const struct engine_cmdline *c, struct segen_buf *out);

/*
 * The same command with "--runtime RUNTIME" in the place of its own (NULL: as it is), and
 * "--cidfile CIDFILE" where it has none; the array is the caller's, the words are
 * borrowed.
 */
char **engine_cmdline_with(char *const *argv, const struct engine_cmdline *c,
			   const char *runtime, const char *cidfile);

/*
 * What comes before the verb, then @words, NULL-terminated: another command for the same
 * engine.  The runtime stays where it is an option of the client.
 */
char **engine_cmdline_other(char *const *argv, const struct engine_cmdline *c,
			    const char *const *words);
