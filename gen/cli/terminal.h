/*
 * terminal.h: what may be sent to a terminal: its width, colour, characters beyond ASCII.
 */
#pragma once

#include <segen/util.h>

/* On terminals that can do it, unless NO_COLOR is set. */
bool terminal_has_color(int fd);

/* Its columns, at least 40; 0: @fd is no terminal. */
unsigned terminal_width(int fd);

/* Whether the locale's characters are UTF-8 (LC_ALL, LC_CTYPE, LANG). */
bool terminal_is_utf8(void);

/* @text for people, with ASCII in the place of other punctuation where that is needed. */
void terminal_add(struct segen_buf *out, const char *text);
