/*
 * trace-inside.h: what the modules that make up the trace share.
 *
 * Private to tracer/trace*.c.
 */
#pragma once

#include <segen/trace.h>

/* Forget all programs; the caller owns the old table and its strings. */
char **trace_take_programs(struct segen_trace *t, size_t *ret_n);
