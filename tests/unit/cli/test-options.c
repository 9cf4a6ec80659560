/* test-options.c: command lines in, settings, messages and help out. */
#include "cli/cmd.h"
#include "cli/help.h"

#include <segen/util.h>

#include <errno.h>
#include <string.h>

#include "tests/tap.h"

struct inner {
	const char *name;
};

enum shape { SHAPE_ROUND, SHAPE_FLAT, SHAPE_LONG };

struct opts {
	const char *output, *mode, *title;
	unsigned quiet;
	bool dry, loud;
	enum shape shape;
	struct inner inner;
};

static int set_output(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->output = value;
	return 0;
}

static int set_mode(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->mode = value;
	return 0;
}

static int set_quiet(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->quiet += value == NULL;
	return 0;
}

static int set_name(void *inner, const char *value, struct segen_error *err)
{
	if (!*value)
		return segen_fail(err, -EINVAL, "a name is never empty");
	((struct inner *)inner)->name = value;
	return 0;
}

static const struct option_row rows[] = {
	{"output", 'o', "FILE", "write there", OPTION_CALL(set_output)},
	{"quiet", 'q', NULL, "say nothing", OPTION_CALL(set_quiet)},
	{"mode", 0, "MODE", "how", OPTION_CALL_WORD(set_mode, "fast|full")},
	{"dry", 0, NULL, "change nothing", OPTION_FLAG(struct opts, dry)},
	{"title", 0, "TEXT", "a title", OPTION_TEXT(struct opts, title)},
	{"shape", 0, "SHAPE", "a shape",
	 OPTION_WORD(struct opts, shape, "round|flat|long")},
	{"sound", 0, "SOUND", "how loud", OPTION_EITHER(struct opts, loud, "soft|loud")},
};

static const struct option_row inner_rows[] = {
	{"name", 'n', "NAME", "a name", OPTION_CALL(set_name)},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	{"names", inner_rows, ARRAY_SIZE(inner_rows), offsetof(struct opts, inner)},
};

static const struct example examples[] = {
	{"segen try --mode=full x", "a try"},
};

static const struct cmd anywhere = {
	.name = "try",
	.args = "[OPTIONS] FILE…",
	.help = "try something",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.notes =
		"A remark.\nAnd words that go on and on until they have to be continued on "
		"the next line.",
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
};

static const struct cmd in_order = {
	.name = "try",
	.args = "[OPTIONS] COMMAND",
	.help = "try a command",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.in_order = true,
};

/* One command line, words apart by blanks, and what became of it. */
struct line {
	char text[128];
	char *argv[16];
	int argc, first, r;
	struct opts opts;
	struct segen_error err;
};

static void parse(struct line *l, const struct cmd *cmd, const char *text)
{
	*l = (struct line){.first = -1};
	snprintf(l->text, sizeof(l->text), "%s", text);
	for (char *word = strtok(l->text, " "); word; word = strtok(NULL, " "))
		l->argv[l->argc++] = word;
	l->r = options_parse(cmd, l->argc, l->argv, &l->opts, &l->first, &l->err);
}

/* The operands, joined again. */
static bool operands_are(const struct line *l, const char *want)
{
	char got[128] = "";

	for (int i = l->first; i < l->argc; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
			 *got ? " " : "", l->argv[i]);
	return strcmp(got, want) == 0;
}

static bool is(const char *got, const char *want)
{
	return got && strcmp(got, want) == 0;
}

static void test_values(void)
{
	struct line l;

	parse(&l, &anywhere, "try --output=a --mode full -q -nb x");
	ok(l.r == 0 && is(l.opts.output, "a") && is(l.opts.mode, "full"),
	   "a value joined with '=' and one in a word of its own");
	ok(l.opts.quiet == 1 && is(l.opts.inner.name, "b"),
	   "a letter, and a letter with its value, in the right group");
	parse(&l, &anywhere, "try -qqo a");
	ok(l.r == 0 && l.opts.quiet == 2 && is(l.opts.output, "a"),
	   "letters together, the last with a value");
	parse(&l, &anywhere, "try --output= x");
	ok(l.r == 0 && is(l.opts.output, ""), "an empty value");
	parse(&l, &anywhere, "try -o -q");
	ok(l.r == 0 && is(l.opts.output, "-q") && !l.opts.quiet,
	   "a value may begin with a dash");
	parse(&l, &anywhere, "try -o a -o b");
	ok(is(l.opts.output, "b"), "the last one counts");
}

static void test_members(void)
{
	struct line l;

	parse(&l, &anywhere, "try --dry --title a --shape long --sound loud x");
	is_int(l.r, 0, "members: the line is taken");
	ok(l.opts.dry, "members: a flag is true");
	is_str(l.opts.title, "a", "members: a text is kept");
	is_int(l.opts.shape, SHAPE_LONG, "members: a word is its place");
	ok(l.opts.loud, "members: the second of two words is true");
	parse(&l, &anywhere, "try --shape round --shape flat --sound loud --sound soft");
	is_int(l.opts.shape, SHAPE_FLAT, "members: the last word counts");
	ok(!l.opts.loud, "members: the first of two words is false");
	parse(&l, &anywhere, "try --shape square");
	is_int(l.r, -EINVAL, "members: a word that is no choice is refused");
	has_str(l.err.msg, "round|flat|long", "members: the message names the choices");
}

