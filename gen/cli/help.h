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

/* Where the text goes, and how. */
struct help {
	struct segen_buf *out;
	unsigned width; /* columns */
	bool color;
};

/* As wide as the terminal that standard output is, else 80 columns. */
struct help help_init(struct segen_buf *out);

/* Usage, one line, options by group, notes, examples. */
void help_text(const struct help *h, const struct cmd *cmd);

/* "options:", a line of its own. */
void help_heading(const struct help *h, const char *title);

/* Two aligned columns, the right one wrapped: how options and verbs are listed. */
void help_row(const struct help *h, const char *left, const char *right);

/* Text on standard output, in its characters. */
void help_put(const struct segen_buf *text);

/* help_text() on standard output. */
void help_print(const struct cmd *cmd);
