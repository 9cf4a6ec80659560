/* json-scan.c: a state machine over containers; one function for each kind of token. */
#include "shared/json-scan.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "shared/json-text.h"

#define NUMBER_MAX 127 /* digits of a fraction: none has a use for more */

void json_scan_init(struct segen_json_scan *s, const char *text, size_t len,
		    const char *name)
{
	*s = (struct segen_json_scan){
		.name = name, .text = text, .at = text, .end = text + len};
}

static void scan_path(const struct segen_json_scan *s, struct segen_buf *out)
{
	segen_buf_puts(out, "$");
	for (unsigned i = 0; i < s->depth; i++) {
		const struct segen_json_level *l = &s->levels[i];
		_cleanup_(segen_buf_done) struct segen_buf key = {};

		if (!l->any || (l->object && !l->key.s))
			return;
		if (l->object) {
			json_token_text(&l->key, &key);
			json_path_key(out, key.s);
		} else {
			segen_buf_printf(out, "[%zu]", l->index);
		}
	}
}

int json_scan_vfail(const struct segen_json_scan *s, struct segen_error *err,
		    const char *fmt, va_list ap)
{
	_cleanup_(segen_buf_done) struct segen_buf path = {}, where = {};
	const char *start = s->text;
	size_t line = 1;

	if (!err)
		return -EINVAL;
	for (const char *p = s->text; p < s->at; p++)
		if (*p == '\n') {
			line++;
			start = p + 1;
		}
	segen_buf_printf(&where, "%s:%zu:%zu", s->name, line,
			 (size_t)(s->at - start) + 1);
	scan_path(s, &path);
	return json_fail(err, where.s, path.s, fmt, ap);
}

int json_scan_fail(const struct segen_json_scan *s, struct segen_error *err,
		   const char *fmt, ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = json_scan_vfail(s, err, fmt, ap);
	va_end(ap);
	return r;
}

