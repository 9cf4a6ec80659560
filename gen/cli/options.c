/* options.c: the parser of option rows. */
#include "cli/cmd.h"
#include "cli/help.h"

#include <segen/suggest.h>
#include <segen/util.h>

#include <errno.h>
#include <string.h>

const struct option_row options_help_row = {
	.name = "help", .letter = 'h', .help = "show this text"};

/* One command line being parsed. */
struct parse {
	const struct cmd *cmd;
	int argc;
	char **argv;
	void *opts;
	int next; /* index of the word to look at */
	struct segen_error *err;
};

/* An option as it was found: its row and the part of the verb's struct it sets. */
struct found {
	const struct option_row *row; /* NULL: no such option */
	void *opts;
};

static bool row_is(const struct option_row *row, const char *name, size_t len)
{
	return strncmp(row->name, name, len) == 0 && row->name[len] == '\0';
}

/* By long name (@len bytes of @name), or by @letter when @name is NULL. */
static struct found find(const struct parse *p, const char *name, size_t len, char letter)
{
	for (size_t g = 0; g < p->cmd->n_groups; g++) {
		const struct option_group *group = &p->cmd->groups[g];

		for (size_t i = 0; i < group->n_rows; i++) {
			const struct option_row *row = &group->rows[i];

			if (name ? row_is(row, name, len) : row->letter == letter)
				return (struct found){row,
						      (char *)p->opts + group->offset};
		}
	}
	if (name ? row_is(&options_help_row, name, len)
		 : letter == options_help_row.letter)
		return (struct found){.row = &options_help_row};
	return (struct found){};
}

static int unknown_option(const struct parse *p, const char *name, size_t len)
{
	struct suggest s = suggest_init(name, len);

	suggest_offer(&s, options_help_row.name);
	for (size_t g = 0; g < p->cmd->n_groups; g++)
		for (size_t i = 0; i < p->cmd->groups[g].n_rows; i++)
			suggest_offer(&s, p->cmd->groups[g].rows[i].name);
	if (s.best)
		return segen_fail(p->err, -EINVAL,
				  "unknown option '--%.*s'; did you mean '--%s'?",
				  (int)len, name, s.best);
	return segen_fail(p->err, -EINVAL, "unknown option '--%.*s'; see '%s --help'",
			  (int)len, name, help_invocation(p->cmd).text);
}

/* "…; did you mean 'text'? It is one of text|json", "…; choose one of text|json" */
static int unknown_choice(const struct parse *p, const struct option_row *row,
			  const char *value)
{
	_cleanup_free_ char *words = xstrdup(row->choices);
	struct suggest s = suggest_init(value, strlen(value));
	_cleanup_free_ char *hint = NULL;
	char *rest = words, *word;

	while ((word = strsep(&rest, "|")))
		suggest_offer(&s, word);
	hint = suggest_hint(&s, "");
	return segen_fail(p->err, -EINVAL, "--%s: unknown value '%s'%s%s of %s",
			  row->name, value, hint, *hint ? " It is one" : "; choose one",
			  row->choices);
}

/* The place of @value among "a|b|c", or -1. */
static int place_of(const char *choices, const char *value)
{
	size_t len = strlen(value);
	const char *c = choices;

	for (int i = 0;; i++, c++) {
		size_t n = strcspn(c, "|");

		if (n == len && memcmp(c, value, n) == 0)
			return i;
		c += n;
		if (!*c)
			return -1;
	}
}

static int set_value(const struct parse *p, struct found f, const char *value)
{
	int place = f.row->choices ? place_of(f.row->choices, value) : 1, r;
	void *member = (char *)f.opts + f.row->at;

	if (place < 0)
		return unknown_choice(p, f.row, value);
	switch (f.row->member) {
	case OPTION_BOOL: *(bool *)member = place; return 0;
	case OPTION_ENUM: *(unsigned *)member = (unsigned)place; return 0;
	case OPTION_STRING: *(const char **)member = value; return 0;
	case OPTION_NO_MEMBER: break;
	}
	r = f.row->set(f.opts, value, p->err);
	return r < 0 ? segen_wrap(p->err, r, "--%s", f.row->name) : 0;
}

/* The value of an option: what is joined to it, else the next word. */
static int take_value(struct parse *p, struct found f, const char *joined)
{
	if (f.row == &options_help_row) {
		help_print(p->cmd);
		return 1;
	}
	if (!f.row->arg)
		return set_value(p, f, NULL);
	if (joined)
		return set_value(p, f, joined);
	if (p->next == p->argc)
		return segen_fail(p->err, -EINVAL, "--%s: %s is missing", f.row->name,
				  f.row->arg);
	return set_value(p, f, p->argv[p->next++]);
}

static int parse_long(struct parse *p, const char *word)
{
	size_t len = strcspn(word, "=");
	const char *joined = word[len] ? word + len + 1 : NULL;
	struct found f = find(p, word, len, 0);

	if (!f.row)
		return unknown_option(p, word, len);
	if (joined && !f.row->arg)
		return segen_fail(p->err, -EINVAL, "--%s takes no value, but got '%s'",
				  f.row->name, joined);
	return take_value(p, f, joined);
}

/* "-q", "-qv", "-oFILE", "-o FILE". */
static int parse_letters(struct parse *p, const char *word)
{
	for (; *word; word++) {
		struct found f = find(p, NULL, 0, *word);
		int r;

		if (!f.row)
			return segen_fail(p->err, -EINVAL,
					  "unknown option '-%c'; see '%s --help'", *word,
					  help_invocation(p->cmd).text);
		r = take_value(p, f, f.row->arg && word[1] ? word + 1 : NULL);
		if (r != 0 || f.row->arg)
			return r;
	}
	return 0;
}

/* Options first, then operands, each in their order. */
static void reorder(const struct parse *p, const bool *is_operand)
{
	_cleanup_free_ char **sorted = xcalloc((size_t)p->argc, sizeof(*sorted));
	int n = 0;

	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < p->argc; i++)
			if (is_operand[i] == (pass == 1))
				sorted[n++] = p->argv[i];
	memcpy(p->argv, sorted, (size_t)p->argc * sizeof(*sorted));
}

/* One word at p->next; *@ret_end: no options from here on. */
static int parse_word(struct parse *p, bool *is_operand, bool *ret_end)
{
	const char *word = p->argv[p->next];

	if (word[0] != '-' || !word[1]) {
		is_operand[p->next] = true;
		*ret_end = p->cmd->in_order;
		p->next += !*ret_end;
		return 0;
	}
	p->next++;
	if (word[1] != '-')
		return parse_letters(p, word + 1);
	*ret_end = !word[2];
	return *ret_end ? 0 : parse_long(p, word + 2);
}

int options_parse(const struct cmd *cmd, int argc, char **argv, void *opts,
		  int *ret_first, struct segen_error *err)
{
	_cleanup_free_ bool *is_operand = xcalloc((size_t)argc, sizeof(*is_operand));
	struct parse p = {cmd, argc, argv, opts, 1, err};
	bool end = false;

	while (p.next < argc && !end) {
		int r = parse_word(&p, is_operand, &end);

		if (r != 0)
			return r;
	}
	for (int i = p.next; i < argc; i++)
		is_operand[i] = true;
	*ret_first = argc;
	for (int i = 1; i < argc; i++)
		*ret_first -= is_operand[i];
	reorder(&p, is_operand);
	return 0;
}
