/* mappings.c: /proc/PID/maps, parsed when it has changed. */
#include "unwind/mappings.h"

#include "proc/program.h"

#include <fcntl.h>
#include <string.h>

static bool read_maps(pid_t tid, struct segen_buf *ret)
{
	_cleanup_close_ int fd = -1;
	char path[64], chunk[8192];
	ssize_t n;

	ret->len = 0;
	snprintf(path, sizeof(path), "/proc/%d/maps", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
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
static void parse(struct mappings *m, mappings_gone *gone, void *ctx)
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

bool mappings_read(struct mappings *m, pid_t tid, mappings_gone *gone, void *ctx)
{
	struct segen_buf last = m->raw;

	m->tid = tid;
	if (!read_maps(tid, &m->fresh))
		return false;
	if (last.len == m->fresh.len && !memcmp(last.s, m->fresh.s, last.len))
		return true;
	m->raw = m->fresh;
	m->fresh = last;
	parse(m, gone, ctx);
	return true;
}

const struct procmap *mappings_find(const struct mappings *m, uint64_t addr)
{
	return procmaps_find(&m->list, addr);
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

bool mappings_is_code(const struct mappings *m, uint64_t addr)
{
	const struct procmap *map = mappings_find(m, addr);

	return map && map->exec;
}
