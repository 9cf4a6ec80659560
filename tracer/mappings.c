/* mappings.c: read, compare, name. */
#include "mappings.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "program.h"

static bool read_maps(pid_t tid, struct segen_buf *ret)
{
	_cleanup_close_ int fd = -1;
	char chunk[8192];
	ssize_t n;

	ret->len = 0;
	snprintf(chunk, sizeof(chunk), "/proc/%d/maps", tid);
	fd = open(chunk, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		segen_buf_add(ret, chunk, (size_t)n);
	return n == 0 && ret->len > 0;
}

static void forget_paths(struct mappings *m)
{
	for (size_t i = 0; m->paths && i < m->list.n; i++)
		free(m->paths[i]);
	free(m->paths);
	m->paths = NULL;
}

/* What @m->raw says is new; the old list lives until both have been compared. */
static void parse(struct mappings *m, void (*gone)(void *ctx, const struct procmap *map),
		  void *ctx)
{
	struct procmaps old = m->list;
	char *old_text = m->text;

	forget_paths(m);
	m->list = (struct procmaps){};
	m->text = xstrdup(m->raw.s);
	procmaps_parse(m->text, &m->list);
	m->paths = xcalloc(m->list.n, sizeof(*m->paths));
	for (size_t i = 0; i < old.n; i++)
		if (!old.v[i].write && !procmaps_still_there(&m->list, &old.v[i]))
			gone(ctx, &old.v[i]);
	procmaps_done(&old);
	free(old_text);
}

bool mappings_refresh(struct mappings *m, pid_t tid,
		      void (*gone)(void *ctx, const struct procmap *map), void *ctx)
{
	struct segen_buf last = m->raw;

	if (!read_maps(tid, &m->fresh))
		return false;
	if (last.len == m->fresh.len && !memcmp(last.s, m->fresh.s, last.len))
		return true;
	m->raw = m->fresh;
	m->fresh = last;
	parse(m, gone, ctx);
	return true;
}

void mappings_done(struct mappings *m)
{
	forget_paths(m);
	procmaps_done(&m->list);
	segen_buf_done(&m->raw);
	segen_buf_done(&m->fresh);
	free(m->text);
	*m = (struct mappings){};
}

const char *mappings_path(struct mappings *m, pid_t tid, const struct procmap *map)
{
	char **slot = &m->paths[map - m->list.v];

	if (!*slot && map->path[0] == '/')
		*slot = program_path_inside(tid, xstrdup(map->path));
	else if (!*slot)
		*slot = xstrdup(map->path[0] ? map->path : "[anon]");
	return *slot;
}

bool mappings_is_code(const struct mappings *m, uint64_t addr)
{
	const struct procmap *map = procmaps_find(&m->list, addr);

	return map && map->exec;
}
