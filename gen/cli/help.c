/* help.c: --help in two columns. */
#include "cli/help.h"

#include "cli/terminal.h"

#include <string.h>

#define WIDTH 80
#define WIDTH_MAX 120 /* longer lines are hard to read */
#define COLUMN 27     /* where the right column begins */
#define EXAMPLE 6     /* where the words on an example begin */

struct help help_init(struct segen_buf *out)
{
	unsigned width = terminal_width(STDOUT_FILENO);

	return (struct help){
		.out = out,
		.width = width ? MIN(width, WIDTH_MAX) : WIDTH,
		.color = terminal_has_color(STDOUT_FILENO, COLOR_AUTO),
	};
}

static void pad(const struct help *h, unsigned n)
{
	segen_buf_printf(h->out, "%*s", (int)n, "");
}

static void wrap(const struct help *h, const char *text, unsigned column)
{
	terminal_wrap(h->out, text, column, column, h->width);
	segen_buf_puts(h->out, "\n");
}

static void strong(const struct help *h, const char *text)
{
	segen_buf_printf(h->out, h->color ? "\033[1m%s\033[0m" : "%s", text);
}

void help_heading(const struct help *h, const char *title)
{
	segen_buf_puts(h->out, "\n");
	strong(h, title);
	segen_buf_puts(h->out, ":\n");
}

void help_row(const struct help *h, const char *left, const char *right)
{
	unsigned w = terminal_columns(left, strlen(left));

	segen_buf_puts(h->out, left);
	if (w + 2 > COLUMN) {
		segen_buf_puts(h->out, "\n");
		w = 0;
	}
	pad(h, COLUMN - w);
	wrap(h, right, COLUMN);
}

static void option(const struct help *h, const struct option_row *row)
{
	_cleanup_(segen_buf_done) struct segen_buf left = {};

	if (row->letter)
		segen_buf_printf(&left, "  -%c, --%s", row->letter, row->name);
	else
		segen_buf_printf(&left, "      --%s", row->name);
	if (row->arg)
		segen_buf_printf(&left, "=%s", row->choices ? row->choices : row->arg);
	help_row(h, left.s, row->help);
}

struct help_name help_invocation(const struct cmd *cmd)
{
	struct help_name n;

	snprintf(n.text, sizeof(n.text), "segen%s%s", *cmd->name ? " " : "", cmd->name);
	return n;
}

static void options(const struct help *h, const struct cmd *cmd)
{
	for (size_t g = 0; g < cmd->n_groups; g++) {
		const struct option_group *group = &cmd->groups[g];

		help_heading(h, group->title ? group->title : "options");
		for (size_t i = 0; i < group->n_rows; i++)
			option(h, &group->rows[i]);
		if (g == 0)
			option(h, &options_help_row);
	}
	if (!cmd->n_groups) {
		help_heading(h, "options");
		option(h, &options_help_row);
	}
}

static void notes(const struct help *h, const char *text)
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *rest = copy, *line;

	segen_buf_puts(h->out, "\n");
	while ((line = strsep(&rest, "\n")))
		wrap(h, line, 0);
}

void help_text(const struct help *h, const struct cmd *cmd)
{
	strong(h, "usage");
	segen_buf_printf(h->out, ": %s %s\n\n", help_invocation(cmd).text, cmd->args);
	wrap(h, cmd->help, 0);
	options(h, cmd);
	if (cmd->notes)
		notes(h, cmd->notes);
	if (cmd->n_examples)
		help_heading(h, "examples");
	/* A line to copy is never broken. */
	for (size_t i = 0; i < cmd->n_examples; i++) {
		segen_buf_printf(h->out, "  %s\n", cmd->examples[i].line);
		pad(h, EXAMPLE);
		wrap(h, cmd->examples[i].what, EXAMPLE);
	}
}

void help_put(const struct segen_buf *text)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};

	terminal_add(&out, text->s);
	fputs(out.s, stdout);
}

void help_print(const struct cmd *cmd)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	const struct help h = help_init(&out);

	help_text(&h, cmd);
	help_put(&out);
}
