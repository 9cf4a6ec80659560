/* spawn.c: fork, handshake, filter, exec. */
#include "spawn.h"

#include "spawn-child.h"

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

static int check_executable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	return access(path, X_OK) < 0 ? -errno : 0;
}

/* As execvp(3): the first executable of that name; else the best reason. */
static int search_path(const char *name, char **ret)
{
	const char *path = getenv("PATH");
	int best = -ENOENT;

	for (const char *p = path ? path : DEFAULT_PATH;;) {
		size_t n = strcspn(p, ":");
		_cleanup_free_ char *file = n ? xasprintf("%.*s/%s", (int)n, p, name)
					      : xasprintf("./%s", name);
		int r = check_executable(file);

		if (r == 0) {
			*ret = TAKE_PTR(file);
			return 0;
		}
		if (r == -EACCES)
			best = r;
		if (!p[n])
			return best;
		p += n + 1;
	}
}

static int find_program(const char *name, char **ret, struct segen_error *err)
{
	int r;

	if (!*name)
		return segen_fail(err, -ENOENT, "the command is an empty word");
	if (strchr(name, '/')) {
		r = check_executable(name);
		if (r == 0)
			*ret = xstrdup(name);
	} else {
		r = search_path(name, ret);
	}
	if (r == -ENOENT && !strchr(name, '/'))
		return segen_fail(err, r, "'%s' not found in PATH", name);
	if (r == -EISDIR)
		return segen_fail(err, -EACCES, "cannot execute '%s': it is a directory",
				  name);
	if (r < 0)
		return segen_fail_errno(err, r == -ENOTDIR ? -ENOENT : r,
					"cannot execute '%s'", name);
	return 0;
}

/* A file without a #! line is a shell script to every shell, so it is to us. */
static char **shell_argv(const char *file, char *const *argv)
{
	size_t n = 0;
	char **sh;

	while (argv[n])
		n++;
	sh = xcalloc(n + 2, sizeof(*sh));
	sh[0] = (char *)"sh";
	sh[1] = (char *)file;
	for (size_t i = 1; i < n; i++)
		sh[i + 1] = argv[i];
	return sh;
}

static int make_pipes(int go[2], int failed[2], struct segen_error *err)
{
	int r;

	if (pipe2(go, O_CLOEXEC) < 0)
		return segen_fail_errno(err, -errno, "cannot make a pipe");
	if (pipe2(failed, O_CLOEXEC) == 0)
		return 0;
	r = -errno;
	close(go[0]);
	close(go[1]);
	return segen_fail_errno(err, r, "cannot make a pipe");
}

int spawn_start(char *const *argv, const struct filter *filter, struct spawn *ret,
		struct segen_error *err)
{
	_cleanup_free_ char *file = NULL;
	int go[2], failed[2];
	int r = find_program(argv[0], &file, err);

	if (r == 0)
		r = make_pipes(go, failed, err);
	if (r < 0)
		return r;
	*ret = (struct spawn){.go = go[1], .failed = failed[0]};
	ret->child = xcalloc(1, sizeof(*ret->child));
	ret->file = TAKE_PTR(file);
	ret->sh_argv = shell_argv(ret->file, argv);
	ret->child->file = ret->file;
	ret->child->argv = argv;
	ret->child->sh_argv = ret->sh_argv;
	ret->child->filter = filter;
	ret->child->go = go[0];
	ret->child->failed = failed[1];
	ret->child->not_its[0] = go[1];
	ret->child->not_its[1] = failed[0];
	ret->pid = spawn_child_start(ret->child);
	close(go[0]);
	close(failed[1]);
	if (ret->pid < 0)
		return segen_fail_errno(err, ret->pid, "cannot start a process");
	return 0;
}

int spawn_go(struct spawn *s, struct segen_error *err)
{
	if (write(s->go, "", 1) != 1)
		return segen_fail_errno(err, -errno, "cannot start the command");
	close(TAKE_FD(s->go));
	return 0;
}

static bool read_report(const struct spawn *s, struct spawn_report *ret)
{
	return read(s->failed, ret, sizeof(*ret)) == sizeof(*ret);
}

bool spawn_reached_exec(const struct spawn *s)
{
	struct spawn_report r;

	return read_report(s, &r) && r.step == SPAWN_EXEC;
}

int spawn_failure(struct spawn *s, char *const *argv, struct segen_error *err)
{
	struct spawn_report why;

	do {
		if (!read_report(s, &why))
			return segen_fail(err, -ECHILD,
					  "'%s' ended before it was started", argv[0]);
	} while (!why.err);
	if (why.step == SPAWN_FILTER)
		return segen_fail_errno(err, -EPERM,
					"cannot load the filter of --observe=base (try "
					"--observe=free)");
	if (why.err == ENOENT)
		return segen_fail(err, -ENOEXEC,
				  "cannot execute '%s': its interpreter is missing",
				  argv[0]);
	return segen_fail_errno(err, -why.err, "cannot execute '%s'", argv[0]);
}

void spawn_close(struct spawn *s)
{
	if (s->go >= 0)
		close(TAKE_FD(s->go));
	if (s->failed >= 0)
		close(TAKE_FD(s->failed));
}

void spawn_done(struct spawn *s)
{
	spawn_close(s);
	free(s->child);
	free(s->sh_argv);
	free(s->file);
	*s = (struct spawn){.go = -1, .failed = -1};
}

/* The kernel looks at the program's address first: EFAULT says that it listens. */
static __attribute__((noreturn)) void try_load(void)
{
	_exit(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) < 0 &&
			      errno == EFAULT
		      ? 0
		      : 1);
}

bool spawn_may_filter(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		try_load();
	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
