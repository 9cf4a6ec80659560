/* callsite-name.c: addresses as modules, functions and offsets. */
#include "callsite-inside.h"

#include <segen/util.h>

#include <string.h>

#include "frame-text.h"

bool callsite_locate(struct callsite_unwinder *u, uint64_t ip, struct place *ret)
{
	const struct procmap *map = mappings_find(&u->maps, ip);
	bool vdso = map && !strcmp(map->path, "[vdso]");
	struct place p = {};

	if (!map || !map->exec)
		return false;
	p.start = vdso ? map : procmaps_file_start(&u->maps.list, map);
	if (!p.start || modules_served_by_process(u->modules, u->tid, p.start))
		return false;
	p.module = modules_get(u->modules, u->tid, u->mem, p.start);
	if (!p.module ||
	    !elf_image_vaddr(&p.module->image, map->offset + (ip - map->start), &p.vaddr))
		return false;
	p.bias = ip - p.vaddr;
	*ret = p;
	return true;
}

/*
 * @ip is where the frame goes on: behind the call, which may be the last instruction of
 * its function; so the function is the one that holds the byte before.
 */
static void find_name(struct callsite_unwinder *u, const struct procmap *map, uint64_t ip,
		      bool after_call, struct segen_frame *ret)
{
	const char *symbol;
	uint64_t value;
	struct place p;

	*ret = (struct segen_frame){.module = xstrdup(mappings_path(&u->maps, map))};
	if (!callsite_locate(u, ip, &p)) {
		ret->offset = map->offset + (ip - map->start);
		return;
	}
	if (p.module->build_id[0])
		ret->build_id = xstrdup(p.module->build_id);
	ret->offset = p.vaddr - p.module->image.base;
	symbol = modules_symbol(u->modules, p.module, u->tid, u->mem, p.start,
				p.vaddr - after_call, &value);
	if (symbol) {
		ret->symbol = frame_text_clean(symbol);
		ret->offset = p.vaddr - value;
	}
}

void callsite_name(struct callsite_unwinder *u, uint64_t ip, bool after_call,
		   struct segen_frame *ret)
{
	const struct procmap *map = mappings_find(&u->maps, ip);

	if (frame_cache_get(&u->names, map, ip, after_call, ret))
		return;
	find_name(u, map, ip, after_call, ret);
	frame_cache_put(&u->names, map, ip, after_call, ret);
}
