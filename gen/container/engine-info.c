/* engine-info.c: asks "docker info", "podman info" and "image inspect". */
#include "container/engine-info.h"

#include "container/ask.h"
#include "oci/daemon-json.h"
#include "oci/runtime.h"

#include <string.h>

/* One line with the standard runtime and what security is made of, then the runtimes. */
#define DOCKER_FORMAT                                \
	"{{.DefaultRuntime}}|{{.SecurityOptions}}\n" \
	"{{range $name, $r := .Runtimes}}{{$name}}|{{$r.Path}}\n{{end}}"
#define PODMAN_FORMAT "{{.Host.OCIRuntime.Path}}|{{.Host.Security.Rootless}}"
#define IMAGE_FORMAT "{{.Id}}|{{range .RepoDigests}}{{.}} {{end}}"

void engine_info_done(struct engine_info *i)
{
	free(i->runtime);
	free(i->message);
	*i = (struct engine_info){};
}

/* The path of runtime @name in lines "NAME|PATH"; NULL: there is none. */
static char *path_of(const char *lines, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = lines; *s; s += strcspn(s, "\n"), s += *s == '\n')
		if (!strncmp(s, name, n) && s[n] == '|')
			return xstrndup(s + n + 1, strcspn(s + n + 1, "\n"));
	return NULL;
}

void engine_info_parse_docker(const char *text, const char *wanted,
			      struct engine_info *ret)
{
	size_t first = strcspn(text, "\n"), n = strcspn(text, "|");
	_cleanup_free_ char *line = xstrndup(text, first);
	_cleanup_free_ char *standard = xstrndup(text, MIN(n, first));
	const char *lines = text + first + (text[first] == '\n');
	_cleanup_free_ char *segen = path_of(lines, DAEMON_RUNTIME);

	ret->answers = *standard != 0;
	ret->rootless = strstr(line, "name=rootless") != NULL;
	ret->has_segen = segen != NULL;
	ret->runtime = path_of(lines, wanted ? wanted : standard);
	/* A shim is called by another protocol, and calls its runtime itself. */
	if (ret->runtime &&
	    (!*ret->runtime || !strncmp(ret->runtime, "io.containerd.", 14)))
		free(TAKE_PTR(ret->runtime));
}

void engine_info_parse_podman(const char *text, struct engine_info *ret)
{
	size_t n = strcspn(text, "|\n");

	ret->answers = n > 0;
	ret->rootless = !strncmp(text + n, "|true", 5);
	ret->has_segen = true;
	ret->runtime = n ? xstrndup(text, n) : NULL;
}

static void ask_engine(char *const *argv, const struct engine_cmdline *c,
		       const char *format, struct reply *ret)
{
	const char *const words[] = {"info", "--format", format, NULL};
	_cleanup_free_ char **info = engine_cmdline_other(argv, c, words);

	ask(info, ret, NULL);
}

/* What "docker info" says of a daemon that is not there depends on its format. */
static void ask_version(char *const *argv, const struct engine_cmdline *c,
			struct reply *ret)
{
	const char *const words[] = {"version", "--format", "{{.Server.Version}}", NULL};
	_cleanup_free_ char **version = engine_cmdline_other(argv, c, words);

	reply_done(ret);
	ask(version, ret, NULL);
}

void engine_info_ask(char *const *argv, const struct engine_cmdline *c,
		     struct engine_info *ret)
{
	bool docker = !strcmp(c->engine, "docker"), podman = !strcmp(c->engine, "podman");
	_cleanup_(reply_done) struct reply a = {};

	*ret = (struct engine_info){.known = docker || podman};
	if (!ret->known)
		return;
	ask_engine(argv, c, docker ? DOCKER_FORMAT : PODMAN_FORMAT, &a);
	if (a.status == 0 && docker)
		engine_info_parse_docker(a.out, c->runtime, ret);
	else if (a.status == 0)
		engine_info_parse_podman(a.out, ret);
	if (!ret->answers && docker)
		ask_version(argv, c, &a);
	ret->message = TAKE_PTR(a.message);
	ret->records = (docker && c->runtime && !strcmp(c->runtime, DAEMON_RUNTIME)) ||
		       (ret->runtime && oci_is_runtime_program(ret->runtime));
}

void image_info_done(struct image_info *i)
{
	free(i->id);
	free(i->digest);
	*i = (struct image_info){};
}

void image_info_parse(const char *text, struct image_info *ret)
{
	size_t n = strcspn(text, "|\n");
	const char *digest = strchr(text + n, '@');

	/* Podman leaves the name of the hash out. */
	ret->id = n ? xasprintf("%s%.*s", memchr(text, ':', n) ? "" : "sha256:", (int)n,
				text)
		    : NULL;
	ret->digest = digest ? xstrndup(digest + 1, strcspn(digest + 1, " \n")) : NULL;
}

bool image_info_ask(char *const *argv, const struct engine_cmdline *c,
		    struct image_info *ret)
{
	const char *const words[] = {"image",	   "inspect", "--format",
				     IMAGE_FORMAT, c->image,  NULL};
	_cleanup_free_ char **inspect = engine_cmdline_other(argv, c, words);
	_cleanup_(reply_done) struct reply a = {};

	*ret = (struct image_info){};
	if (ask(inspect, &a, NULL) < 0 || a.status != 0)
		return false;
	image_info_parse(a.out, ret);
	return ret->id;
}
