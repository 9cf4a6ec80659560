/*
 * modules.h: the ELF files that are mapped into traced processes, each read once.
 *
 * Private to tracer/.  A module is recognised by device, inode and its first bytes, so
 * that a reused inode number is not taken for the old file.  No file stays open: that
 * would keep the workload from unmounting its filesystems.
 */
#pragma once

#include "unwind/eh-frame.h"
#include "unwind/elf-image.h"
#include "proc/procmaps.h"
#include "proc/program.h"
#include "ptrace/remote-mem.h"

#include <sys/types.h>

struct modules; /* the cache */

struct module {
	struct elf_image image;
	struct elf_unwind_table unwind;
	/* For a file without that table: our own, relative to @index_vaddr. */
	struct eh_frame_entry *index;
	size_t n_index;
	uint64_t index_vaddr;
	char build_id[ELF_BUILD_ID_MAX + 1];
};

struct modules *modules_new(void);
void modules_free(struct modules *ms);

/*
 * The module whose first bytes thread @tid has mapped at @start, or NULL when those are
 * not an ELF file's.  Borrowed; valid until the next call.
 */
const struct module *modules_get(struct modules *ms, pid_t tid, struct remote_mem *mem,
				 const struct procmap *start);

/* The word at @at of the module's own index; false: none is there.  @m may be NULL. */
bool module_index_word(const struct module *m, uint64_t at, unsigned long *ret);

/*
 * The function of @module that holds @vaddr (in the file's own numbering), or NULL;
 * borrowed until the next call.  Reads the symbols from the file that thread @tid has
 * mapped as @start, or from memory for the vdso.
 */
const char *modules_symbol(struct modules *ms, const struct module *module, pid_t tid,
			   struct remote_mem *mem, const struct procmap *start,
			   uint64_t vaddr, uint64_t *ret_value);

/*
 * Who provides the file behind @map (program.h); remembered by device until they are
 * forgotten: a number is used again when what had it was unmounted.
 */
enum mount_kind modules_mount_kind(struct modules *ms, pid_t tid,
				   const struct procmap *map);
void modules_forget_devices(struct modules *ms);
