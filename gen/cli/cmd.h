/*
 * cmd.h: the table of verbs, and options as rows.
 *
 * A verb is one file cmd-VERB.c with one const struct cmd.  Its options are rows; the
 * parser, --help and shell completion all read the same rows, so they cannot drift.
 */
#pragma once

#include <segen/error.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

/* Exit statuses; segen(1) lists them. */
enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_FINDINGS = 3,
	EXIT_TRACE_FAILED = 125,
	EXIT_CANNOT_EXECUTE = 126,
	EXIT_NOT_FOUND = 127,
};

/* Where the value of an option goes: a member of the verb's options struct. */
enum option_member {
	OPTION_NO_MEMBER, /* the row has a function */
	OPTION_BOOL,	  /* a flag: true; of two words: whether it is the second */
	OPTION_ENUM,	  /* the place of the word among the row's choices */
	OPTION_STRING,	  /* borrowed from argv */
};

/*
 * One option.  What it does is said by one of the macros below: it sets a member of the
 * verb's options struct, or calls @set with that struct for each occurrence; the value is
 * NULL for a flag, and -EINVAL is a usage error.
 */
struct option_row {
	const char *name; /* long name without dashes */
	char letter;	  /* or 0 */
	const char *arg;  /* word for the argument ("FILE"), NULL: a flag */
	const char *help;
	int (*set)(void *opts, const char *value, struct segen_error *err);
	const char *choices; /* "base|free": checked and completed; or NULL */
	enum option_member member;
	size_t at; /* of the member */
};

#define OPTION_CALL(f) .set = (f)
#define OPTION_CALL_WORD(f, words) .set = (f), .choices = (words)

/* The offset of a member, which has to be of the type @is. */
#define OPTION_AT(type, m, is)                                                    \
	(offsetof(type, m) +                                                      \
	 0 * sizeof(char[__builtin_types_compatible_p(typeof(((type *)0)->m), is) \
				 ? 1                                              \
				 : -1]))

#define OPTION_FLAG(type, m) .member = OPTION_BOOL, .at = OPTION_AT(type, m, bool)
#define OPTION_TEXT(type, m) \
	.member = OPTION_STRING, .at = OPTION_AT(type, m, const char *)
/* Words in the order of an enum that begins with 0. */
#define OPTION_WORD(type, m, words) \
	.member = OPTION_ENUM, .at = OPTION_AT(type, m, unsigned), .choices = (words)
/* Two words, of which the second is true. */
#define OPTION_EITHER(type, m, words) \
	.member = OPTION_BOOL, .at = OPTION_AT(type, m, bool), .choices = (words)

/* A group of rows that several verbs share; @offset finds its part of the verb's opts. */
struct option_group {
	const char *title; /* heading in --help, or NULL */
	const struct option_row *rows;
	size_t n_rows;
	size_t offset;
};

/*
 * The exit status of a failure, which always has words; the last resort for those that
 * were forgotten.
 */
static inline int cmd_failed(int status, struct segen_error *err)
{
	if (status != EXIT_OK && !err->msg[0])
		segen_fail(err, -EIO,
			   "failed, and no reason was given: this is a fault of segen's");
	return status;
}

/* A command line that is right as it stands, and what it does. */
struct example {
	const char *line, *what;
};

struct cmd {
	const char *name;
	const char *args; /* "[OPTIONS] -- COMMAND [ARG…]" */
	const char *help; /* one line */
	const struct option_group *groups;
	size_t n_groups;
	/*
	 * A command line follows the options: they end at the first operand.  Otherwise
	 * they may stand anywhere before "--", as people write them.
	 */
	bool in_order;
	const char *notes; /* below the options in --help, a paragraph a line; or NULL */
	const struct example *examples; /* the end of --help */
	size_t n_examples;
	/* Returns an exit status; fills @err when it has something to say. */
	int (*run)(int argc, char **argv, struct segen_error *err);
};

/*
 * Parse the options of @argv (argv[0] is the verb), which is put into an order in which
 * the operands are last; *@ret_first is the index of the first one.  Returns 0, -EINVAL
 * (usage error, @err filled), or 1 when --help was asked for (and printed).
 */
int options_parse(const struct cmd *cmd, int argc, char **argv, void *opts,
		  int *ret_first, struct segen_error *err);

/* Every verb has this one, -h and --help; it is in no group. */
extern const struct option_row options_help_row;

/* segen itself: the options that stand before a verb. */
extern const struct cmd cmd_root;

/* The table, in the order of segen --help: the rows of verbs.def. */
const struct cmd *const *cmds(size_t *ret_n);
const struct cmd *cmd_find(const char *name);
