/* report-options.c: what verbs that print findings share. */
#include "cmd/report-options.h"

#include "cli/terminal.h"

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

struct layout report_layout(struct segen_buf *out)
{
	struct layout l = report_layout_of(STDOUT_FILENO, out);

	if (!terminal_width(STDOUT_FILENO))
		l.width = WIDTH;
	return l;
}

struct layout report_layout_of(int fd, struct segen_buf *out)
{
	unsigned width = terminal_width(fd);

	return (struct layout){
		.out = out,
		.width = width ? MIN(width, WIDTH_MAX) : UINT32_MAX,
		.color = terminal_has_color(fd),
	};
}

void report_print(const struct segen_buf *out)
{
	if (out->len)
		fwrite(out->s, 1, out->len, stdout);
}
