/* report-options.c: what verbs that print findings share. */
#include "cmd/report-options.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

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
	struct layout l = {.out = out, .width = WIDTH};
	struct winsize w;

	if (!isatty(STDOUT_FILENO))
		return l;
	l.color = !getenv("NO_COLOR");
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 40)
		l.width = MIN(w.ws_col, WIDTH_MAX);
	return l;
}

void report_print(const struct segen_buf *out)
{
	if (out->len)
		fwrite(out->s, 1, out->len, stdout);
}
