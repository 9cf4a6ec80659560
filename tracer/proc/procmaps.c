/* procmaps.c: parse and search the list of mappings. */
#include "proc/procmaps.h"

#include <segen/util.h>

#include <stdlib.h>
#include <string.h>

/* How far below a mapping the start of its file is looked for. */
#define START_SEARCH_MAX 64

static bool take_number(const char **s, int base, char end, uint64_t *ret)
{
	char *stop;

	*ret = strtoull(*s, &stop, base);
	if (stop == *s || *stop != end)
		return false;
	*s = stop + 1;
	return true;
}

/* The kernel writes a newline in a path as \012 and nothing else specially. */
static void unescape(char *path)
{
	char *to = path;

	for (const char *from = path; *from;) {
		if (!strncmp(from, "\\012", 4)) {
			*to++ = '\n';
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

static bool parse_line(char *line, struct procmap *ret)
{
	const char *s = line;
	uint64_t major, minor;
	struct procmap m = {};

	if (!take_number(&s, 16, '-', &m.start) || !take_number(&s, 16, ' ', &m.end))
		return false;
	if (strlen(s) < 5 || s[4] != ' ')
		return false;
	m.write = s[1] == 'w';
	m.exec = s[2] == 'x';
	s += 5;
	if (!take_number(&s, 16, ' ', &m.offset) || !take_number(&s, 16, ':', &major) ||
	    !take_number(&s, 16, ' ', &minor))
		return false;
	m.major = (uint32_t)major;
	m.minor = (uint32_t)minor;
	/* The inode is followed by a blank even when there is no path. */
	if (!take_number(&s, 10, ' ', &m.inode))
		return false;
	m.path = line + (s - line) + strspn(s, " ");
	unescape(m.path);
	*ret = m;
	return m.start < m.end;
}

void procmaps_parse(char *text, struct procmaps *ret)
{
	char *next;

	ret->n = 0;
	for (char *line = text; *line; line = next) {
		struct procmap m;
		size_t len = strcspn(line, "\n");

		next = line + len + (line[len] == '\n');
		line[len] = '\0';
		if (!parse_line(line, &m) ||
		    (ret->n > 0 && m.start < ret->v[ret->n - 1].end))
			continue;
		GROW(ret->v, ret->n, ret->cap);
		ret->v[ret->n++] = m;
	}
}

void procmaps_done(struct procmaps *m)
{
	free(m->v);
	*m = (struct procmaps){};
}

const struct procmap *procmaps_find(const struct procmaps *m, uint64_t addr)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (addr < m->v[mid].start)
			hi = mid;
		else if (addr >= m->v[mid].end)
			lo = mid + 1;
		else
			return &m->v[mid];
	}
	return NULL;
}

static bool same_file(const struct procmap *a, const struct procmap *b)
{
	return a->inode == b->inode && a->major == b->major && a->minor == b->minor;
}

const struct procmap *procmaps_file_start(const struct procmaps *m,
					  const struct procmap *map)
{
	size_t i = (size_t)(map - m->v);

	if (!map->inode)
		return NULL;
	for (size_t k = 0; k <= i && k < START_SEARCH_MAX; k++) {
		const struct procmap *at = &m->v[i - k];

		if (same_file(at, map) && at->offset == 0)
			return at;
	}
	return NULL;
}

bool procmaps_still_there(const struct procmaps *m, const struct procmap *old)
{
	uint64_t at = old->start;

	/* It may have been split, by mprotect() of a part. */
	while (at < old->end) {
		const struct procmap *map = procmaps_find(m, at);

		if (!map || map->write || !same_file(map, old) ||
		    map->start - map->offset != old->start - old->offset)
			return false;
		at = map->end;
	}
	return true;
}
