/*
 * report-options.h: what verbs that print findings share: --format, --color, and a
 * terminal's width.
 */
#pragma once

#include "cli/cmd.h"
#include "cli/terminal.h"
#include "report/layout.h"

enum report_format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_SARIF,
	FORMAT_MARKDOWN,
};

/* The format of a word that the option's choices have let through. */
enum report_format report_format(const char *word);

/* --color, whose part of the verb's opts is an enum terminal_color. */
extern const struct option_row report_options[1];
#define REPORT_OPTIONS(opts, member)                                        \
	{                                                                   \
		"on terminals", report_options, ARRAY_SIZE(report_options), \
			offsetof(opts, member)                              \
	}

/* For text on standard output. */
struct layout report_layout(enum terminal_color color, struct segen_buf *out);

/* The same for text on the descriptor @fd; what is no terminal is as wide as it takes. */
struct layout report_layout_of(int fd, enum terminal_color color, struct segen_buf *out);

/*
 * Print a document on standard output; failures show when it is closed.  Text is for
 * people: in a locale without UTF-8 it is ASCII.
 */
void report_print(enum report_format format, const struct segen_buf *out);
