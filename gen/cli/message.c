/* message.c: no control characters but line feeds and tabs reach the terminal. */
#include "cli/message.h"

#include <segen/util.h>

#include <stdarg.h>
#include <stdio.h>

static bool is_control(unsigned char c)
{
	return (c < ' ' && c != '\n' && c != '\t') || c == 0x7f;
}

static void add_clean(struct segen_buf *out, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		/* C1 controls are two bytes in UTF-8. */
		if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
			segen_buf_add(out, "?", 1);
			p++;
		} else {
			segen_buf_add(out, is_control(*p) ? "?" : (const char *)p, 1);
		}
	}
}

/* At once: standard error has no buffer. */
static void put(const struct segen_buf *out)
{
	fwrite(out->s, 1, out->len, stderr);
}

void say_text(const char *text)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};

	add_clean(&out, text);
	put(&out);
}

void say(const char *fmt, ...)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	_cleanup_free_ char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	segen_buf_puts(&out, "segen: ");
	add_clean(&out, text ? text : fmt);
	segen_buf_puts(&out, "\n");
	put(&out);
}
