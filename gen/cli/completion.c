/* completion.c: one small script per shell. */
#include "cli/completion.h"

#include <segen/suggest.h>

#include <errno.h>
#include <string.h>

/* What the value of an option is, as far as a shell can help with it. */
enum value_kind {
	VALUE_NONE, /* a flag */
	VALUE_WORD, /* nothing to offer */
	VALUE_FILE,
	VALUE_CHOICE,
	VALUE_CONTAINER, /* the name of one that runs */
};

static enum value_kind kind_of(const struct option_row *row)
{
	if (!row->arg)
		return VALUE_NONE;
	if (row->choices)
		return VALUE_CHOICE;
	if (!strcmp(row->name, "container"))
		return VALUE_CONTAINER;
	return strcmp(row->arg, "FILE") == 0 ? VALUE_FILE : VALUE_WORD;
}

/* Prints the names of the containers that run, of the engines that are there; for sh. */
static const char containers[] = "for e in docker podman nerdctl; do "
				 "command -v $e >/dev/null && "
				 "$e ps --format \"{{.Names}}\"; done 2>/dev/null";

typedef void row_fn(const struct cmd *cmd, const struct option_row *row,
		    struct segen_buf *out);

static void each_row(const struct cmd *cmd, row_fn *fn, struct segen_buf *out)
{
	for (size_t g = 0; g < cmd->n_groups; g++)
		for (size_t i = 0; i < cmd->groups[g].n_rows; i++)
			fn(cmd, &cmd->groups[g].rows[i], out);
	fn(cmd, &options_help_row, out);
}

/* @text with each of @special behind a backslash; single quotes in shell's own way. */
static void add_escaped(struct segen_buf *out, const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			segen_buf_puts(out, "'\\'");
		else if (strchr(special, *text))
			segen_buf_puts(out, "\\");
		segen_buf_add(out, text, 1);
	}
}

/* "a|b" with another separator. */
static void add_choices(struct segen_buf *out, const char *choices, char separator)
{
	for (; *choices; choices++)
		segen_buf_add(out, *choices == '|' ? &separator : choices, 1);
}

/* --- bash ------------------------------------------------------------------------- */

static void bash_word(const struct cmd *cmd, const struct option_row *row,
		      struct segen_buf *out)
{
	if (row->letter)
		segen_buf_printf(out, " -%c", row->letter);
	segen_buf_printf(out, " --%s", row->name);
}

/* A case for an option's value: "trace:--observe) words='base free' ;;". */
static void bash_value(const struct cmd *cmd, const struct option_row *row,
		       struct segen_buf *out)
{
	if (kind_of(row) == VALUE_NONE)
		return;
	segen_buf_puts(out, "\t");
	if (row->letter)
		segen_buf_printf(out, "%s:-%c | ", cmd->name, row->letter);
	segen_buf_printf(out, "%s:--%s) ", cmd->name, row->name);
	if (kind_of(row) == VALUE_CHOICE) {
		segen_buf_puts(out, "words='");
		add_choices(out, row->choices, ' ');
		segen_buf_puts(out, "' kind=words ;;\n");
	} else if (kind_of(row) == VALUE_CONTAINER) {
		segen_buf_printf(out, "words=$(%s) kind=words ;;\n", containers);
	} else {
		segen_buf_printf(out, "kind=%s ;;\n",
				 kind_of(row) == VALUE_FILE ? "file" : "none");
	}
}

static void bash_options(const struct cmd *cmd, struct segen_buf *out)
{
	segen_buf_printf(out, "\t%s:-*) kind=words words='", *cmd->name ? cmd->name : "");
	each_row(cmd, bash_word, out);
	segen_buf_puts(out, "' ;;\n");
}

static const char bash_head[] =
	"# bash completion for segen, written by 'segen completion bash'\n"
	"_segen()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal verb= kind=file words= i\n"
	"\n"
	"\t# bash takes '--opt=value' for three words\n"
	"\tif [[ $cur == = ]]; then\n"
	"\t\tcur=\n"
	"\telif [[ $prev == = ]]; then\n"
	"\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n"
	"\tfi\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tcase ${COMP_WORDS[i]} in\n"
	"\t\t--) break ;;\n"
	"\t\t-*) ;;\n"
	"\t\t*) verb=${COMP_WORDS[i]} && break ;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\tCOMPREPLY=()\n";

