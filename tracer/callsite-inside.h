/*
 * callsite-inside.h: what the parts of the unwinder share.
 *
 * Private to tracer/callsite-*.c.
 */
#pragma once

#include "callsite.h"

#include <sys/procfs.h>

#include "frame-cache.h"
#include "mappings.h"
#include "modules.h"
#include "remote-mem.h"
#include "rows.h"

struct callsite_unwinder {
	struct unw_addr_space *space;
	struct modules *modules;
	struct remote_mem *mem;
	pid_t tid;
	const struct module *index; /* whose table is at INDEX_ADDRESS */
	elf_gregset_t regs;	    /* of @tid */
	uint64_t signature; /* bits of return addresses that are not the address */
	void *upt; /* libunwind's handle for them, where regs.h does not know them */
	struct mappings maps;
	struct frame_cache names;
	struct rows rows;
};

struct place {
	const struct procmap *start; /* of the file */
	const struct module *module;
	uint64_t bias; /* address in memory - address in the file's own numbering */
	uint64_t vaddr;
};

/* Where @ip lies.  False: not in the code of a module that can be read. */
bool callsite_locate(struct callsite_unwinder *u, uint64_t ip, struct place *ret);
/* What is to be said of it; @ret's strings are the caller's. */
void callsite_name(struct callsite_unwinder *u, uint64_t ip, bool after_call,
		   struct segen_frame *ret);
