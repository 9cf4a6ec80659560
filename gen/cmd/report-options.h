/*
 * report-options.h: what verbs that print findings share: --format, and a terminal's
 * width.
 */
#pragma once

#include "cli/cmd.h"
#include "report/layout.h"

enum report_format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_SARIF,
	FORMAT_MARKDOWN,
};

/* The format of a word that the option's choices have let through. */
enum report_format report_format(const char *word);

/* For text on standard output. */
struct layout report_layout(struct segen_buf *out);

/* The same for text on the descriptor @fd; what is no terminal is as wide as it takes. */
struct layout report_layout_of(int fd, struct segen_buf *out);

/* Print a document on standard output; failures show when it is closed. */
void report_print(const struct segen_buf *out);
