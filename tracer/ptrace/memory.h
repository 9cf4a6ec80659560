/*
 * memory.h: a tracee's memory, through /proc/PID/mem.
 *
 * Older engines' default filters refuse process_vm_readv(2) to a tracer in a container;
 * this needs nothing but to be the tracer.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MEMORY_PAGE 4096 /* no architecture has smaller pages */

/* All @len bytes, or a negative errno. */
int memory_read(pid_t tid, uint64_t address, void *data, size_t len);
int memory_write(pid_t tid, uint64_t address, const void *data, size_t len);
