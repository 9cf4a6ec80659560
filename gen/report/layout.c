/* layout.c: text in columns that fits the terminal. */
#include "report/layout.h"

#include "cli/terminal.h"

#include <segen/quote.h>

#include <stdarg.h>
#include <string.h>

unsigned layout_columns(const char *s)
{
	return terminal_columns(s, strlen(s));
}

static void pad(struct segen_buf *out, unsigned n)
{
	segen_buf_printf(out, "%*s", (int)n, "");
}

/* Words from column @at on; later lines begin at @column. */
static void wrap(const struct layout *l, unsigned at, unsigned column, const char *text)
{
	_cleanup_free_ char *quoted = segen_quoted(text);

	terminal_wrap(l->out, quoted, at, column, l->width);
	segen_buf_puts(l->out, "\n");
}

void layout_text(const struct layout *l, unsigned indent, const char *text)
{
	pad(l->out, indent);
	wrap(l, indent, indent, text);
}

static const char *tone_code(enum tone t)
{
	static const char *const codes[] = {
		[TONE_PLAIN] = "",	   [TONE_GOOD] = "\033[32m",
		[TONE_WARN] = "\033[33m",  [TONE_BAD] = "\033[31m",
		[TONE_STRONG] = "\033[1m",
	};
	return codes[t];
}

static void put_toned(const struct layout *l, enum tone tone, const char *s)
{
	bool color = l->color && tone != TONE_PLAIN;

	if (color)
		segen_buf_puts(l->out, tone_code(tone));
	segen_quote(l->out, s);
	if (color)
		segen_buf_puts(l->out, "\033[0m");
}

void layout_row(const struct layout *l, unsigned indent, unsigned column, enum tone tone,
		const char *label, const char *text)
{
	_cleanup_free_ char *quoted = segen_quoted(label);
	unsigned at = indent + layout_columns(quoted);

	pad(l->out, indent);
	put_toned(l, tone, quoted);
	if (!*text) {
		segen_buf_puts(l->out, "\n");
		return;
	}
	if (at >= column) {
		segen_buf_puts(l->out, "\n");
		at = 0;
	}
	pad(l->out, column - at);
	wrap(l, column, column, text);
}

void layout_set(const struct layout *l, unsigned indent, unsigned column,
		const char *label, const struct segen_strset *set)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	for (size_t i = 0; i < set->n; i++)
		segen_buf_printf(&b, "%s%s", i ? ", " : "", set->v[i]);
	if (set->n)
		layout_row(l, indent, column, TONE_PLAIN, label, b.s);
}

void layout_line(const struct layout *l, enum tone tone, const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	if (s)
		put_toned(l, tone, s);
	segen_buf_puts(l->out, "\n");
}
