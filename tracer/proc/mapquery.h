/*
 * mapquery.h: ask the kernel for one mapping, in the place of the text of all of them.
 *
 * Private to tracer/.  Needs Linux 6.11 (PROCMAP_QUERY).
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "proc/procmaps.h"

/* A descriptor for the mappings of @tid as they will be until it executes, or -1. */
int mapquery_open(pid_t tid);

/*
 * The mapping that holds @addr, without its path (NULL).  Returns 1, 0 when nothing is
 * there, or -1 when this kernel does not tell.
 */
int mapquery(int fd, uint64_t addr, struct procmap *ret);
