/* frame-text.c: writes and reads frames such as "main+0x1f nginx". */
#include "trace/frame-text.h"

#include <segen/util.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "trace/intern.h"

#define UNKNOWN_MODULE "?"

static int compare_modules(const void *a, const void *b)
{
	const struct frame_module *x = a, *y = b;
	int r = strcmp(x->path, y->path);

	if (r)
		return r;
	if (!x->build_id || !y->build_id)
		return (x->build_id != NULL) - (y->build_id != NULL);
	return strcmp(x->build_id, y->build_id);
}

static void sort_unique(struct frame_modules *m)
{
	size_t out = 0;

	if (m->n)
		qsort(m->v, m->n, sizeof(*m->v), compare_modules);
	for (size_t i = 0; i < m->n; i++)
		if (!out || compare_modules(&m->v[out - 1], &m->v[i]))
			m->v[out++] = m->v[i];
	m->n = out;
}

/* The file's name, but for what has a meaning in the text or in a key. */
static char *short_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = xstrdup(slash ? slash + 1 : path);

	for (char *c = name; *c; c++)
		if (*c == ' ' || *c == '#' || *c == '?')
			*c = '_';
	if (*name)
		return name;
	free(name);
	return xstrdup("_");
}

/* Modules that share a name are numbered, in the order of their paths. */
static void name_modules(struct frame_modules *m)
{
	_cleanup_(intern_done) struct intern names = {};
	_cleanup_free_ size_t *uses = xcalloc(m->n, sizeof(*uses));
	_cleanup_free_ size_t *number = xcalloc(m->n, sizeof(*number));
	_cleanup_free_ size_t *first = xcalloc(m->n, sizeof(*first));

	for (size_t i = 0; i < m->n; i++) {
		m->v[i].key = short_name(m->v[i].path);
		if (!intern_find(&names, m->v[i].key, &first[i])) {
			first[i] = i;
			intern_add(&names, m->v[i].key, i);
		}
		number[i] = ++uses[first[i]];
	}
	for (size_t i = m->n; i > 0; i--) {
		char *name = m->v[i - 1].key;

		if (uses[first[i - 1]] < 2)
			continue;
		m->v[i - 1].key = xasprintf("%s#%zu", name, number[i - 1]);
		free(name);
	}
}

static void collect_from(struct frame_modules *m, const struct segen_first *f)
{
	for (size_t i = 0; i < f->n_frames; i++) {
		if (!f->frames[i].module)
			continue;
		GROW(m->v, m->n, m->cap);
		m->v[m->n++] = (struct frame_module){
			.path = f->frames[i].module,
			.build_id = f->frames[i].build_id,
		};
	}
}

void frame_modules_collect(struct frame_modules *m, const struct segen_trace *t)
{
	for (size_t i = 0; i < t->n_calls; i++)
		collect_from(m, &t->calls[i]->first);
	for (size_t i = 0; i < t->denials.n; i++)
		collect_from(m, &t->denials.v[i].at);
	sort_unique(m);
	name_modules(m);
}

void frame_modules_done(struct frame_modules *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->v[i].key);
	free(m->v);
	*m = (struct frame_modules){};
}

static const char *module_key(const struct frame_modules *m, const struct segen_frame *f)
{
	struct frame_module want = {.path = f->module, .build_id = f->build_id};
	const struct frame_module *found = NULL;

	if (f->module && m->n)
		found = bsearch(&want, m->v, m->n, sizeof(*m->v), compare_modules);
	return found ? found->key : UNKNOWN_MODULE;
}

void frame_text_add(struct segen_buf *b, const struct frame_modules *m,
		    const struct segen_frame *f)
{
	if (f->symbol)
		segen_buf_puts(b, f->symbol);
	segen_buf_printf(b, "+0x%" PRIx64 " %s", f->offset, module_key(m, f));
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int hex_parse(const char *s, size_t len, uint64_t *ret)
{
	uint64_t value = 0;

	if (len < 3 || len > 18 || s[0] != '0' || s[1] != 'x')
		return -EINVAL;
	for (size_t i = 2; i < len; i++) {
		int d = digit(s[i]);

		if (d < 0)
			return -EINVAL;
		value = value << 4 | (unsigned)d;
	}
	*ret = value;
	return 0;
}

int frame_text_parse(const char *text, struct frame_text *ret)
{
	const char *space = strrchr(text, ' '), *plus = space;
	uint64_t offset;

	while (plus && plus > text && *plus != '+')
		plus--;
	if (!plus || *plus != '+' || !space[1] ||
	    hex_parse(plus + 1, (size_t)(space - plus - 1), &offset) < 0)
		return -EINVAL;
	*ret = (struct frame_text){
		.symbol_len = (size_t)(plus - text),
		.offset = offset,
		.module = strcmp(space + 1, UNKNOWN_MODULE) ? space + 1 : NULL,
	};
	return 0;
}

char *frame_text_clean(const char *name)
{
	char *s = xstrndup(name, 255);

	for (char *c = s; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return s;
}

void segen_frame_done(struct segen_frame *f)
{
	free(f->module);
	free(f->build_id);
	free(f->symbol);
	*f = (struct segen_frame){};
}