static void skip_space(struct segen_json_scan *s)
{
	while (s->at < s->end &&
	       (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r'))
		s->at++;
}

/* What stands where something else was expected. */
static int unexpected(const struct segen_json_scan *s, const char *wanted,
		      struct segen_error *err)
{
	unsigned char c;

	if (s->at == s->end)
		return json_scan_fail(s, err, "the document ends where %s should be",
				      wanted);
	c = (unsigned char)*s->at;
	if (c > ' ' && c < 0x7f)
		return json_scan_fail(s, err, "'%c' where %s should be", c, wanted);
	return json_scan_fail(s, err, "byte 0x%02x where %s should be", c, wanted);
}

static bool take(struct segen_json_scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static int scan_string(struct segen_json_scan *s, enum segen_json_kind kind,
		       struct segen_json_token *ret, struct segen_error *err)
{
	const char *start = ++s->at; /* behind the quote */
	bool escaped = false;
	const char *wrong = json_string_run(&s->at, s->end, &escaped);

	if (wrong)
		return json_scan_fail(s, err, "%s", wrong);
	if (s->at == s->end)
		return json_scan_fail(s, err, "the document ends in a string");
	*ret = (struct segen_json_token){.kind = kind,
					 .escaped = escaped,
					 .s = start,
					 .n = (size_t)(s->at - start)};
	s->at++;
	return 0;
}

static size_t digits(struct segen_json_scan *s)
{
	const char *start = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return (size_t)(s->at - start);
}

/* Whether the number @t is one that an int64_t or uint64_t holds, and which. */
static bool whole_number(struct segen_json_token *t)
{
	bool negative = *t->s == '-';
	uint64_t v = 0, max = negative ? (uint64_t)INT64_MAX + 1 : UINT64_MAX;

	for (size_t i = negative; i < t->n; i++) {
		unsigned digit = (unsigned)(t->s[i] - '0');

		if (v > (max - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	t->kind = v > INT64_MAX && !negative ? SEGEN_JSON_UINT : SEGEN_JSON_INT;
	t->u = negative ? -v : v;
	return true;
}

/* As strtod() has it, which is exact where the locale is "C": segen sets no other. */
static bool fraction(struct segen_json_token *t)
{
	char copy[NUMBER_MAX + 1];

	if (t->n > NUMBER_MAX)
		return false;
	memcpy(copy, t->s, t->n);
	copy[t->n] = '\0';
	t->kind = SEGEN_JSON_DOUBLE;
	return isfinite(strtod(copy, NULL));
}

static int scan_number(struct segen_json_scan *s, struct segen_json_token *ret,
		       struct segen_error *err)
{
	struct segen_json_token t = {.s = s->at};
	bool whole = true;

	take(s, '-');
	if (!take(s, '0') && !digits(s))
		return unexpected(s, "a digit", err);
	if (take(s, '.')) {
		whole = false;
		if (!digits(s))
			return unexpected(s, "a digit", err);
	}
	if (take(s, 'e') || take(s, 'E')) {
		whole = false;
		if (!take(s, '+'))
			take(s, '-');
		if (!digits(s))
			return unexpected(s, "a digit", err);
	}
	t.n = (size_t)(s->at - t.s);
	s->at = t.s;
	if (!(whole ? whole_number(&t) : fraction(&t)))
		return json_scan_fail(s, err, "a number too large or too long");
	s->at += t.n;
	*ret = t;
	return 0;
}

static int scan_word(struct segen_json_scan *s, struct segen_json_token *ret,
		     struct segen_error *err)
{
	static const struct {
		const char *word;
		enum segen_json_kind kind;
	} words[] = {{"true", SEGEN_JSON_TRUE},
		     {"false", SEGEN_JSON_FALSE},
		     {"null", SEGEN_JSON_NULL}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t n = strlen(words[i].word);

		if ((size_t)(s->end - s->at) < n || memcmp(s->at, words[i].word, n) != 0)
			continue;
		*ret = (struct segen_json_token){
			.kind = words[i].kind, .s = s->at, .n = n};
		s->at += n;
		return 0;
	}
	return unexpected(s, "a value", err);
}

static int open_container(struct segen_json_scan *s, struct segen_json_token *ret,
			  struct segen_error *err)
{
	bool object = *s->at == '{';

	if (s->depth == SEGEN_JSON_DEPTH)
		return json_scan_fail(s, err, "nested more than %d levels deep",
				      SEGEN_JSON_DEPTH);
	s->levels[s->depth++] = (struct segen_json_level){.object = object};
	*ret = (struct segen_json_token){.kind = object ? SEGEN_JSON_OBJECT
							: SEGEN_JSON_ARRAY,
					 .s = s->at,
					 .n = 1};
	s->at++;
	return 0;
}

static int scan_value(struct segen_json_scan *s, struct segen_json_token *ret,
		      struct segen_error *err)
{
	char c = s->at < s->end ? *s->at : '\0';

	s->after_key = false;
	if (c == '{' || c == '[')
		return open_container(s, ret, err);
	if (c == '"')
		return scan_string(s, SEGEN_JSON_STRING, ret, err);
	if (c == '-' || (c >= '0' && c <= '9'))
		return scan_number(s, ret, err);
	return scan_word(s, ret, err);
}

static int scan_key(struct segen_json_scan *s, struct segen_json_level *level,
		    struct segen_json_token *ret, struct segen_error *err)
{
	int r;

	level->key = (struct segen_json_token){};
	if (s->at == s->end || *s->at != '"')
		return unexpected(s, "a key in double quotes", err);
	r = scan_string(s, SEGEN_JSON_KEY, ret, err);
	if (r < 0)
		return r;
	level->key = *ret;
	skip_space(s);
	if (!take(s, ':'))
		return unexpected(s, "':'", err);
	s->after_key = true;
	return 0;
}

static int close_container(struct segen_json_scan *s, struct segen_json_token *ret)
{
	bool object = s->levels[--s->depth].object;

	*ret = (struct segen_json_token){.kind = object ? SEGEN_JSON_OBJECT_END
							: SEGEN_JSON_ARRAY_END,
					 .s = s->at - 1,
					 .n = 1};
	return 0;
}

/* In a container, behind a key or an element or at the start. */
static int scan_member(struct segen_json_scan *s, struct segen_json_token *ret,
		       struct segen_error *err)
{
	struct segen_json_level *level = &s->levels[s->depth - 1];

	if (take(s, level->object ? '}' : ']'))
		return close_container(s, ret);
	if (level->any && !take(s, ','))
		return unexpected(s, level->object ? "',' or '}'" : "',' or ']'", err);
	skip_space(s);
	if (level->any)
		level->index++;
	level->any = true;
	return level->object ? scan_key(s, level, ret, err) : scan_value(s, ret, err);
}

int json_scan_next(struct segen_json_scan *s, struct segen_json_token *ret,
		   struct segen_error *err)
{
	skip_space(s);
	if (s->after_key)
		return scan_value(s, ret, err);
	if (s->depth)
		return scan_member(s, ret, err);
	if (!s->done) {
		s->done = true;
		if (s->at == s->end)
			return json_scan_fail(s, err, "the document is empty");
		return scan_value(s, ret, err);
	}
	if (s->at != s->end)
		return unexpected(s, "the end of the document", err);
	*ret = (struct segen_json_token){.kind = SEGEN_JSON_END, .s = s->at};
	return 0;
}
