/* say.c: no control characters but line feeds and tabs reach the terminal. */
#include "say.h"

#include <segen/util.h>

#include <stdarg.h>
#include <stdio.h>

static bool is_control(unsigned char c)
{
	return (c < ' ' && c != '\n' && c != '\t') || c == 0x7f;
}

void say_text(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		/* C1 controls are two bytes in UTF-8. */
		if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) {
			fputc('?', stderr);
			p++;
		} else {
			fputc(is_control(*p) ? '?' : *p, stderr);
		}
	}
}

void say(const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	fputs("segen: ", stderr);
	say_text(text ? text : fmt);
	fputc('\n', stderr);
}
