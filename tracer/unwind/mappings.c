/* mappings.c: read, compare, ask, name. */
#include "unwind/mappings.h"

#include <string.h>

#include "proc/mapquery.h"
#include "proc/program.h"

static bool read_maps(pid_t tid, struct segen_buf *ret)
{
	_cleanup_close_ int fd = mapquery_open(tid);
	char chunk[8192];
	ssize_t n;

	ret->len = 0;
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
	free(m->checked);
	m->checked = NULL;
}

/* What @m->raw says is new; the old list lives until both have been compared. */
static void parse(struct mappings *m, mappings_gone *gone, void *ctx)
{
	struct procmaps old = m->list;
	char *old_text = m->text;

	forget_paths(m);
	m->list = (struct procmaps){};
	m->text = xstrdup(m->raw.s);
	procmaps_parse(m->text, &m->list);
	m->paths = xcalloc(m->list.n, sizeof(*m->paths));
	m->checked = xcalloc(m->list.n, sizeof(*m->checked));
	for (size_t i = 0; i < old.n; i++)
		if (!old.v[i].write && !procmaps_still_there(&m->list, &old.v[i]))
			gone(ctx, &old.v[i]);
	procmaps_done(&old);
	free(old_text);
}

bool mappings_read(struct mappings *m, mappings_gone *gone, void *ctx)
{
	struct segen_buf last = m->raw;

	m->old = m->stale = false;
	if (!read_maps(m->tid, &m->fresh))
		return false;
	if (last.len == m->fresh.len && !memcmp(last.s, m->fresh.s, last.len))
		return true;
	m->raw = m->fresh;
	m->fresh = last;
	parse(m, gone, ctx);
	return true;
}

bool mappings_begin(struct mappings *m, pid_t tid, mappings_gone *gone, void *ctx)
{
	bool same = m->tid == tid;

	m->tid = tid;
	m->fd = -1;
	if (!same || m->no_ask || !m->list.n)
		return mappings_read(m, gone, ctx);
	m->fd = mapquery_open(tid);
	if (m->fd < 0)
		return false;
	/* Nothing was compared at stop 0. */
	m->old = ++m->stop != 0;
	return m->old || mappings_read(m, gone, ctx);
}

void mappings_end(struct mappings *m)
{
	if (m->fd >= 0)
		close(TAKE_FD(m->fd));
}

bool mappings_stale(const struct mappings *m)
{
	return m->stale;
}

/* The bytes of one that can be written are never kept: a stack may have grown. */
static bool is_still(const struct procmap *old, const struct procmap *now)
{
	if (old->write != now->write || old->exec != now->exec ||
	    old->inode != now->inode || old->major != now->major ||
	    old->minor != now->minor)
		return false;
	return (old->write && !old->exec) ||
	       (old->start == now->start && old->end == now->end &&
		old->offset == now->offset);
}

/* Whether the kernel says of @addr what the list says: @map. */
static bool agrees(struct mappings *m, uint64_t addr, const struct procmap *map)
{
	struct procmap now;
	int r = mapquery(m->fd, addr, &now);

	if (r < 0)
		m->no_ask = true;
	return map ? r > 0 && is_still(map, &now) : r == 0;
}

const struct procmap *mappings_find(struct mappings *m, uint64_t addr)
{
	const struct procmap *map = procmaps_find(&m->list, addr);
	unsigned *checked = map ? &m->checked[map - m->list.v] : NULL;

	if (!m->old || (checked && *checked == m->stop))
		return map;
	if (m->stale || !agrees(m, addr, map)) {
		m->stale = true;
		return NULL;
	}
	if (checked)
		*checked = m->stop;
	return map;
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

const char *mappings_path(struct mappings *m, const struct procmap *map)
{
	char **slot = &m->paths[map - m->list.v];

	if (!*slot && map->path[0] == '/')
		*slot = program_path_inside(m->tid, xstrdup(map->path));
	else if (!*slot)
		*slot = xstrdup(map->path[0] ? map->path : "[anon]");
	return *slot;
}

bool mappings_is_code(struct mappings *m, uint64_t addr)
{
	const struct procmap *map = mappings_find(m, addr);

	return map && map->exec;
}
