/*
 * next-command.h: the command line to type after a recording.  Pure.
 */
#pragma once

#include "container/engine-cmdline.h"
#include "target/target.h"

#include <segen/trace.h>
#include <segen/util.h>

struct next_command {
	char *const *argv; /* that was recorded; NULL: something running */
	const struct engine_cmdline *engine; /* of @argv; NULL: a plain command */
	const struct target *target;	     /* for a plain command's container */
	const struct segen_run *run;
	const char *profile;
};

/*
 * The command that runs the same under @profile: a client's own command line with the
 * profile in the place of its former one; a plain command in a container of an IMAGE,
 * with the capabilities and no-new-privileges that were meant.  Quoted for a shell;
 * secrets are starred.
 */
void next_command(const struct next_command *n, struct segen_buf *out);

/* @word as a shell needs it. */
void shell_word(struct segen_buf *out, const char *word);
