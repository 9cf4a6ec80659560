/* frame-cache.c: a direct-mapped table by address. */
#include "unwind/frame-cache.h"

#include <segen/util.h>

#include <string.h>

static size_t place(uint64_t ip)
{
	return (size_t)(ip ^ ip >> 7 ^ ip >> 14) % FRAME_CACHE_SLOTS;
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static struct segen_frame copy_frame(const struct segen_frame *f)
{
	return (struct segen_frame){
		.module = copy(f->module),
		.build_id = copy(f->build_id),
		.symbol = copy(f->symbol),
		.offset = f->offset,
	};
}

static void empty(struct frame_slot *s)
{
	free(s->mapped);
	segen_frame_done(&s->frame);
	*s = (struct frame_slot){};
}

bool frame_cache_get(const struct frame_cache *c, const struct procmap *map, uint64_t ip,
		     bool after_call, struct segen_frame *ret)
{
	const struct frame_slot *s = &c->slots[place(ip)];

	if (!ip || s->ip != ip || s->after_call != after_call ||
	    strcmp(s->mapped, map->path) != 0)
		return false;
	*ret = copy_frame(&s->frame);
	return true;
}

void frame_cache_put(struct frame_cache *c, const struct procmap *map, uint64_t ip,
		     bool after_call, const struct segen_frame *frame)
{
	struct frame_slot *s = &c->slots[place(ip)];

	if (map->write)
		return;
	empty(s);
	*s = (struct frame_slot){
		.ip = ip,
		.after_call = after_call,
		.mapped = xstrdup(map->path),
		.frame = copy_frame(frame),
	};
}

void frame_cache_forget(struct frame_cache *c, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < FRAME_CACHE_SLOTS; i++)
		if (c->slots[i].ip >= start && c->slots[i].ip < end)
			empty(&c->slots[i]);
}

void frame_cache_done(struct frame_cache *c)
{
	for (size_t i = 0; i < FRAME_CACHE_SLOTS; i++)
		empty(&c->slots[i]);
}
