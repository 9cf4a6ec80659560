/*
 * help.h: the text of --help, from the same rows that the parser reads.
 */
#pragma once

#include "cli/cmd.h"

#include <segen/util.h>

/* "segen trace", or "segen" alone for the root of all verbs. */
struct help_name {
	char text[64];
};
struct help_name help_invocation(const struct cmd *cmd);

/* Usage, one line, options by group, notes; wrapped to 80 columns. */
void help_text(const struct cmd *cmd, struct segen_buf *out);

/* Two aligned columns, the right one wrapped: how options and verbs are listed. */
void help_row(struct segen_buf *out, const char *left, const char *right);

/* The same text on standard output. */
void help_print(const struct cmd *cmd);
