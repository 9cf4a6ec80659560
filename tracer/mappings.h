/*
 * mappings.h: the mappings of the process that was looked at last.
 *
 * Private to tracer/.
 */
#pragma once

#include <segen/util.h>

#include <sys/types.h>

#include "procmaps.h"

/* Zero-initialised is empty. */
struct mappings {
	struct procmaps list;
	/* As the kernel wrote them: most often nothing has changed since. */
	struct segen_buf raw, fresh;
	char *text;   /* what @list points into */
	char **paths; /* per mapping, as the workload sees it; filled on demand */
};

/*
 * Read those of thread @tid.  For each mapping that could not be written and is not what
 * it was, @gone is called.  False: they cannot be read.
 */
bool mappings_refresh(struct mappings *m, pid_t tid,
		      void (*gone)(void *ctx, const struct procmap *map), void *ctx);
void mappings_done(struct mappings *m);

/* The file behind @map, as @tid sees it, "[vdso]" and its like, or "[anon]"; borrowed. */
const char *mappings_path(struct mappings *m, pid_t tid, const struct procmap *map);

/* Whether @addr is in a mapping that can be executed. */
bool mappings_is_code(const struct mappings *m, uint64_t addr);
