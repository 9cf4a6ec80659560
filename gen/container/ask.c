/* ask.c: executes a program with its output in memory. */
#include "container/ask.h"

#include <segen/json.h>
#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

void reply_done(struct reply *a)
{
	free(a->out);
	free(a->message);
	*a = (struct reply){};
}

/* All that was written into the file in memory @fd. */
static char *contents(int fd, size_t *ret_len)
{
	_cleanup_free_ char *path = xasprintf("/proc/self/fd/%d", fd);
	char *text;

	*ret_len = 0;
	if (segen_file_read(path, &text, ret_len, NULL) < 0)
		return xstrdup("");
	return text;
}

static int spawn(char *const *argv, int out, int message, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int r;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, message, 2);
	r = posix_spawnp(ret_pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

int ask(char *const *argv, struct reply *ret, struct segen_error *err)
{
	_cleanup_close_ int out = memfd_create("out", MFD_CLOEXEC);
	_cleanup_close_ int message = memfd_create("message", MFD_CLOEXEC);
	size_t len;
	int r, status = 0;
	pid_t pid;

	*ret = (struct reply){.status = 127};
	if (out < 0 || message < 0)
		return segen_fail_errno(err, -errno, "cannot create a file in memory");
	r = spawn(argv, out, message, &pid);
	if (r && r != ENOENT)
		return segen_fail_errno(err, -r, "cannot execute '%s'", argv[0]);
	if (r == 0) {
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		ret->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
						  : WEXITSTATUS(status);
	}
	ret->out = contents(out, &ret->len);
	ret->message = contents(message, &len);
	ret->message[strcspn(ret->message, "\n")] = 0;
	return 0;
}
