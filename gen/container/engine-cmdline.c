/* engine-cmdline.c: docker, podman and nerdctl run. */
#include "container/engine-cmdline.h"

#include <segen/util.h>

#include <string.h>

/*
 * The flags of "run" and of the clients themselves: docker(1), docker-run(1),
 * podman-run(1).  Whatever else begins with dashes takes a value.
 */
static const char *const flags[] = {
	"detach",
	"init",
	"interactive",
	"no-healthcheck",
	"oom-kill-disable",
	"privileged",
	"publish-all",
	"quiet",
	"read-only",
	"read-only-tmpfs",
	"replace",
	"rm",
	"rmi",
	"sig-proxy",
	"tls-verify",
	"tty",
	"no-hosts",
	"disable-content-trust",
	"debug",
	"tls",
	"tlsverify",
	"remote",
	"help",
	"version",
	"env-host",
	"http-proxy",
	"passwd",
	"unsetenv-all",
	"systemd-cgroup",
};

static const char flag_letters[] = "ditPqDr";

static bool is_flag(const char *name, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (strlen(flags[i]) == n && !strncmp(flags[i], name, n))
			return true;
	return false;
}

/* Letters in a row, the last of which may take a value: "-it", "-dp", "-p80:80". */
static size_t letters(const char *s, struct engine_cmdline *c)
{
	for (; *s; s++) {
		if (!strchr(flag_letters, *s))
			return s[1] ? 1 : 2;
		c->detach |= *s == 'd';
	}
	return 1;
}

static bool is_word(const char *name, size_t n, const char *word)
{
	return strlen(word) == n && !strncmp(name, word, n);
}

/* The number of words of the option at @argv, which is noted in @c. */
static size_t option(char *const *argv, struct engine_cmdline *c)
{
	const char *name = argv[0] + 2, *value;
	size_t n = strcspn(name, "=");

	if (argv[0][1] != '-')
		return letters(argv[0] + 1, c);
	value = name[n] ? name + n + 1 : argv[1];
	if (is_word(name, n, "detach"))
		c->detach = !name[n] || strcmp(value, "false") != 0;
	else if (is_word(name, n, "runtime"))
		c->runtime = value;
	else if (is_word(name, n, "cidfile"))
		c->cidfile = value;
	return name[n] || is_flag(name, n) || !argv[1] ? 1 : 2;
}

/* Over options: the index of the first other word, or of the end. */
static size_t skip(char *const *argv, size_t i, struct engine_cmdline *c)
{
	while (argv[i] && argv[i][0] == '-' && argv[i][1]) {
		if (!strcmp(argv[i], "--"))
			return i + 1;
		i += option(argv + i, c);
		/* An attached last letter without a word behind it. */
		if (i && !argv[i - 1])
			return i - 1;
	}
	return i;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; word && *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

void engine_cmdline_parse(char *const *argv, struct engine_cmdline *ret)
{
	static const char *const engines[] = {"docker", "podman", "nerdctl", NULL};
	static const char *const others[] = {"create", "start", "compose", "exec", NULL};
	struct engine_cmdline before = {};
	const char *slash = strrchr(argv[0], '/');
	size_t i;

	*ret = (struct engine_cmdline){.engine = slash ? slash + 1 : argv[0]};
	if (!is_one_of(ret->engine, engines))
		return;
	i = skip(argv, 1, &before);
	/* podman: a global option, which its "run" does not have. */
	ret->runtime = before.runtime;
	if (argv[i] && !strcmp(argv[i], "container"))
		i++;
	ret->verb = argv[i];
	if (is_one_of(ret->verb, others))
		ret->kind = ENGINE_OTHER;
	if (!ret->verb || strcmp(ret->verb, "run") != 0)
		return;
	ret->kind = ENGINE_RUN;
	ret->options = i + 1;
	ret->image = argv[skip(argv, i + 1, ret)];
}

char **engine_cmdline_with(char *const *argv, const struct engine_cmdline *c,
			   const char *runtime, const char *cidfile)
{
	bool global = !strcmp(c->engine, "podman");
	size_t n = 0, to = 0;
	char **v;

	while (argv[n])
		n++;
	v = xcalloc(n + 5, sizeof(*v));
	for (size_t i = 0; i <= n; i++) {
		bool here = i == (global ? 1 : c->options);

		if (here && !c->runtime) {
			v[to++] = (char *)"--runtime";
			v[to++] = (char *)runtime;
		}
		if (i == c->options && !c->cidfile) {
			v[to++] = (char *)"--cidfile";
			v[to++] = (char *)cidfile;
		}
		v[to++] = argv[i];
	}
	return v;
}
