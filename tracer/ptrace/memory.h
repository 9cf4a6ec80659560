/*
 * memory.h: a tracee's memory, through /proc/PID/mem.
 *
 * Older engines' default filters refuse process_vm_readv(2) to a tracer in a container;
 * this needs nothing but to be the tracer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define MEMORY_PAGE 4096 /* no architecture has smaller pages */

/*
 * Whether the pages of @len bytes at @address are in memory or swapped out.  A page that
 * is neither may be one that the workload itself has to provide (userfaultfd(2), a file
 * on FUSE): to read it would wait for a process that is stopped.  True where the kernel
 * does not tell (/proc/PID/pagemap).
 */
bool memory_is_present(pid_t tid, uint64_t address, size_t len);

/* All @len bytes, or a negative errno: -EFAULT also for what is not present. */
int memory_read(pid_t tid, uint64_t address, void *data, size_t len);
int memory_write(pid_t tid, uint64_t address, const void *data, size_t len);
