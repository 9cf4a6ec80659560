/*
 * mappings.h: the mappings of the process that was looked at last.
 *
 * They are read anew at each stop that is unwound; most often the kernel's text is that
 * of the last time, and then nothing is parsed.  Private to the room.
 */
#pragma once

#include "proc/procmaps.h"

#include <segen/util.h>

#include <sys/types.h>

/* Zero-initialised is empty. */
struct mappings {
	struct procmaps list;
	struct segen_buf raw, fresh; /* as the kernel wrote them: last time, and now */
	char *text;		     /* what @list points into */
	char **paths; /* per mapping, as the workload sees it; filled on demand */
	pid_t tid;    /* whose they are */
};

/*
 * Read those of thread @tid.  For each mapping that could not be written and is not what
 * it was, @gone is called.  Mappings that were found before are not valid any more.
 * False: they cannot be read.
 */
typedef void mappings_gone(void *ctx, const struct procmap *map);
bool mappings_read(struct mappings *m, pid_t tid, mappings_gone *gone, void *ctx);

void mappings_done(struct mappings *m);

/* The mapping that holds @addr, or NULL. */
const struct procmap *mappings_find(const struct mappings *m, uint64_t addr);

/* The file behind @map, as the thread sees it, "[vdso]" and its like, or "[anon]";
 * borrowed. */
const char *mappings_path(struct mappings *m, const struct procmap *map);

/* Whether @addr is in a mapping that can be executed. */
bool mappings_is_code(const struct mappings *m, uint64_t addr);
