/*
 * layout.h: the room gen/report: what gen/inspect found, as text, JSON, SARIF, markdown.
 *
 * The functions of this room write into a buffer and decide nothing.  They must not know
 * commands, files or exit statuses.
 *
 * This header: text in columns that fits the terminal.  Names of files, programs and
 * symbols come from outside: all text is quoted (quote.h).
 */
#pragma once

#include <segen/util.h>

enum tone {
	TONE_PLAIN,
	TONE_GOOD,   /* green */
	TONE_WARN,   /* yellow */
	TONE_BAD,    /* red */
	TONE_STRONG, /* bold */
};

struct layout {
	struct segen_buf *out;
	unsigned width; /* columns; at least 40 */
	bool color;
};

/* Columns that valid UTF-8 takes. */
unsigned layout_columns(const char *s);

/* @text in words, wrapped; all lines begin at column @indent. */
void layout_text(const struct layout *l, unsigned indent, const char *text);

/* @label at column @indent, @text from column @column on, wrapped there. */
void layout_row(const struct layout *l, unsigned indent, unsigned column, enum tone tone,
		const char *label, const char *text);

/* "a, b, c" as a row; nothing for an empty set. */
void layout_set(const struct layout *l, unsigned indent, unsigned column,
		const char *label, const struct segen_strset *set);

/* One line as it is, in a tone. */
void layout_line(const struct layout *l, enum tone tone, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
