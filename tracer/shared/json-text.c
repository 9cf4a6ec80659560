/* json-text.c: characters, escapes, UTF-8, and how messages show them. */
#include "shared/json-text.h"

#include <segen/json-write.h>

#include <errno.h>
#include <string.h>

#include "shared/json-scan.h"
#include "shared/utf8.h"

/* Bytes of each part that a message shows. */
#define KEY_SHOWN 64
#define WHERE_SHOWN 256
#define PATH_SHOWN 256
#define WORDS_SHOWN 384

/* The four digits of \uXXXX at @s, or -1. */
static long hex4(const char *s, const char *end)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	long v = 0;

	if (end - s < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		const char *d = s[i] ? strchr(digits, s[i]) : NULL;

		if (!d)
			return -1;
		v = v << 4 | ((d - digits) & 15);
	}
	return v;
}

/* The character of the escape at *@at (behind the backslash), or -1. */
static long escape(const char **at, const char *end)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *e = *at < end && **at ? strchr(from, **at) : NULL;
	long c, low;

	if (e) {
		++*at;
		return to[e - from];
	}
	if (*at == end || **at != 'u')
		return -1;
	c = hex4(*at + 1, end);
	if (c < 0)
		return -1;
	if (c < 0xd800 || c > 0xdfff) {
		*at += 5;
		return c;
	}
	if (c > 0xdbff || end - *at < 11 || (*at)[5] != '\\' || (*at)[6] != 'u')
		return -1;
	low = hex4(*at + 7, end);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	*at += 11;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

/* The same for one character that is not plain ASCII; @p stays where it is wrong. */
static const char *odd_char(const char **p, const char *end, bool *escaped)
{
	unsigned char c = (unsigned char)**p;
	const char *q = *p + 1;
	long v;

	if (c < 0x20)
		return c ? "a control character in a string" : "a NUL byte in a string";
	if (c != '\\') {
		size_t n = utf8_len(*p, (size_t)(end - *p));

		*p += n;
		return n ? NULL : "a byte that is not UTF-8";
	}
	*escaped = true;
	v = escape(&q, end);
	if (v <= 0)
		return v ? "an escape that JSON does not have"
			 : "a NUL character in a string";
	*p = q;
	return NULL;
}

const char *json_string_run(const char **at, const char *end, bool *escaped)
{
	const char *wrong = NULL;

	while (*at < end && **at != '"' && !wrong) {
		unsigned char c = (unsigned char)**at;

		if (c >= 0x20 && c < 0x80 && c != '\\')
			++*at;
		else
			wrong = odd_char(at, end, escaped);
	}
	return wrong;
}

static void add_utf8(struct segen_buf *out, long c)
{
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	char s[4];

	for (size_t i = n; i > 1; i--, c >>= 6)
		s[i - 1] = (char)(0x80 | (c & 0x3f));
	s[0] = (char)(lead[n] | c);
	segen_buf_add(out, s, n);
}

void json_token_text(const struct segen_json_token *t, struct segen_buf *out)
{
	const char *p = t->s, *end = t->s + t->n;

	while (p < end) {
		const char *slash =
			t->escaped ? memchr(p, '\\', (size_t)(end - p)) : NULL;

		segen_buf_add(out, p, (size_t)((slash ? slash : end) - p));
		if (!slash)
			return;
		p = slash + 1;
		add_utf8(out, escape(&p, end));
	}
	segen_buf_add(out, "", 0);
}

/*
 * Append the character at @s, of @left bytes: control characters (those of C1 as well,
 * terminals obey them) escaped, bytes of no character replaced.  Its length in @s.
 */
static size_t add_clean(struct segen_buf *b, const char *s, size_t left)
{
	size_t n = utf8_len(s, left);
	unsigned char c = (unsigned char)*s;

	if (!n)
		segen_buf_puts(b, "\\ufffd");
	else if (c < 0x20 || c == 0x7f)
		segen_buf_printf(b, "\\u%04x", c);
	else if (c == 0xc2 && (unsigned char)s[1] < 0xa0)
		segen_buf_printf(b, "\\u%04x", (unsigned char)s[1]);
	else
		segen_buf_add(b, s, n);
	return n ? n : 1;
}

static size_t add_escaped(struct segen_buf *b, const char *s)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *e = strchr(from, *s);

	if (!e)
		return add_clean(b, s, strnlen(s, 4));
	segen_buf_add(b, (char[]){'\\', to[e - from]}, 2);
	return 1;
}

void segen_json_quote(struct segen_buf *b, const char *s)
{
	segen_buf_add(b, "\"", 1);
	while (*s) {
		size_t n = 0;

		while (s[n] >= 0x20 && s[n] < 0x7f && s[n] != '"' && s[n] != '\\')
			n++;
		segen_buf_add(b, s, n);
		s += n;
		if (*s)
			s += add_escaped(b, s);
	}
	segen_buf_add(b, "\"", 1);
}

/* The bytes of the first characters of @s that are @max at most. */
static size_t cut(const char *s, size_t max)
{
	size_t n = strnlen(s, max + 1);

	if (n <= max)
		return n;
	for (n = max; n && utf8_is_tail(s[n]); n--)
		;
	return n;
}

void json_path_key(struct segen_buf *out, const char *key)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-";
	size_t n = cut(key, KEY_SHOWN);
	_cleanup_free_ char *shown = xstrndup(key, n);

	if (n && !key[n] && strspn(key, plain) == n) {
		segen_buf_printf(out, ".%s", key);
		return;
	}
	segen_buf_add(out, "[", 1);
	segen_json_quote(out, shown);
	segen_buf_puts(out, key[n] ? "...]" : "]");
}

/* The end of @s tells most: a file name, the innermost keys. */
static void add_end(struct segen_buf *out, const char *s, size_t max,
		    const char *cut_mark)
{
	size_t n = strlen(s);

	if (n > max) {
		segen_buf_puts(out, cut_mark);
		for (s += n - max; utf8_is_tail(*s); s++)
			;
	}
	for (n = strlen(s); n;) {
		size_t used = add_clean(out, s, n);

		s += used;
		n -= used;
	}
}

int json_fail(struct segen_error *err, const char *where, const char *path,
	      const char *fmt, va_list ap)
{
	_cleanup_(segen_buf_done) struct segen_buf place = {}, words = {};
	char msg[WORDS_SHOWN + 8];

	vsnprintf(msg, sizeof(msg), fmt, ap);
	msg[cut(msg, WORDS_SHOWN)] = '\0';
	add_end(&place, where, WHERE_SHOWN, "...");
	segen_buf_puts(&place, ": ");
	add_end(&place, path, PATH_SHOWN, "$...");
	add_end(&words, msg, WORDS_SHOWN, "");
	return segen_fail(err, -EINVAL, "%s: %s", place.s, words.s ? words.s : "wrong");
}
