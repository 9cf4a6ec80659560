/*
 * quote.h: text that a workload controls, made safe to show on one line.
 *
 * Names of programs, files and containers can hold anything: line feeds that begin a
 * line of their own, escape sequences, marks that turn the reading direction.  Whatever
 * of it goes to a terminal, a comment or a report goes through here.  Must not know:
 * where it goes, and how that place quotes (JSON, XML and so on do it besides).
 */
#pragma once

#include <segen/util.h>

/*
 * Append @text: control characters as "\n", "\t" or "\x1b"; bytes that are not UTF-8 as
 * "\xNN"; characters that break lines, are invisible or change the direction (Unicode's
 * categories Zl, Zp, Cf) as "\u202e".  All else, the backslash included, is unchanged, so
 * that quoting twice is the same as quoting once.
 */
void segen_quote(struct segen_buf *out, const char *text);

/* The same as a new string. */
char *segen_quoted(const char *text);
