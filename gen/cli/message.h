/*
 * message.h: words for people, on standard error.
 *
 * Names of programs, notes and documents come from outside: all text is quoted
 * (<segen/quote.h>), so that it cannot leave its line.
 */
#pragma once

/* "segen: <text>" on one line. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Text of several lines; a name in it must be quoted before it can hold a line feed. */
void say_text(const char *text);
