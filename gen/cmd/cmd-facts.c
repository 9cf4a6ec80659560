/* cmd-facts.c: segen facts: what segen knows of system calls. */
#include "cli/cmd.h"
#include "cli/message.h"
#include "cmd/report-options.h"
#include "profile/base.h"
#include "report/report-facts.h"

#include <errno.h>
#include <string.h>

struct opts {
	enum report_format format;
	enum terminal_color color;
};

static const struct option_row rows[] = {
	{"format", 'f', "FORMAT", "text (default) or json",
	 OPTION_WORD(struct opts, format, "text|json")},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	REPORT_OPTIONS(struct opts, color),
};

static const struct example examples[] = {
	{"segen facts openat2 clone",
	 "risk, age, capability and alternatives of two calls"},
	{"segen facts --format json ptrace", "the same for programs"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_facts = {
	.name = "facts",
	.args = "[OPTIONS] CALL…",
	.help = "show what segen knows about system calls",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

static void say_unknown(const char *name)
{
	_cleanup_free_ char *hint = call_hint(name);

	say("no system call is called '%s'%s", name, hint);
}

static void sheets_print(const struct sheet *v, size_t n, const struct opts *o)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct layout l = report_layout(o->color, &out);

	if (o->format == FORMAT_JSON)
		report_facts_json(&out, v, n);
	for (size_t i = 0; o->format == FORMAT_TEXT && i < n; i++) {
		if (i)
			segen_buf_puts(&out, "\n");
		report_facts_text(&l, &v[i]);
	}
	report_print(o->format, &out);
}

static int run(int argc, char **argv, struct segen_error *err)
{
	_cleanup_(profile_done) struct profile base = {};
	struct opts o = {};
	struct sheet *v;
	size_t n = 0;
	int first, r;

	r = options_parse(&cmd_facts, argc, argv, &o, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_OK;
	if (first == argc) {
		segen_fail(err, -EINVAL, "give at least one system call");
		return EXIT_USAGE;
	}
	base_default(&base);
	v = xcalloc((size_t)(argc - first), sizeof(*v));
	for (int i = first; i < argc; i++) {
		if (sheet_init(&v[n], argv[i], &base) < 0)
			say_unknown(argv[i]);
		else
			sheet_numbers(&v[n++]);
	}
	sheets_print(v, n, &o);
	for (size_t i = 0; i < n; i++)
		sheet_done(&v[i]);
	free(v);
	return n == (size_t)(argc - first) ? EXIT_OK : EXIT_FAILED;
}
