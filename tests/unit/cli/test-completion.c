/* test-completion.c: every verb and option is in every shell's script. */
#include "cli/completion.h"

#include <errno.h>
#include <string.h>

#include "tests/tap.h"

static int set(void *opts, const char *value, struct segen_error *err)
{
	return 0;
}

static const struct option_row root_rows[] = {
	{"version", 'V', NULL, "versions", OPTION_CALL(set)},
};

static const struct option_row rows[] = {
	{"output", 'o', "FILE", "write it's result [there]: FILE", OPTION_CALL(set)},
	{"observe", 0, "RULES", "rules", OPTION_CALL_WORD(set, "base|free")},
	{"for", 0, "TIME", "how long", OPTION_CALL(set)},
	{"container", 0, "NAME", "which one", OPTION_CALL(set)},
};

static const struct option_group root_groups[] = {
	{NULL, root_rows, ARRAY_SIZE(root_rows), 0},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
};

static const struct cmd root = {
	.name = "",
	.args = "COMMAND",
	.help = "root",
	.groups = root_groups,
	.n_groups = 1,
};

static const struct cmd watch = {
	.name = "watch",
	.args = "[OPTIONS] -- COMMAND",
	.help = "watch a command",
	.groups = groups,
	.n_groups = 1,
};

static const struct cmd plain = {.name = "plain", .args = "FILE", .help = "no options"};

static const struct cmd *const verbs[] = {&watch, &plain};

static void check(const char *shell, const char *const *wanted, size_t n)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct completion c = {&root, verbs, ARRAY_SIZE(verbs)};

	ok(completion_script(&c, shell, &out, NULL) == 0, "%s", shell);
	for (size_t i = 0; i < n; i++)
		ok(out.s && strstr(out.s, wanted[i]), "%s: %s", shell, wanted[i]);
}

static void test_scripts(void)
{
	static const char *const bash[] = {
		" -V --version -h --help",
		" -o --output --observe --for --container -h --help",
		"watch:-o | watch:--output) kind=file ;;",
		"watch:--observe) words='base free' kind=words ;;",
		"watch:--for) kind=none ;;",
		"watch:--container) words=$(for e in docker podman nerdctl; do ",
		" watch plain",
		"@(watch)",
	};
	static const char *const zsh[] = {
		"'watch:watch a command'",
		"{-o+,--output=}'[write it'\\''s result \\[there\\]\\: FILE]:FILE:_files'",
		"--observe='[rules]:RULES:(base free)'",
		"'*'--container='[which one]:NAME:_segen_containers'",
		"\n_segen_containers() {",
		"_normal",
		"{-V,--version}",
	};
	static const char *const fish[] = {
		"-a watch -d 'watch a command'",
		"from watch' -s o -l output -r -F -d 'write it'\\''s",
		"-l observe -x -a 'base free'",
		"-l container -x -a '(sh -c \"for e in docker podman nerdctl; do",
		"; do command -v \\$e",
		"__fish_use_subcommand -s V -l version",
	};

	check("bash", bash, ARRAY_SIZE(bash));
	check("zsh", zsh, ARRAY_SIZE(zsh));
	check("fish", fish, ARRAY_SIZE(fish));
}

static void test_unknown_shell(void)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct completion c = {&root, verbs, ARRAY_SIZE(verbs)};
	struct segen_error err = {};

	ok(completion_script(&c, "tcsh", &out, &err) == -EINVAL && !out.len &&
		   strstr(err.msg, "'tcsh'"),
	   "another shell is refused by name");
}

int main(void)
{
	test_scripts();
	test_unknown_shell();
	return done();
}
