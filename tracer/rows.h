/*
 * rows.h: stacks of ordinary code, by the rows of its call frame information.
 *
 * Private to tracer/.  What compilers write for nearly all functions: the caller's frame
 * is at the stack pointer or the frame pointer plus a constant, and the frame pointer is
 * kept or saved.  Anything else is refused, and is for libunwind, which knows it all but
 * takes ten times as long.  Format: LSB core, "Exception Frames", and DWARF 4, 6.4.  The
 * tracee's bytes are not trusted.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/procfs.h>

#include "modules.h"
#include "remote-mem.h"

#define ROWS_SLOTS 256

/* What holds at one address. */
struct row {
	uint64_t at; /* 0: an empty slot */
	int64_t cfa, ra, fp;
	bool by_fp; /* the CFA is @cfa from the frame pointer, else the stack pointer */
	bool fp_saved; /* at @fp from the CFA */
	bool last;     /* there is no caller */
	bool none;     /* nothing describes the code */
};

/* Zero-initialised is empty. */
struct rows {
	struct row slots[ROWS_SLOTS];
};

/* Some mapped code is not what it was. */
void rows_forget(struct rows *r);

/*
 * Where the code at @ip is described; @ret_bias: address in memory - in the file.  @ret
 * is NULL to ask only whether there is code.
 */
typedef bool rows_locate(void *ctx, uint64_t ip, const struct module **ret,
			 uint64_t *ret_bias);

/*
 * Follow the stack from @regs on: the addresses of frames, innermost first, @max at most,
 * as far as @locate finds code.  Returns how many, or 0 for a stack that needs libunwind.
 */
size_t rows_walk(struct rows *r, struct remote_mem *mem, elf_gregset_t regs,
		 rows_locate *locate, void *ctx, uint64_t *ips, size_t max);