static const char bash_command[] =
	"\tif [[ $verb == @(@VERBS@) ]]; then\n"
	"\t\tfor ((i++; i < COMP_CWORD; i++)); do\n"
	"\t\t\tif [[ ${COMP_WORDS[i]} == -- ]]; then\n"
	"\t\t\t\tif declare -F _command_offset >/dev/null; then\n"
	"\t\t\t\t\t_command_offset $((i + 1))\n"
	"\t\t\t\telse\n"
	"\t\t\t\t\tCOMPREPLY=($(compgen -c -f -- \"$cur\"))\n"
	"\t\t\t\tfi\n"
	"\t\t\t\treturn\n"
	"\t\t\tfi\n"
	"\t\tdone\n"
	"\tfi\n";

static const char bash_tail[] =
	"\tesac\n"
	"\tcase $kind in\n"
	"\twords) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
	"\tfile)\n"
	"\t\tcompopt -o filenames 2>/dev/null\n"
	"\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	"\t\t;;\n"
	"\tesac\n"
	"}\n"
	"complete -F _segen segen\n";

/* The verbs after which, behind "--", a command line of its own begins. */
static void bash_command_lines(const struct completion *c, struct segen_buf *out)
{
	const char *at = strstr(bash_command, "@VERBS@");
	const char *separator = "";

	segen_buf_add(out, bash_command, (size_t)(at - bash_command));
	for (size_t i = 0; i < c->n_cmds; i++)
		if (strstr(c->cmds[i]->args, "COMMAND")) {
			segen_buf_printf(out, "%s%s", separator, c->cmds[i]->name);
			separator = "|";
		}
	segen_buf_puts(out, at + strlen("@VERBS@"));
}

static void bash_script(const struct completion *c, struct segen_buf *out)
{
	segen_buf_puts(out, bash_head);
	bash_command_lines(c, out);
	segen_buf_puts(out, "\tcase $verb:$prev in\n");
	for (size_t i = 0; i < c->n_cmds; i++)
		each_row(c->cmds[i], bash_value, out);
	segen_buf_puts(out, "\t*)\n\tcase $verb:$cur in\n");
	bash_options(c->root, out);
	for (size_t i = 0; i < c->n_cmds; i++)
		bash_options(c->cmds[i], out);
	segen_buf_puts(out, "\t:*) kind=words words='");
	for (size_t i = 0; i < c->n_cmds; i++)
		segen_buf_printf(out, " %s", c->cmds[i]->name);
	segen_buf_puts(out, "' ;;\n\tesac\n\t;;\n");
	segen_buf_puts(out, bash_tail);
}

/* --- zsh -------------------------------------------------------------------------- */

static void zsh_row(const struct cmd *cmd, const struct option_row *row,
		    struct segen_buf *out)
{
	const char *join = row->arg ? "=" : "";

	segen_buf_puts(out, "\t\t'*'");
	if (row->letter)
		segen_buf_printf(out, "{-%c%s,--%s%s}", row->letter, row->arg ? "+" : "",
				 row->name, join);
	else
		segen_buf_printf(out, "--%s%s", row->name, join);
	segen_buf_puts(out, "'[");
	add_escaped(out, row->help, "[]:\\");
	segen_buf_puts(out, "]");
	if (row->arg)
		segen_buf_printf(out, ":%s:", row->arg);
	if (kind_of(row) == VALUE_CHOICE) {
		segen_buf_puts(out, "(");
		add_choices(out, row->choices, ' ');
		segen_buf_puts(out, ")");
	} else if (kind_of(row) == VALUE_FILE) {
		segen_buf_puts(out, "_files");
	} else if (kind_of(row) == VALUE_CONTAINER) {
		segen_buf_puts(out, "_segen_containers");
	}
	segen_buf_puts(out, "' \\\n");
}

static void zsh_verb(const struct cmd *cmd, struct segen_buf *out)
{
	segen_buf_printf(out, "\t%s) _arguments -s -S \\\n", cmd->name);
	each_row(cmd, zsh_row, out);
	if (strstr(cmd->args, "COMMAND"))
		segen_buf_puts(out, "\t\t'*::command:_normal' ;;\n");
	else
		segen_buf_puts(out, "\t\t'*:file:_files' ;;\n");
}

