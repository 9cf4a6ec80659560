/*
 * tracefile-write.h: what the parts of the writer share.
 *
 * Private to tracer/tracefile-*.c.
 */
#pragma once

#include <segen/util.h>

/* A list of JSON strings, as many as @n. */
void tracefile_add_strings(struct segen_buf *b, char *const *v, size_t n);
