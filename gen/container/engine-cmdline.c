/* engine-cmdline.c: reads the command lines of docker, podman, nerdctl and kubectl. */
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

/* The number of words of the option at argv[@i], which is noted in @c. */
static size_t option(char *const *argv, size_t i, struct engine_cmdline *c)
{
	const char *name = argv[i] + 2, *value;
	size_t n = strcspn(name, "="), words;

	if (argv[i][1] != '-')
		return letters(argv[i] + 1, c);
	value = name[n] ? name + n + 1 : argv[i + 1];
	words = name[n] || is_flag(name, n) || !argv[i + 1] ? 1 : 2;
	if (is_word(name, n, "detach"))
		c->detach = !name[n] || strcmp(name + n + 1, "false") != 0;
	else if (is_word(name, n, "cidfile"))
		c->cidfile = value;
	else if (is_word(name, n, "runtime")) {
		c->runtime = value;
		c->runtime_at = i;
		c->runtime_words = words;
	}
	return words;
}

/* Over options: the index of the first other word, or of the end. */
static size_t skip(char *const *argv, size_t i, struct engine_cmdline *c)
{
	while (argv[i] && argv[i][0] == '-' && argv[i][1]) {
		if (!strcmp(argv[i], "--"))
			return i + 1;
		i += option(argv, i, c);
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

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * Programs that execute the command behind their options: the letters and long options
 * that take a value, and how many other words come first.  From their manual pages;
 * sudo and env take assignments as well.
 */
static const struct wrapper {
	const char *name, *letters;
	const char *const *longs;
	unsigned words;
	bool assignments, other_user;
} wrappers[] = {
	{"sudo", "ugpChDRrtTU",
	 (const char *const[]){"user", "group", "prompt", "close-from", "host", "chdir",
			       "chroot", "role", "type", "command-timeout", NULL},
	 0, true, true},
	{"doas", "uC", NULL, 0, false, true},
	{"env", "uCS", (const char *const[]){"unset", "chdir", NULL}, 0, true, false},
	{"time", "fo", (const char *const[]){"format", "output", NULL}, 0, false, false},
	{"nice", "n", (const char *const[]){"adjustment", NULL}, 0, false, false},
	{"ionice", "cn", (const char *const[]){"class", "classdata", NULL}, 0, false,
	 false},
	{"nohup", "", NULL, 0, false, false},
	{"setsid", "", NULL, 0, false, false},
	{"stdbuf", "ioe", (const char *const[]){"input", "output", "error", NULL}, 0,
	 false, false},
	{"timeout", "ks", (const char *const[]){"kill-after", "signal", NULL}, 1, false,
	 false},
};

static size_t skip_wrapper_option(char *const *argv, size_t i, const struct wrapper *w)
{
	const char *word = argv[i];
	bool value;

	if (word[1] == '-')
		value = w->longs && is_one_of(word + 2, w->longs);
	else
		value = !word[2] && strchr(w->letters, word[1]);
	return i + (value && argv[i + 1] ? 2 : 1);
}

static const struct wrapper *wrapper_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrappers); i++)
		if (!strcmp(base_name(word), wrappers[i].name))
			return &wrappers[i];
	return NULL;
}

/* Over all that only prepares the execution of a command: the index of that. */
static size_t skip_wrappers(char *const *argv, bool *ret_other_user)
{
	const struct wrapper *w;
	size_t i = 0;

	while (argv[i] && (w = wrapper_of(argv[i]))) {
		unsigned words = w->words;

		*ret_other_user |= w->other_user;
		for (i++; argv[i] && argv[i][0] == '-' && argv[i][1];) {
			if (!strcmp(argv[i], "--")) {
				i++;
				break;
			}
			i = skip_wrapper_option(argv, i, w);
		}
		while (argv[i] && ((w->assignments && strchr(argv[i], '=')) || words)) {
			words -= words && !(w->assignments && strchr(argv[i], '='));
			i++;
		}
	}
	return i;
}

static void parse_kubectl(char *const *argv, struct engine_cmdline *c)
{
	static const char *const starts[] = {"run",    "exec",	"debug",
					     "create", "apply", NULL};
	struct engine_cmdline unused = {};

	c->verb_at = skip(argv, c->client + 1, &unused);
	c->verb = argv[c->verb_at];
	if (!is_one_of(c->verb, starts))
		return;
	c->kind = ENGINE_OTHER;
	c->object = argv[skip(argv, c->verb_at + 1, &unused)];
}

static const char *const engines[] = {"docker", "podman", "nerdctl", NULL};

void engine_cmdline_parse(char *const *argv, struct engine_cmdline *ret)
{
	static const char *const others[] = {"create", "start", "restart", "compose",
					     "exec",   "build", "buildx",  NULL};
	struct engine_cmdline before = {};
	size_t i;

	*ret = (struct engine_cmdline){};
	ret->client = skip_wrappers(argv, &ret->sudo);
	if (!argv[ret->client])
		return;
	ret->engine = base_name(argv[ret->client]);
	if (!strcmp(ret->engine, "kubectl"))
		parse_kubectl(argv, ret);
	if (!is_one_of(ret->engine, engines))
		return;
	i = skip(argv, ret->client + 1, &before);
	/* podman: a global option, which its "run" does not have. */
	ret->runtime = before.runtime;
	ret->runtime_at = before.runtime_at;
	ret->runtime_words = before.runtime_words;
	ret->verb_at = i;
	if (argv[i] && !strcmp(argv[i], "container"))
		i++;
	ret->verb = argv[i];
	if (is_one_of(ret->verb, others)) {
		ret->kind = ENGINE_OTHER;
		ret->object = argv[skip(argv, i + 1, &before)];
	}
	if (!ret->verb || strcmp(ret->verb, "run") != 0)
		return;
	ret->kind = ENGINE_RUN;
	ret->options = i + 1;
	ret->image = argv[skip(argv, i + 1, ret)];
}

