/*
 * frame-cache.h: frames that were named before.
 *
 * The outer frames of one stack are those of the next: a program's loader makes most of
 * its first calls from under the same three functions.  Private to tracer/.
 */
#pragma once

#include "proc/procmaps.h"

#include <segen/trace.h>

#define FRAME_CACHE_SLOTS 128u

struct frame_cache {
	struct frame_slot {
		uint64_t ip; /* 0: empty */
		bool after_call;
		char *mapped; /* the file that was mapped there */
		struct segen_frame frame;
	} slots[FRAME_CACHE_SLOTS];
};

/*
 * The frame at @ip, which lies in @map, copied to @ret; false: not known.  @after_call:
 * see callsite-unwind.c.
 */
bool frame_cache_get(const struct frame_cache *c, const struct procmap *map, uint64_t ip,
		     bool after_call, struct segen_frame *ret);

/* Remember a copy of @frame, unless nobody would say when it is out of date. */
void frame_cache_put(struct frame_cache *c, const struct procmap *map, uint64_t ip,
		     bool after_call, const struct segen_frame *frame);

/* What is mapped in [@start, @end) is not what it was. */
void frame_cache_forget(struct frame_cache *c, uint64_t start, uint64_t end);

void frame_cache_done(struct frame_cache *c);
