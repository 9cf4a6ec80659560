/* message.c: what is said is quoted: only line feeds of our own reach the terminal. */
#include "cli/message.h"
#include "cli/terminal.h"

#include <segen/quote.h>
#include <segen/util.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * At once: standard error has no buffer.  It may be the workload's as well, which may
 * have made it non-blocking and filled it.
 */
static void put(const struct segen_buf *out)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};

	if (!out->len)
		return;
	terminal_add(&text, out->s);
	segen_write_patiently(STDERR_FILENO, text.s, text.len);
}

void say_text(const char *text)
{
	const struct segen_buf out = {.s = (char *)text, .len = strlen(text)};

	put(&out);
}

void say(const char *fmt, ...)
{
	static const char prefix[] = "segen: ";
	_cleanup_(segen_buf_done) struct segen_buf out = {}, quoted = {};
	unsigned width = terminal_width(STDERR_FILENO), at = strlen(prefix);
	_cleanup_free_ char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	segen_quote(&quoted, text ? text : fmt);
	segen_buf_puts(&out, prefix);
	/* What is no terminal gets one line, for grep. */
	if (width && quoted.s && at + terminal_columns(quoted.s, quoted.len) > width)
		terminal_wrap(&out, quoted.s, at, at, width);
	else if (quoted.s)
		segen_buf_puts(&out, quoted.s);
	segen_buf_puts(&out, "\n");
	put(&out);
}
