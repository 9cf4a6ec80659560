/* json-text.c: characters, escapes, UTF-8, and paths for messages. */
#include "json-text.h"

#include <segen/json.h>

#include <string.h>

#include "json-scan.h"
#include "utf8.h"

#define KEY_SHOWN 64 /* bytes of a key that a message shows */

/* The four digits of \uXXXX at @s, or -1. */
static long hex4(const char *s, const char *end)
{
	long v = 0;

	if (end - s < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		const char *digits = "0123456789abcdef0123456789ABCDEF";
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
	if (c < 0 || c < 0xd800 || c > 0xdfff) {
		*at += c < 0 ? 0 : 5;
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

const char *json_string_run(const char **at, const char *end, bool *escaped)
{
	const char *p = *at;
	const char *wrong = NULL;

	while (p < end && *p != '"' && !wrong) {
		unsigned char c = (unsigned char)*p;

		if (c == '\\') {
			const char *q = p + 1;
			long v = escape(&q, end);

			*escaped = true;
			if (v <= 0)
				wrong = v ? "an escape that JSON does not have"
					  : "a NUL character in a string";
			else
				p = q;
		} else if (c < 0x20) {
			wrong = c ? "a control character in a string"
				  : "a NUL byte in a string";
		} else if (c < 0x80) {
			p++;
		} else {
			size_t n = utf8_len(p, (size_t)(end - p));

			p += n;
			wrong = n ? NULL : "a byte that is not UTF-8";
		}
	}
	*at = p;
	return wrong;
}

static void add_utf8(struct segen_buf *out, long c)
{
	char s[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = n; i > 1; i--, c >>= 6)
		s[i - 1] = (char)(0x80 | (c & 0x3f));
	s[0] = (char)(lead[n] | c);
	segen_buf_add(out, s, n);
}

void json_token_text(const struct json_token *t, struct segen_buf *out)
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

void segen_json_quote(struct segen_buf *b, const char *s)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	size_t left = strlen(s), n;

	segen_buf_add(b, "\"", 1);
	for (; left; s += n, left -= n) {
		const char *e = strchr(from, *s);

		n = utf8_len(s, left);
		if (!n) {
			segen_buf_puts(b, "\\ufffd");
			n = 1;
		} else if (e) {
			segen_buf_add(b, (char[]){'\\', to[e - from]}, 2);
		} else if ((unsigned char)*s < 0x20 || *s == 0x7f) {
			segen_buf_printf(b, "\\u%04x", (unsigned char)*s);
		} else {
			segen_buf_add(b, s, n);
		}
	}
	segen_buf_add(b, "\"", 1);
}

void json_path_key(struct segen_buf *out, const char *key)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-";
	_cleanup_free_ char *shown = xstrndup(key, KEY_SHOWN);

	if (*key && strspn(key, plain) == strlen(key) && strlen(key) <= KEY_SHOWN) {
		segen_buf_printf(out, ".%s", key);
		return;
	}
	segen_buf_add(out, "[", 1);
	segen_json_quote(out, shown);
	segen_buf_puts(out, strlen(key) > KEY_SHOWN ? "...]" : "]");
}