static void zsh_script(const struct completion *c, struct segen_buf *out)
{
	segen_buf_puts(out,
		       "#compdef segen\n"
		       "# zsh completion for segen, written by 'segen completion zsh'\n");
	segen_buf_printf(out, "_segen_containers() { compadd -- ${(f)\"$(%s)\"} }\n",
			 containers);
	segen_buf_puts(out, "local curcontext=$curcontext state line\n"
			    "local -a verbs\n"
			    "verbs=(\n");
	for (size_t i = 0; i < c->n_cmds; i++) {
		segen_buf_printf(out, "\t'%s:", c->cmds[i]->name);
		add_escaped(out, c->cmds[i]->help, ":\\");
		segen_buf_puts(out, "'\n");
	}
	segen_buf_puts(out, ")\n_arguments -C \\\n");
	each_row(c->root, zsh_row, out);
	segen_buf_puts(out, "\t\t'1:command:->verb' '*::argument:->rest'\n"
			    "case $state in\n"
			    "verb) _describe -t commands command verbs ;;\n"
			    "rest)\n"
			    "\tcase $words[1] in\n");
	for (size_t i = 0; i < c->n_cmds; i++)
		zsh_verb(c->cmds[i], out);
	segen_buf_puts(out, "\tesac ;;\nesac\n");
}

/* --- fish ------------------------------------------------------------------------- */

static void fish_container_names(struct segen_buf *out)
{
	segen_buf_puts(out, " -x -a '(sh -c \"");
	for (const char *c = containers; *c; c++) {
		if (*c == '$' || *c == '"')
			segen_buf_puts(out, "\\");
		segen_buf_add(out, c, 1);
	}
	segen_buf_puts(out, "\")'");
}

static void fish_row(const struct cmd *cmd, const struct option_row *row,
		     struct segen_buf *out)
{
	if (*cmd->name)
		segen_buf_printf(out,
				 "complete -c segen -n '__fish_seen_subcommand_from %s'",
				 cmd->name);
	else
		segen_buf_puts(out, "complete -c segen -n __fish_use_subcommand");
	if (row->letter)
		segen_buf_printf(out, " -s %c", row->letter);
	segen_buf_printf(out, " -l %s", row->name);
	if (kind_of(row) == VALUE_CHOICE) {
		segen_buf_puts(out, " -x -a '");
		add_choices(out, row->choices, ' ');
		segen_buf_puts(out, "'");
	} else if (kind_of(row) == VALUE_CONTAINER) {
		fish_container_names(out);
	} else if (row->arg) {
		segen_buf_puts(out, kind_of(row) == VALUE_FILE ? " -r -F" : " -x");
	}
	segen_buf_puts(out, " -d '");
	add_escaped(out, row->help, "");
	segen_buf_puts(out, "'\n");
}

static void fish_script(const struct completion *c, struct segen_buf *out)
{
	segen_buf_puts(
		out, "# fish completion for segen, written by 'segen completion fish'\n");
	for (size_t i = 0; i < c->n_cmds; i++) {
		segen_buf_printf(
			out, "complete -c segen -f -n __fish_use_subcommand -a %s -d '",
			c->cmds[i]->name);
		add_escaped(out, c->cmds[i]->help, "");
		segen_buf_puts(out, "'\n");
	}
	each_row(c->root, fish_row, out);
	for (size_t i = 0; i < c->n_cmds; i++)
		each_row(c->cmds[i], fish_row, out);
}

/* -------------------------------------------------------------------------------------
 */

static const struct {
	const char *name;
	void (*write)(const struct completion *c, struct segen_buf *out);
} shells[] = {
	{"bash", bash_script},
	{"zsh", zsh_script},
	{"fish", fish_script},
};

int completion_script(const struct completion *c, const char *shell,
		      struct segen_buf *out, struct segen_error *err)
{
	struct suggest s = suggest_init(shell, strlen(shell));
	_cleanup_free_ char *hint = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(shells); i++)
		if (strcmp(shells[i].name, shell) == 0) {
			shells[i].write(c, out);
			return 0;
		}
	for (size_t i = 0; i < ARRAY_SIZE(shells); i++)
		suggest_offer(&s, shells[i].name);
	hint = suggest_hint(&s, "; choose one of " COMPLETION_SHELLS);
	return segen_fail(err, -EINVAL, "unknown shell '%s'%s", shell, hint);
}
