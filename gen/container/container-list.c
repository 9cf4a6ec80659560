/* container-list.c: asks "docker ps" and "docker container inspect", and their like. */
#include "container/container-list.h"

#include "container/ask.h"

#include <segen/util.h>

#include <errno.h>
#include <string.h>

static const char format[] =
	"{{.State.Pid}}|{{.Name}}|{{.Config.Image}}|{{.HostConfig.Privileged}}|"
	"{{json .HostConfig.SecurityOpt}}";

void container_list_done(struct container_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].image);
	}
	free(l->v);
	*l = (struct container_list){};
}

/* docker run --security-opt seccomp=…; a privileged container has no filter. */
static const char *profile_of(const char *privileged, const char *options)
{
	const char *option = strstr(options, "\"seccomp=");

	if (!option)
		option = strstr(options, "\"seccomp:");
	if (!option)
		return strcmp(privileged, "true") ? "default" : "unconfined";
	option += strlen("\"seccomp=");
	if (!strncmp(option, "unconfined\"", strlen("unconfined\"")))
		return "unconfined";
	return strncmp(option, "builtin\"", strlen("builtin\"")) ? "custom" : "default";
}

static void parse_line(const char *engine, char *line, struct container_list *ret)
{
	char *field[5];
	int pid;

	for (size_t i = 0; i < ARRAY_SIZE(field); i++)
		field[i] = i + 1 < ARRAY_SIZE(field) ? strsep(&line, "|") : line;
	if (!field[4] || sscanf(field[0], "%d", &pid) != 1 || pid <= 0)
		return;
	GROW(ret->v, ret->n, ret->cap);
	ret->v[ret->n++] = (struct container_row){
		.engine = engine,
		.profile = profile_of(field[3], field[4]),
		.name = xstrdup(field[1] + (*field[1] == '/')),
		.image = xstrdup(field[2]),
		.pid = pid,
	};
}

void container_list_parse(const char *engine, char *text, struct container_list *ret)
{
	for (char *line; (line = strsep(&text, "\n"));)
		parse_line(engine, line, ret);
}

/* The command line that asks of all containers in @ids, a line each. */
static char **inspect_argv(const char *engine, char *ids)
{
	const char *const begin[] = {engine, "container", "inspect", "-f", format};
	size_t lines = 1, n = ARRAY_SIZE(begin);
	const char **argv;

	for (const char *c = ids; *c; c++)
		lines += *c == '\n';
	argv = xcalloc(n + lines + 1, sizeof(*argv));
	memcpy(argv, begin, sizeof(begin));
	for (char *id; (id = strsep(&ids, "\n"));)
		if (*id)
			argv[n++] = id;
	return (char **)argv;
}

/* One that ended in between makes the client fail; it tells of the others still. */
static int list_engine(const char *engine, bool *ret_answers, struct container_list *ret,
		       struct segen_error *err)
{
	const char *const ps[] = {engine, "ps", "-q", "--no-trunc", NULL};
	_cleanup_(reply_done) struct reply ids = {}, rows = {};
	_cleanup_free_ char **argv = NULL;
	int r = ask((char *const *)ps, &ids, err);

	if (r < 0 || ids.status != 0)
		return r;
	*ret_answers = true;
	if (!ids.len)
		return 0;
	argv = inspect_argv(engine, ids.out);
	r = ask(argv, &rows, err);
	if (r == 0)
		container_list_parse(engine, rows.out, ret);
	return r;
}

int container_list(struct container_list *ret, struct segen_error *err)
{
	static const char *const engines[] = {"docker", "podman", "nerdctl"};
	bool answers = false;
	int r = 0;

	*ret = (struct container_list){};
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(engines); i++)
		r = list_engine(engines[i], &answers, ret, err);
	if (r == 0 && !answers)
		r = segen_fail(err, -ENOENT,
			       "--all-containers: none of docker, podman and nerdctl "
			       "answers here");
	return r;
}
