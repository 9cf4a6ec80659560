/*
 * message.h: words for people, on standard error.
 *
 * Names of programs, notes and documents come from outside: what a terminal would obey
 * is shown as '?'.
 */
#pragma once

/* "segen: <text>" and a newline. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Text of several lines, as it is. */
void say_text(const char *text);
