/*
 * message.h: words for people, on standard error.
 *
 * Names of programs, notes and documents come from outside and are quoted
 * (<segen/quote.h>), so that they cannot leave their line.
 */
#pragma once

/* "segen: <text>" on one line; on a terminal that is too narrow, on several. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Text of several lines as it is, colour included: what is in it was quoted before. */
void say_text(const char *text);
