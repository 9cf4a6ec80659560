/* report-options.c: what verbs that print findings share. */
#include "cmd/report-options.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 80
#define WIDTH_MAX 120 /* longer lines are hard to read */

enum report_format report_format(const char *word)
{
	static const char *const words[] = {
		[FORMAT_TEXT] = "text",
		[FORMAT_JSON] = "json",
		[FORMAT_SARIF] = "sarif",
		[FORMAT_MARKDOWN] = "markdown",
	};

	for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i], word))
			return (enum report_format)i;
	return FORMAT_TEXT;
}

static int set_color(void *color, const char *value, struct segen_error *err _unused_)
{
	*(enum terminal_color *)color = !strcmp(value, "always")  ? COLOR_ALWAYS
					: !strcmp(value, "never") ? COLOR_NEVER
								  : COLOR_AUTO;
	return 0;
}

const struct option_row report_options[1] = {
	{"color", 0, "WHEN", "auto (default: on terminals, unless NO_COLOR is set)",
	 OPTION_CALL_WORD(set_color, TERMINAL_COLORS)},
};

struct layout report_layout(enum terminal_color color, struct segen_buf *out)
{
	struct layout l = report_layout_of(STDOUT_FILENO, color, out);

	if (!terminal_width(STDOUT_FILENO))
		l.width = WIDTH;
	return l;
}

struct layout report_layout_of(int fd, enum terminal_color color, struct segen_buf *out)
{
	unsigned width = terminal_width(fd);

	return (struct layout){
		.out = out,
		.width = width ? MIN(width, WIDTH_MAX) : UINT32_MAX,
		.color = terminal_has_color(fd, color),
	};
}

void report_print(enum report_format format, const struct segen_buf *out)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};

	if (!out->len)
		return;
	if (format == FORMAT_TEXT)
		terminal_add(&text, out->s);
	else
		segen_buf_add(&text, out->s, out->len);
	fwrite(text.s, 1, text.len, stdout);
}
