/*
 * oneshot.h: programs that do one piece of work and end.
 *
 * How soon a process is let go is a bet on its future (fast.c).  A compiler, or git, does
 * not turn into a server after thousands of calls, so the bet is safe for it.  A row that
 * is wrong costs time, never a call.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct oneshot {
	const char *glob;   /* fnmatch(3), of a program's name without its folder */
	const char *sample; /* one that it is meant for */
};

/* All of them, for the test. */
const struct oneshot *oneshots(size_t *ret_n);

/* Whether the program at @path is one. */
bool is_oneshot(const char *path);