/* --- scripts on a command line ------------------------------------------------------ */

/* Of "sh -c SCRIPT", behind sudo and others as well. */
static const char *script_of(char *const *argv, size_t *ret_shell)
{
	static const char *const shells[] = {"sh",  "bash", "dash", "ash",
					     "zsh", "ksh",  NULL};
	bool other_user = false;
	size_t i = skip_wrappers(argv, &other_user);

	*ret_shell = i;
	if (!argv[i] || !is_one_of(base_name(argv[i]), shells))
		return NULL;
	for (i++; argv[i] && argv[i][0] == '-' && argv[i][1] != '-'; i++)
		if (strchr(argv[i], 'c'))
			return argv[i + 1];
	return NULL;
}

void engine_words_free(char ***words)
{
	for (size_t i = 0; *words && (*words)[i]; i++)
		free((*words)[i]);
	free(*words);
}

char **engine_cmdline_from_shell(char *const *argv)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:=@,+ ";
	struct engine_cmdline c;
	size_t shell, n = 0, cap = 0;
	const char *script = script_of(argv, &shell);
	char **words = NULL;

	/* More words behind it are for the script, which has no "$1". */
	if (!script || script[strspn(script, plain)])
		return NULL;
	for (size_t i = 0; i < shell; i++) {
		GROW(words, n, cap);
		words[n++] = xstrdup(argv[i]);
	}
	while (*(script += strspn(script, " "))) {
		size_t len = strcspn(script, " ");

		GROW(words, n, cap);
		words[n++] = xstrndup(script, len);
		script += len;
	}
	GROW(words, n, cap);
	words[n] = NULL;
	engine_cmdline_parse(words, &c);
	if (c.kind == ENGINE_NONE)
		engine_words_free(&words);
	return c.kind == ENGINE_NONE ? NULL : words;
}

/* Whether @engine stands at @s as a word, with "run" among the words behind it. */
static bool runs_container(const char *s, const char *engine)
{
	size_t n = strlen(engine), end;

	if (strncmp(s, engine, n) != 0 || s[n] != ' ')
		return false;
	end = strcspn(s, ";|&\n");
	for (const char *word = s + n; (size_t)(word - s) < end; word++)
		if (!strncmp(word, " run ", strlen(" run ")))
			return true;
	return false;
}

const char *engine_cmdline_in_script(char *const *argv)
{
	size_t shell;
	const char *script = script_of(argv, &shell);

	for (const char *s = script; s && *s; s++) {
		if (s != script && !strchr(" \t\n;|&(/", s[-1]))
			continue;
		for (size_t i = 0; engines[i]; i++)
			if (runs_container(s, engines[i]))
				return engines[i];
	}
	return NULL;
}

/* --- what cannot be recorded -------------------------------------------------------- */

static void advise_kubectl(const struct engine_cmdline *c, struct segen_buf *out)
{
	segen_buf_printf(
		out, "record the container where it runs, on its node: segen trace "
		     "--container NAME; or give its pod the runtimeClassName segen "
		     "('segen runtime --install' prints how) and fetch the trace there "
		     "with 'segen runtime --collect ID'");
}

void engine_cmdline_advise(const struct engine_cmdline *c, struct segen_buf *out)
{
	const char *object = c->object ? c->object : "NAME";

	segen_buf_printf(out, "'%s %s' is only a client; the work is done elsewhere. ",
			 c->engine, c->verb);
	if (!strcmp(c->engine, "kubectl"))
		advise_kubectl(c, out);
	else if (!strcmp(c->verb, "create"))
		segen_buf_printf(out,
				 "give the container the runtime segen, and fetch its "
				 "trace with 'segen runtime --collect ID'");
	else if (!strcmp(c->verb, "build") || !strcmp(c->verb, "buildx"))
		segen_buf_printf(
			out,
			"record the same steps in a container: segen trace -- %s "
			"run --rm IMAGE COMMAND…",
			c->engine);
	else if (!strcmp(c->verb, "exec"))
		segen_buf_printf(
			out,
			"record the container meanwhile: segen trace --container "
			"%s:%s",
			c->engine, object);
	else
		segen_buf_printf(
			out,
			"record the container while it runs (segen trace "
			"--container %s:%s), or from its start (segen trace -- %s "
			"run …)",
			c->engine, object, c->engine);
	segen_buf_printf(out, " (--host records the client itself)");
}

/* --- other command lines ------------------------------------------------------------ */

static bool in_range(size_t i, size_t from, size_t n)
{
	return i >= from && i < from + n;
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
		if (runtime && i == (global ? c->client + 1 : c->options)) {
			v[to++] = (char *)"--runtime";
			v[to++] = (char *)runtime;
		}
		if (i == c->options && !c->cidfile) {
			v[to++] = (char *)"--cidfile";
			v[to++] = (char *)cidfile;
		}
		if (!runtime || !in_range(i, c->runtime_at, c->runtime_words))
			v[to++] = argv[i];
	}
	return v;
}

char **engine_cmdline_other(char *const *argv, const struct engine_cmdline *c,
			    const char *const *words)
{
	size_t n = 0;
	char **v;

	while (words[n])
		n++;
	v = xcalloc(c->verb_at + n + 1, sizeof(*v));
	memcpy(v, argv, c->verb_at * sizeof(*v));
	memcpy(v + c->verb_at, words, n * sizeof(*v));
	return v;
}
