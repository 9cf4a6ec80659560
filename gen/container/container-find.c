/* container-find.c: "docker container inspect" and its like. */
#include "container/container-find.h"

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

static const char *const engines[] = {"docker", "podman", "nerdctl"};

#define FORMAT "{{.State.Pid}} {{.State.Status}} {{.Name}}"

/* What a client has said. */
struct answer {
	int status; /* -1: it is not installed */
	char *out, *words;
};

static void answer_done(struct answer *a)
{
	free(a->out);
	free(a->words);
}

static char *first_line(int fd)
{
	char text[1024];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[MAX(n, 0)] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return xstrdup(text);
}

static int spawn(char *const *argv, int out, int words, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int r;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, words, 2);
	r = posix_spawnp(ret_pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

static int ask(const char *engine, const char *name, struct answer *ret,
	       struct segen_error *err)
{
	char *argv[] = {(char *)engine,
			(char *)"container",
			(char *)"inspect",
			(char *)"-f",
			(char *)FORMAT,
			(char *)name,
			NULL};
	_cleanup_close_ int out = memfd_create("out", MFD_CLOEXEC);
	_cleanup_close_ int words = memfd_create("words", MFD_CLOEXEC);
	int r, status;
	pid_t pid;

	if (out < 0 || words < 0)
		return segen_fail_errno(err, -errno, "cannot make a file in memory");
	*ret = (struct answer){.status = -1};
	r = spawn(argv, out, words, &pid);
	if (r == ENOENT)
		return 0;
	if (r)
		return segen_fail_errno(err, -r, "cannot execute '%s'", engine);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	ret->status = status;
	ret->out = first_line(out);
	ret->words = first_line(words);
	return 0;
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
		return segen_fail(err, -EINVAL, "%s: cannot understand its answer '%s'",
				  engine, out);
	if (pid <= 0)
		return segen_fail(err, -ESRCH,
				  "container '%s' does not run (%s); start it, or record "
				  "it from its start: segen trace -- %s run …",
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
		_cleanup_(answer_done) struct answer a = {};
		int r;

		if (name != word && !is_engine(engines[i], word, prefix))
			continue;
		r = ask(engines[i], name, &a, err);
		if (r < 0)
			return r;
		if (a.status == 0)
			return take(engines[i], a.out, ret, err);
		if (a.status > 0)
			segen_buf_printf(&said, "; %s: %s", engines[i], a.words);
	}
	if (!said.len)
		return segen_fail(
			err, -ENOENT,
			"--container %s: none of docker, podman and nerdctl that "
			"could be asked is installed; use -p with the process id",
			word);
	return segen_fail(err, -ENOENT, "--container: nobody knows '%s'%s", name, said.s);
}

void container_found_done(struct container_found *c)
{
	free(c->name);
	*c = (struct container_found){};
}
