/*
 * mappings.h: the mappings of the process that was looked at last.
 *
 * Private to tracer/.  The list of all of them is dear to read, and what an unwinder
 * needs of it is little: so where the kernel tells of single mappings the list may be an
 * old one, and each mapping that is used is compared with what the kernel says.
 */
#pragma once

#include <segen/util.h>

#include <sys/types.h>

#include "proc/procmaps.h"

/* Zero-initialised is empty. */
struct mappings {
	struct procmaps list;
	/* As the kernel wrote them: most often nothing has changed since. */
	struct segen_buf raw, fresh;
	char *text;	   /* what @list points into */
	char **paths;	   /* per mapping, as the workload sees it; filled on demand */
	unsigned *checked; /* per mapping: the stop at which it was compared */
	unsigned stop;
	pid_t tid;   /* whose they are */
	int fd;	     /* to ask with; valid between begin and end of an old list */
	bool old;    /* the list has not been read at this stop */
	bool stale;  /* and is not right any more */
	bool no_ask; /* this kernel does not tell of single mappings */
};

/*
 * At a new stop of thread @tid.  False: they cannot be read.  Then, after the last use
 * before it goes on, mappings_end().
 */
typedef void mappings_gone(void *ctx, const struct procmap *map);
bool mappings_begin(struct mappings *m, pid_t tid, mappings_gone *gone, void *ctx);
void mappings_end(struct mappings *m);

/*
 * Whether what was found since the beginning counts for nothing, as the list turned out
 * to be too old.  Then it has to be read, and all be done again.
 */
bool mappings_stale(const struct mappings *m);
/*
 * Read them all.  For each mapping that could not be written and is not what it was,
 * @gone is called.  Mappings that were found before are none any more.
 */
bool mappings_read(struct mappings *m, mappings_gone *gone, void *ctx);

void mappings_done(struct mappings *m);

/* The mapping that holds @addr, or NULL. */
const struct procmap *mappings_find(struct mappings *m, uint64_t addr);

/* The file behind @map, as the thread sees it, "[vdso]" and its like, or "[anon]";
 * borrowed. */
const char *mappings_path(struct mappings *m, const struct procmap *map);

/* Whether @addr is in a mapping that can be executed. */
bool mappings_is_code(struct mappings *m, uint64_t addr);
