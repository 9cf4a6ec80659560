/* spawn.c: a child that waits, loads a filter and executes a command. */
#include "run/spawn.h"

#include <segen/util.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

/* What the child reports of its steps. */
enum step { STEP_FILTER = 1, STEP_EXEC };
struct report {
	int step;
	int err; /* 0: the step is about to be taken */
};

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
		return segen_fail(err, -ENOENT, "the command is empty");
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
static void exec_shell(const char *file, char *const *argv)
{
	size_t n = 0;

	while (argv[n])
		n++;
	{
		char **sh = xcalloc(n + 2, sizeof(*sh));

		sh[0] = (char *)"sh";
		sh[1] = (char *)file;
		for (size_t i = 1; i < n; i++)
			sh[i + 1] = argv[i];
		execv("/bin/sh", sh);
		free(sh);
	}
}

static void say(int fd, const struct report *r)
{
	if (write(fd, r, sizeof(*r)) < 0)
		_exit(125);
}

static __attribute__((noreturn)) void child(const char *file, char *const *argv,
					    const struct filter *filter, int go,
					    int failed)
{
	struct report why = {.step = STEP_FILTER};
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(125);
	if (filter)
		why.err = -filter_load(filter);
	if (!why.err) {
		why.step = STEP_EXEC;
		say(failed, &why);
		execv(file, argv);
		if (errno == ENOEXEC)
			exec_shell(file, argv);
		why.err = errno;
	}
	say(failed, &why);
	_exit(126);
}

int spawn_start(char *const *argv, const struct filter *filter, struct spawn *ret,
		struct segen_error *err)
{
	_cleanup_free_ char *file = NULL;
	int go[2], failed[2];
	int r = find_program(argv[0], &file, err);

	if (r < 0)
		return r;
	assert(file);
	if (pipe2(go, O_CLOEXEC) < 0)
		return segen_fail_errno(err, -errno, "cannot create a pipe");
	if (pipe2(failed, O_CLOEXEC) < 0) {
		r = -errno;
		close(go[0]);
		close(go[1]);
		return segen_fail_errno(err, r, "cannot create a pipe");
	}
	*ret = (struct spawn){.go = go[1], .failed = failed[0]};
	ret->pid = fork();
	if (ret->pid == 0) {
		close(go[1]);
		close(failed[0]);
		child(file, argv, filter, go[0], failed[1]);
	}
	r = -errno;
	close(go[0]);
	close(failed[1]);
	if (ret->pid < 0) {
		spawn_done(ret);
		return segen_fail_errno(err, r, "cannot start a process");
	}
	return 0;
}

int spawn_go(struct spawn *s, struct segen_error *err)
{
	if (write(s->go, "", 1) != 1)
		return segen_fail_errno(err, -errno, "cannot start the command");
	close(TAKE_FD(s->go));
	return 0;
}

static bool read_report(const struct spawn *s, struct report *ret)
{
	return read(s->failed, ret, sizeof(*ret)) == sizeof(*ret);
}

bool spawn_reached_exec(const struct spawn *s)
{
	struct report r;

	return read_report(s, &r) && r.step == STEP_EXEC;
}

int spawn_failure(struct spawn *s, char *const *argv, struct segen_error *err)
{
	struct report why;

	do {
		if (!read_report(s, &why))
			return segen_fail(err, -ECHILD, "'%s' ended before it started",
					  argv[0]);
	} while (!why.err);
	if (why.step == STEP_FILTER)
		return segen_fail_errno(err, -EPERM,
					"cannot load the filter of --observe=base (try "
					"--observe=free)");
	if (why.err == ENOENT)
		return segen_fail(err, -ENOEXEC,
				  "cannot execute '%s': its interpreter is missing",
				  argv[0]);
	return segen_fail_errno(err, -why.err, "cannot execute '%s'", argv[0]);
}

void spawn_done(struct spawn *s)
{
	if (s->go >= 0)
		close(TAKE_FD(s->go));
	if (s->failed >= 0)
		close(TAKE_FD(s->failed));
}

/* The kernel reads the program first: EFAULT says that the call is allowed. */
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
