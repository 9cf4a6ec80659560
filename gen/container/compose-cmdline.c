/* compose-cmdline.c: reads the command lines of Compose, and writes files for it. */
#include "container/compose-cmdline.h"

#include "container/engine-cmdline.h"
#include "oci/bundle.h"

#include <segen/json-write.h>

#include <string.h>

const char *const compose_files[] = {"compose.yaml", "compose.yml", "docker-compose.yml",
				     "docker-compose.yaml", NULL};
const char *const compose_overrides[] = {"compose.override.yaml", "compose.override.yml",
					 "docker-compose.override.yml",
					 "docker-compose.override.yaml", NULL};

/* Options before the verb that take no value; each other one does. */
static const char *const flags[] = {
	"--all-resources", "--compatibility", "--dry-run", "--verbose", "--no-ansi",
	"--version",	   "--help",	      "-v",	   "-h",	NULL};

static bool is_one_of(const char *word, const char *const *words)
{
	for (; word && *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

/* Over the options of Compose itself. */
static size_t skip_options(char *const *argv, size_t i, struct compose_cmdline *c)
{
	while (argv[i] && argv[i][0] == '-' && argv[i][1]) {
		bool file = !strcmp(argv[i], "-f") || !strcmp(argv[i], "--file");
		bool attached = !strncmp(argv[i], "--file=", strlen("--file="));
		bool single = strchr(argv[i], '=') || is_one_of(argv[i], flags);

		if (file || attached) {
			const char *value =
				file ? argv[i + 1] : argv[i] + strlen("--file=");

			c->file = c->file ? c->file : value;
			c->after_file = i + (file && argv[i + 1] ? 2 : 1);
		}
		i += single || !argv[i + 1] ? 1 : 2;
	}
	return i;
}

void compose_cmdline_parse(char *const *argv, struct compose_cmdline *ret)
{
	static const char *const verbs[] = {"up", "run", NULL};
	struct engine_cmdline e;
	const char *name;

	*ret = (struct compose_cmdline){};
	engine_cmdline_parse(argv, &e);
	if (!argv[e.client])
		return;
	name = e.engine;
	ret->sudo = e.sudo;
	ret->podman = !strncmp(name, "podman", strlen("podman"));
	if (!strcmp(name, "docker-compose") || !strcmp(name, "podman-compose"))
		ret->first = e.client + 1;
	else if (e.kind == ENGINE_OTHER && !strcmp(e.verb, "compose"))
		ret->first = e.verb_at + 1;
	else
		return;
	ret->verb = skip_options(argv, ret->first, ret);
	ret->verb_name = argv[ret->verb];
	ret->found = is_one_of(ret->verb_name, verbs);
}

char **compose_cmdline_with(char *const *argv, const struct compose_cmdline *c,
			    char *const *files)
{
	size_t n = 0, more = 0, at = c->after_file ? c->after_file : c->first, to = 0;
	char **v;

	while (argv[n])
		n++;
	while (files[more])
		more++;
	v = xcalloc(n + 2 * more + 1, sizeof(*v));
	for (size_t i = 0; i <= n; i++) {
		for (size_t k = 0; i == at && k < more; k++) {
			v[to++] = (char *)"--file";
			v[to++] = files[k];
		}
		v[to++] = argv[i];
	}
	return v;
}

char **compose_cmdline_other(char *const *argv, const struct compose_cmdline *c,
			     const char *const *words)
{
	size_t n = 0;
	char **v;

	while (words[n])
		n++;
	v = xcalloc(c->verb + n + 1, sizeof(*v));
	memcpy(v, argv, c->verb * sizeof(*v));
	memcpy(v + c->verb, words, n * sizeof(*v));
	return v;
}

/* JSON is YAML, and has only one way to quote. */
void compose_recording(struct segen_buf *out, const char *const *services,
		       const char *const *requests, size_t n, const char *runtime)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};

	segen_json_put_open(&w, NULL, '{');
	segen_json_put_open(&w, "services", '{');
	for (size_t i = 0; i < n; i++) {
		segen_json_put_open(&w, services[i], '{');
		segen_json_put_string(&w, "runtime", runtime);
		segen_json_put_open(&w, "annotations", '{');
		segen_json_put_string(&w, OCI_ANNOTATION_REQUEST, requests[i]);
		segen_json_put_close(&w, '}');
		segen_json_put_close(&w, '}');
	}
	segen_json_put_close(&w, '}');
	segen_json_put_close(&w, '}');
	segen_json_put_end(&w);
}

void compose_confined(struct segen_buf *out, const char *const *services,
		      const char *const *profiles, size_t n)
{
	segen_buf_puts(out, "services:\n");
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *option = NULL;

		if (!profiles[i])
			continue;
		option = xasprintf("seccomp:%s", profiles[i]);
		segen_buf_puts(out, "  ");
		segen_json_quote(out, services[i]);
		segen_buf_puts(out, ":\n    security_opt:\n      - ");
		segen_json_quote(out, option);
		segen_buf_puts(out, "\n");
	}
}
