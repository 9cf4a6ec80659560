/*
 * terminal.h: what may be sent to a terminal: its width, colour, characters beyond ASCII.
 */
#pragma once

#include <segen/util.h>

/* The words of --color, in the order of TERMINAL_COLORS. */
enum terminal_color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};
#define TERMINAL_COLORS "auto|always|never"

/* COLOR_AUTO: on terminals that can do it, unless NO_COLOR is set. */
bool terminal_has_color(int fd, enum terminal_color when);

/* Its columns, at least 40; 0: @fd is no terminal. */
unsigned terminal_width(int fd);

/* Columns that @n bytes of UTF-8 take. */
unsigned terminal_columns(const char *s, size_t n);

/*
 * The words of @text, of which the first one stands in column @at; a line that would be
 * wider than @width is continued in column @indent of the next one.
 */
void terminal_wrap(struct segen_buf *out, const char *text, unsigned at, unsigned indent,
		   unsigned width);

/* Whether the locale's characters are UTF-8 (LC_ALL, LC_CTYPE, LANG). */
bool terminal_is_utf8(void);

/* @text for people, with ASCII in the place of other punctuation where that is needed. */
void terminal_add(struct segen_buf *out, const char *text);
