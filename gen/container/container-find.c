/* container-find.c: asks "docker container inspect" and its like. */
#include "container/container-find.h"

#include "container/ask.h"

#include <segen/util.h>

#include <errno.h>
#include <string.h>

static const char *const engines[] = {"docker", "podman", "nerdctl"};

/* Of a program, as a shell shows it. */
#define NOT_INSTALLED 127

#define FORMAT "{{.State.Pid}} {{.State.Status}} {{.Name}}"

static int ask_for(const char *engine, const char *format, const char *name,
		   struct reply *ret, struct segen_error *err)
{
	const char *const argv[] = {engine, "container", "inspect", "-f",
				    format, name,	 NULL};

	return ask((char *const *)argv, ret, err);
}

static bool is_engine(const char *engine, const char *word, size_t len)
{
	return strlen(engine) == len && !strncmp(engine, word, len);
}

static int take(const char *engine, const char *out, struct container_found *ret,
		struct segen_error *err)
{
	char status[32], name[256];
	int pid;

	if (sscanf(out, "%d %31s %255s", &pid, status, name) != 3)
		return segen_fail(
			err, -EINVAL,
			"%s gave an answer that segen does not understand: '%s'", engine,
			out);
	if (pid <= 0)
		return segen_fail(
			err, -ESRCH,
			"container '%s' is not running (%s); start it, or record it from its start: segen trace -- %s run …",
			name + (name[0] == '/'), status, engine);
	*ret = (struct container_found){pid, xstrdup(name + (name[0] == '/'))};
	return 0;
}

int container_find(const char *word, struct container_found *ret, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf said = {};
	size_t prefix = strcspn(word, ":");
	const char *name = word[prefix] ? word + prefix + 1 : word;

	*ret = (struct container_found){};
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		_cleanup_(reply_done) struct reply a = {};
		int r;

		if (name != word && !is_engine(engines[i], word, prefix))
			continue;
		r = ask_for(engines[i], FORMAT, name, &a, err);
		if (r < 0)
			return r;
		if (a.status == 0)
			return take(engines[i], a.out, ret, err);
		if (a.status != NOT_INSTALLED)
			segen_buf_printf(&said, "; %s: %s", engines[i], a.message);
	}
	if (!said.len)
		return segen_fail(
			err, -ENOENT,
			"--container %s: no engine that could know it is installed (docker, podman, nerdctl); use -p with the process id",
			word);
	return segen_fail(err, -ENOENT, "--container: no container '%s'%s", name, said.s);
}

void container_found_done(struct container_found *c)
{
	free(c->name);
	*c = (struct container_found){};
}

void container_describe(const char *id, struct container_about *ret)
{
	*ret = (struct container_about){};
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		_cleanup_(reply_done) struct reply a = {};
		size_t n;

		if (ask_for(engines[i], "{{.Name}}|{{.Config.Image}}", id, &a, NULL) <
			    0 ||
		    a.status != 0)
			continue;
		n = strcspn(a.out, "|\n");
		ret->name = xstrndup(a.out + (*a.out == '/'), n - (*a.out == '/'));
		n += a.out[n] == '|';
		ret->image = xstrndup(a.out + n, strcspn(a.out + n, "\n"));
		return;
	}
}

void container_about_done(struct container_about *a)
{
	free(a->name);
	free(a->image);
	*a = (struct container_about){};
}