static void test_operands(void)
{
	struct line l;

	parse(&l, &anywhere, "try a -q b --output c d");
	ok(l.r == 0 && l.opts.quiet && operands_are(&l, "a b d"),
	   "options anywhere, operands in their order");
	parse(&l, &anywhere, "try a -- -q --what");
	ok(l.r == 0 && !l.opts.quiet && operands_are(&l, "a -q --what"),
	   "no option behind '--'");
	parse(&l, &anywhere, "try - -q");
	ok(l.r == 0 && l.opts.quiet && operands_are(&l, "-"), "'-' is an operand");
	parse(&l, &in_order, "try -q ls -l --what");
	ok(l.r == 0 && operands_are(&l, "ls -l --what"), "a command keeps its options");
	parse(&l, &in_order, "try -q -- -x -- y");
	ok(l.r == 0 && operands_are(&l, "-x -- y"), "only the first '--' is taken");
	parse(&l, &in_order, "try ls -- a");
	ok(l.r == 0 && operands_are(&l, "ls -- a"), "a command keeps its '--'");
	parse(&l, &in_order, "try");
	ok(l.r == 0 && l.first == l.argc, "no operand at all");
}

static void test_failures(void)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{"try --outptu=x", "unknown option '--outptu'; did you mean '--output'?"},
		{"try --out x", "unknown option '--out'; did you mean '--output'?"},
		{"try --zzzzz", "unknown option '--zzzzz'; see 'segen try --help'"},
		{"try -x", "unknown option '-x'; see 'segen try --help'"},
		{"try -qx", "unknown option '-x'; see 'segen try --help'"},
		{"try --output", "--output: FILE is missing"},
		{"try -o", "--output: FILE is missing"},
		{"try --quiet=yes", "--quiet takes no value, but got 'yes'"},
		{"try --mode=ful",
		 "--mode: unknown value 'ful'; did you mean 'full'? It is one of fast|full"},
		{"try --mode=", "--mode: unknown value ''; choose one of fast|full"},
		{"try --name=", "--name: a name is never empty"},
		{"try --nam", "unknown option '--nam'; did you mean '--name'?"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct line l;

		parse(&l, &anywhere, cases[i].line);
		if (!ok(l.r == -EINVAL && strcmp(l.err.msg, cases[i].message) == 0,
			"'%s' fails", cases[i].line))
			printf("# got: %d '%s'\n", l.r, l.err.msg);
	}
}

static void test_help(void)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct help h = {.out = &out, .width = 80};
	static const char want[] = "usage: segen try [OPTIONS] FILE…\n\n"
				   "try something\n\n"
				   "options:\n"
				   "  -o, --output=FILE        write there\n"
				   "  -q, --quiet              say nothing\n"
				   "      --mode=fast|full     how\n"
				   "      --dry                change nothing\n"
				   "      --title=TEXT         a title\n"
				   "      --shape=round|flat|long\n"
				   "                           a shape\n"
				   "      --sound=soft|loud    how loud\n"
				   "  -h, --help               show this text\n\n"
				   "names:\n"
				   "  -n, --name=NAME          a name\n\n"
				   "A remark.\n"
				   "And words that go on and on until they have to be "
				   "continued on the next line.\n\n"
				   "examples:\n"
				   "  segen try --mode=full x\n"
				   "      a try\n";

	help_text(&h, &anywhere);
	is_str(out.s, want, "the whole text of --help");
	out.len = 0;
	h.width = 40;
	help_text(&h, &anywhere);
	has_str(out.s, "\nAnd words that go on and on until they\nhave to be continued",
		"--help: notes are wrapped at the width");
	out.len = 0;
	h.color = true;
	help_text(&h, &anywhere);
	has_str(out.s, "\033[1moptions\033[0m:\n",
		"--help: headings are bold with colour");
}

static void test_help_wraps(void)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	const struct help h = {.out = &out, .width = 80};
	size_t widest = 0;

	help_row(&h, "  --a-very-long-option-name=VALUE",
		 "words that go on and on until they have to be continued on the next "
		 "line, and then on yet another one");
	for (const char *p = out.s; *p;) {
		size_t n = strcspn(p, "\n");

		if (n > widest)
			widest = n;
		p += n + (p[n] == '\n');
	}
	ok(widest <= 80 && widest > 70, "no line is longer than 80 columns");
	ok(strncmp(out.s, "  --a-very-long-option-name=VALUE\n   ", 36) == 0,
	   "a long option has a line of its own");
}

int main(void)
{
	test_values();
	test_members();
	test_operands();
	test_failures();
	test_help();
	test_help_wraps();
	return done();
}
