/*
 * remote-mem.h: the memory of a stopped process, read a page at a time and kept.
 *
 * Private to tracer/.  Reading never changes the process.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum remote_mem_keep {
	REMOTE_MEM_REFUSE, /* must not be touched */
	REMOTE_MEM_ONCE,   /* valid for this stop only, and read only if it is present */
	REMOTE_MEM_KEEP,   /* valid until remote_mem_forget() */
};

struct remote_mem;

/* @keep is asked about each page when it is first read at a stop. */
struct remote_mem *remote_mem_new(enum remote_mem_keep (*keep)(void *ctx, uint64_t addr),
				  void *ctx);
void remote_mem_free(struct remote_mem *m);

/*
 * Begin reading at a new stop of thread @tid, at most @reads times until the next: a
 * bound for programs that lead a reader in circles.
 */
void remote_mem_begin(struct remote_mem *m, pid_t tid, unsigned reads);

/* What is mapped in [@start, @end) is not what it was: forget those pages. */
void remote_mem_forget(struct remote_mem *m, uint64_t start, uint64_t end);

/* All @n bytes at @addr, or false. */
bool remote_mem_read(struct remote_mem *m, uint64_t addr, void *buf, size_t n);

/* The same for one word: an unwinder does little else. */
bool remote_mem_word(struct remote_mem *m, uint64_t addr, unsigned long *ret);
