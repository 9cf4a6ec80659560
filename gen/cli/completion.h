/*
 * completion.h: completion scripts for shells, from the rows that the parser reads. Pure.
 */
#pragma once

#include "cli/cmd.h"

#include <segen/util.h>

#define COMPLETION_SHELLS "bash|zsh|fish"

struct completion {
	const struct cmd *root; /* segen itself: the options before a verb */
	const struct cmd *const *cmds;
	size_t n_cmds;
};

/* @shell is one of COMPLETION_SHELLS, else -EINVAL. */
int completion_script(const struct completion *c, const char *shell,
		      struct segen_buf *out, struct segen_error *err);
