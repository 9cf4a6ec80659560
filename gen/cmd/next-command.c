/* next-command.c: docker run, or what the user typed, under the new profile. */
#include "cmd/next-command.h"

#include <segen/secrets.h>

#include <string.h>

void shell_word(struct segen_buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./:=@%+,-";

	if (*word && !word[strspn(word, plain)]) {
		segen_buf_puts(out, word);
		return;
	}
	segen_buf_puts(out, "'");
	for (; *word; word++)
		if (*word == '\'')
			segen_buf_puts(out, "'\\''");
		else
			segen_buf_add(out, word, 1);
	segen_buf_puts(out, "'");
}

static void add_words(struct segen_buf *out, char *const *argv, size_t from, size_t to)
{
	for (size_t i = from; argv && i < to && argv[i]; i++) {
		if (out->len)
			segen_buf_puts(out, " ");
		shell_word(out, argv[i]);
	}
}

static void add_profile(struct segen_buf *out, const char *profile)
{
	_cleanup_free_ char *option = xasprintf("seccomp=%s", profile);

	segen_buf_puts(out, " --security-opt ");
	shell_word(out, option);
}

/* How many words at @argv choose a seccomp profile: 0, 1 or 2. */
static size_t is_seccomp_option(char *const *argv)
{
	static const char option[] = "--security-opt", seccomp[] = "seccomp=";
	size_t n = strlen(option);

	if (strncmp(argv[0], option, n) != 0)
		return 0;
	if (argv[0][n] == '=')
		return strncmp(argv[0] + n + 1, seccomp, strlen(seccomp)) == 0;
	return !argv[0][n] && argv[1] && strncmp(argv[1], seccomp, strlen(seccomp)) == 0
		       ? 2
		       : 0;
}

/* The options end at the image: what follows is the container's. */
static void add_client(struct segen_buf *out, char *const *argv,
		       const struct next_command *n)
{
	const struct engine_cmdline *c = n->engine;
	size_t i = c->options;

	add_words(out, argv, 0, c->options);
	add_profile(out, n->profile);
	while (argv && argv[i] && n->argv[i] != c->image) {
		size_t skip = is_seccomp_option(&argv[i]);

		if (!skip)
			add_words(out, argv, i, i + 1);
		i += skip ? skip : 1;
	}
	add_words(out, argv, i, SIZE_MAX);
}

/* Options that turn Docker's default capabilities into the target's. */
static void add_cap_options(struct segen_buf *out, const struct target *t)
{
	_cleanup_(target_done) struct target def = {};

	target_init_default(&def);
	for (size_t i = 0; i < def.caps.n; i++)
		if (!segen_strset_has(&t->caps, def.caps.v[i]))
			segen_buf_printf(out, " --cap-drop %s",
					 def.caps.v[i] + strlen("CAP_"));
	for (size_t i = 0; i < t->caps.n; i++)
		if (!segen_strset_has(&def.caps, t->caps.v[i]))
			segen_buf_printf(out, " --cap-add %s",
					 t->caps.v[i] + strlen("CAP_"));
}

static void add_container(struct segen_buf *out, char *const *argv,
			  const struct next_command *n)
{
	segen_buf_puts(out, "docker run");
	add_cap_options(out, n->target);
	if (n->run->container.known && n->run->container.no_new_privs)
		segen_buf_puts(out, " --security-opt no-new-privileges");
	add_profile(out, n->profile);
	segen_buf_puts(out, " IMAGE");
	if (argv)
		add_words(out, argv, 0, SIZE_MAX);
}

void next_command(const struct next_command *n, struct segen_buf *out)
{
	char **argv = n->argv ? segen_secrets_starred(n->argv) : NULL;

	if (n->engine)
		add_client(out, argv, n);
	else
		add_container(out, argv, n);
	for (size_t i = 0; argv && argv[i]; i++)
		free(argv[i]);
	free(argv);
}
