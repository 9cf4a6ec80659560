/*
 * procmaps.h: /proc/PID/maps as an array.
 *
 * Private to tracer/.  Format: proc_pid_maps(5).  Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct procmap {
	uint64_t start, end, offset, inode;
	uint32_t major, minor;
	bool write, exec;
	char *path; /* never NULL; "" for an anonymous mapping; into the parsed text */
};

struct procmaps {
	struct procmap *v; /* sorted by address, as the kernel lists them */
	size_t n, cap;
};

/*
 * @text is changed (paths are ended and unescaped in place) and must outlive @ret, which
 * may hold an earlier result whose memory is used again.  Lines that are not understood,
 * or not in order, are left out.
 */
void procmaps_parse(char *text, struct procmaps *ret);
void procmaps_done(struct procmaps *m);

/* The mapping that holds @addr, or NULL. */
const struct procmap *procmaps_find(const struct procmaps *m, uint64_t addr);

/*
 * The mapping of the first bytes of the file that @map is a part of: @map itself or one
 * below it.  NULL when the start of the file is not mapped, or @map is anonymous.
 */
const struct procmap *procmaps_file_start(const struct procmaps *m,
					  const struct procmap *map);

/*
 * Whether the bytes of @old, which could not be written, are those of the same part of
 * the same file in @m as well, still without write permission.
 */
bool procmaps_still_there(const struct procmaps *m, const struct procmap *old);
