/*
 * background.h: a process beside this one that holds nothing of it.
 *
 * For a tracer whose tracee is the program that started it: no program may have to wait
 * for it, nor may it keep a pipe or a terminal open.
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
 * 0, or a negative errno: it may then still run, but must not be relied on.
 */
int background_start(background_fn fn, void *ctx, struct segen_error *err);

/* Called by @fn: background_start() returns. */
void background_ready(int ready);
