/* cmd-completion.c: segen completion: a script for the user's shell. */
#include "cli/cmd.h"
#include "cli/completion.h"

#include <errno.h>
#include <stdio.h>

static const struct example examples[] = {
	{"segen completion bash > /etc/bash_completion.d/segen",
	 "for bash, for all users"},
	{"segen completion zsh > ~/.zsh/completions/_segen",
	 "for zsh, where this folder is in $fpath"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_completion = {
	.name = "completion",
	.args = "bash|zsh|fish",
	.help = "print the completion script for a shell",
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

static int run(int argc, char **argv, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct completion c = {.root = &cmd_root};
	int first, r;

	r = options_parse(&cmd_completion, argc, argv, NULL, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_OK;
	if (first + 1 != argc) {
		segen_fail(err, -EINVAL, "completion: name one shell of %s",
			   COMPLETION_SHELLS);
		return EXIT_USAGE;
	}
	c.cmds = cmds(&c.n_cmds);
	if (completion_script(&c, argv[first], &out, err) < 0)
		return EXIT_USAGE;
	fputs(out.s, stdout);
	return EXIT_OK;
}
