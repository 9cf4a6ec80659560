/*
 * provenance.h: what a generated profile was made from, in words.  Pure.
 */
#pragma once

#include <segen/trace.h>

/*
 * "segen 0.1.0: 3 runs of 'nginx', image nginx:1.25 (sha256:...), base docker".  Nothing
 * in it depends on a clock, on paths, or on the order of @trace; of a command line only
 * the program's name is told.
 * @base: what --base said, may be NULL.  The caller's to free.
 */
char *provenance(const struct segen_trace *trace, const char *base);
