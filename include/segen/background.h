/*
 * background.h: a process beside this one that holds nothing of it.
 *
 * For a tracer whose tracee is the program that started it: it must not be waited for,
 * nor keep a pipe or a terminal open.
 */
#pragma once

#include <segen/error.h>

#include <stdbool.h>

/* What the process does; it ends when this returns.  @ready: background_ready(). */
typedef void (*background_fn)(void *ctx, int ready);

/*
 * Start @fn(@ctx) in a process of its own: in a session of its own, no child of this one,
 * all descriptors closed, standard input, output and error on /dev/null.  Waits until it
 * says that it is ready, ends, or has not said so for some seconds.
 *
 * 0, or -errno: it may then still run, but nobody should count on it.
 */
int segen_background(background_fn fn, void *ctx, struct segen_error *err);

/* Called by @fn: the one that waits may go on. */
void segen_background_ready(int ready);
