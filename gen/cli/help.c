/* help.c: --help in two columns. */
#include "cli/help.h"

#include <string.h>

#define WIDTH 80
#define COLUMN 27 /* where the right column begins */

/* Columns that @n bytes of UTF-8 take: all but continuation bytes. */
static size_t columns(const char *s, size_t n)
{
	size_t w = 0;

	for (size_t i = 0; i < n; i++)
		w += ((unsigned char)s[i] & 0xc0) != 0x80;
	return w;
}

static void pad(struct segen_buf *out, size_t n)
{
	while (n--)
		segen_buf_puts(out, " ");
}

/* Words from column @at on, later lines indented to COLUMN. */
static void wrap(struct segen_buf *out, const char *text, size_t at)
{
	bool fresh = true;

	for (const char *p = text; *p;) {
		size_t n = strcspn(p, " ");
		size_t w = columns(p, n);

		if (!fresh && at + 1 + w > WIDTH) {
			segen_buf_puts(out, "\n");
			pad(out, COLUMN);
			at = COLUMN;
			fresh = true;
		}
		if (!fresh) {
			segen_buf_puts(out, " ");
			at++;
		}
		segen_buf_add(out, p, n);
		at += w;
		fresh = false;
		p += n;
		p += strspn(p, " ");
	}
	segen_buf_puts(out, "\n");
}

void help_row(struct segen_buf *out, const char *left, const char *right)
{
	size_t w = columns(left, strlen(left));

	segen_buf_puts(out, left);
	if (w + 2 > COLUMN) {
		segen_buf_puts(out, "\n");
		w = 0;
	}
	pad(out, COLUMN - w);
	wrap(out, right, COLUMN);
}

static void option(struct segen_buf *out, const struct option_row *row)
{
	_cleanup_(segen_buf_done) struct segen_buf left = {};

	if (row->letter)
		segen_buf_printf(&left, "  -%c, --%s", row->letter, row->name);
	else
		segen_buf_printf(&left, "      --%s", row->name);
	if (row->arg)
		segen_buf_printf(&left, "=%s", row->choices ? row->choices : row->arg);
	help_row(out, left.s, row->help);
}

struct help_name help_invocation(const struct cmd *cmd)
{
	struct help_name n;

	snprintf(n.text, sizeof(n.text), "segen%s%s", *cmd->name ? " " : "", cmd->name);
	return n;
}

void help_text(const struct cmd *cmd, struct segen_buf *out)
{
	segen_buf_printf(out, "usage: %s %s\n\n%s\n", help_invocation(cmd).text,
			 cmd->args, cmd->help);
	for (size_t g = 0; g < cmd->n_groups; g++) {
		const struct option_group *group = &cmd->groups[g];

		segen_buf_printf(out, "\n%s:\n", group->title ? group->title : "options");
		for (size_t i = 0; i < group->n_rows; i++)
			option(out, &group->rows[i]);
		if (g == 0)
			option(out, &options_help_row);
	}
	if (!cmd->n_groups) {
		segen_buf_puts(out, "\noptions:\n");
		option(out, &options_help_row);
	}
	if (cmd->notes)
		segen_buf_printf(out, "\n%s\n", cmd->notes);
}

void help_print(const struct cmd *cmd)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};

	help_text(cmd, &out);
	fputs(out.s, stdout);
}
