/*
 * engine-info.h: what an engine says of itself, and of an image.
 *
 * Asked through the client that the user named, with the options, the environment and
 * the sudo that are on the command line.
 */
#pragma once

#include "container/engine-cmdline.h"

#include <stdbool.h>

struct engine_info {
	bool answers;	/* else @message is what its client said */
	bool known;	/* it is one of those that can be asked */
	bool rootless;	/* its containers are an ordinary user's */
	bool has_segen; /* Docker: the runtime segen is registered */
	bool records;	/* what it would start the container with is segen already */
	char *runtime;	/* what it would start the container with: path or name; NULL */
	char *message;
};

void engine_info_ask(char *const *argv, const struct engine_cmdline *c,
		     struct engine_info *ret);
void engine_info_done(struct engine_info *i);

/* The parts of it that are pure: what the clients print, see engine-info.c. */
void engine_info_parse_docker(const char *text, const char *wanted,
			      struct engine_info *ret);
void engine_info_parse_podman(const char *text, struct engine_info *ret);

/* What identifies an image; the caller's; NULL: not known. */
struct image_info {
	char *id;     /* "sha256:…", of its configuration */
	char *digest; /* "sha256:…", under which a registry has it */
};
/* false: the engine has no such image. */
bool image_info_ask(char *const *argv, const struct engine_cmdline *c,
		    struct image_info *ret);
void image_info_parse(const char *text, struct image_info *ret);
void image_info_done(struct image_info *i);
