/* places.c: where in a JSON text the values stand. */
#include "inspect/places.h"

#include <string.h>
#include <strings.h>

#define DEPTH 32

struct level {
	bool object;
	size_t index; /* of an array's element */
	char *key;    /* of an object's member; owned */
};

struct scan {
	const char *at, *end;
	size_t line;
	struct level levels[DEPTH];
	unsigned depth;
	struct places *out;
};

static void add_path(const struct scan *s, struct segen_buf *out)
{
	segen_buf_puts(out, "$");
	for (unsigned i = 0; i < s->depth; i++) {
		if (s->levels[i].object)
			segen_buf_printf(out, ".%s",
					 s->levels[i].key ? s->levels[i].key : "");
		else
			segen_buf_printf(out, "[%zu]", s->levels[i].index);
	}
}

static void add(struct scan *s, char *text)
{
	struct places *p = s->out;
	struct segen_buf path = {};

	add_path(s, &path);
	GROW(p->v, p->n, p->cap);
	p->v[p->n++] = (struct place){
		.path = path.s,
		.line = s->line,
		.text = text,
		.key = s->depth && s->levels[s->depth - 1].object,
	};
}

/* What is between the quotes, escapes as they are. */
static char *take_string(struct scan *s)
{
	const char *start = ++s->at;

	while (s->at < s->end && *s->at != '"')
		s->at += *s->at == '\\' && s->at + 1 < s->end ? 2 : 1;
	s->at = MIN(s->at + 1, s->end);
	return xstrndup(start, (size_t)(s->at - start) - (s->at > start));
}

static void open_level(struct scan *s, bool object)
{
	add(s, NULL);
	s->levels[s->depth++] = (struct level){.object = object};
	s->at++;
}

static void close_level(struct scan *s)
{
	if (s->depth)
		free(s->levels[--s->depth].key);
	s->at++;
}

/* A string is a key when it is an object's and no key waits for its value. */
static void string(struct scan *s)
{
	struct level *l = s->depth ? &s->levels[s->depth - 1] : NULL;
	char *text = take_string(s);

	if (l && l->object && !l->key)
		l->key = text;
	else
		add(s, text);
}

static void comma(struct scan *s)
{
	struct level *l = s->depth ? &s->levels[s->depth - 1] : NULL;

	if (l) {
		free(TAKE_PTR(l->key));
		l->index++;
	}
	s->at++;
}

/* A number or a word. */
static void bare(struct scan *s)
{
	add(s, NULL);
	while (s->at < s->end && !strchr(",]} \t\r\n", *s->at))
		s->at++;
}

static void step(struct scan *s)
{
	switch (*s->at) {
	case '\n':
		s->line++;
		s->at++;
		break;
	case ' ':
	case '\t':
	case '\r':
	case ':': s->at++; break;
	case '{':
	case '[': open_level(s, *s->at == '{'); break;
	case '}':
	case ']': close_level(s); break;
	case '"': string(s); break;
	case ',': comma(s); break;
	default: bare(s);
	}
}

void places_init(struct places *p, const char *text, size_t len)
{
	struct scan s = {.at = text, .end = text + len, .line = 1, .out = p};

	*p = (struct places){};
	while (text && s.at < s.end && *s.at && s.depth < DEPTH)
		step(&s);
	while (s.depth)
		free(s.levels[--s.depth].key);
}

void places_done(struct places *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].path);
		free(p->v[i].text);
	}
	free(p->v);
	*p = (struct places){};
}

/* Without its last part. */
static void cut(char *path)
{
	char *dot = strrchr(path, '.'), *bracket = strrchr(path, '[');
	char *at = dot > bracket ? dot : bracket;

	*(at ? at : path) = '\0';
}

size_t places_line(const struct places *p, const char *path)
{
	_cleanup_free_ char *rest = xstrdup(path);

	for (; *rest; cut(rest))
		for (size_t i = 0; i < p->n; i++)
			if (!strcasecmp(p->v[i].path, rest))
				return p->v[i].line;
	return 0;
}
