/* What was there stays, and nothing else does, when a file cannot be written. */
#include <segen/outfile.h>
#include <segen/util.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/tap.h"

#define BIG 200000
#define NOBODY 65534
#define SKIP 77

static char dir[] = "/tmp/segen-outfile-XXXXXX";

static bool holds(const char *path, const char *text)
{
	char got[256] = "";
	_cleanup_fclose_ FILE *f = fopen(path, "re");

	return f && fread(got, 1, sizeof(got) - 1, f) == strlen(text) &&
	       !strcmp(got, text);
}

static int put(const char *path, const char *text, struct segen_error *err)
{
	return segen_outfile_write(path, text, strlen(text), 0644, err);
}

static int put_big(const char *path, char fill, struct segen_error *err)
{
	_cleanup_free_ char *big = xcalloc(1, BIG);

	memset(big, fill, BIG);
	return segen_outfile_write(path, big, BIG, 0644, err);
}

static unsigned n_files(const char *path)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n - 2;
}

/*
 * In a process and a folder of their own: @fn returns 0, SKIP, or the number of the step
 * that went wrong.
 */
static void apart(int (*fn)(struct segen_error *err), const char *what, const char *needs)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		struct segen_error err = {};
		int r = fn(&err);

		if (r && r != SKIP)
			printf("# step %d, last words: %s\n", r, err.msg);
		fflush(stdout);
		_exit(r);
	}
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIP)
		skip(what, needs);
	else
		ok(status == 0, "%s (status %#x)", what, (unsigned)status);
}

static int own_mounts(void)
{
	if (unshare(CLONE_NEWNS) < 0)
		return -1;
	return mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL);
}

static int become_nobody(void)
{
	if (geteuid() != 0)
		return -1;
	return setgroups(0, NULL) < 0 || setgid(NOBODY) < 0 || setuid(NOBODY) < 0;
}

static int full_disk(struct segen_error *err)
{
	if (own_mounts() < 0 || mount("none", "m", "tmpfs", 0, "size=64k") < 0)
		return SKIP;
	if (put("m/a", "kept", err) < 0)
		return 1;
	if (put_big("m/a", 'x', err) != -ENOSPC || !strstr(err->msg, "'m/a': No space"))
		return 2;
	if (!holds("m/a", "kept") || n_files("m") != 1)
		return 3;
	if (put_big("m/b", 'x', err) != -ENOSPC || n_files("m") != 1)
		return 4;
	return 0;
}

static int file_size_limit(struct segen_error *err)
{
	const struct rlimit limit = {BIG / 2, BIG / 2};

	signal(SIGXFSZ, SIG_IGN);
	if (put("m/a", "kept", err) < 0 || setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 1;
	if (put_big("m/a", 'x', err) != -EFBIG || !holds("m/a", "kept"))
		return 2;
	return n_files("m") == 1 ? 0 : 3;
}

static int read_only_fs(struct segen_error *err)
{
	if (own_mounts() < 0 || mount("none", "m", "tmpfs", MS_RDONLY, NULL) < 0)
		return SKIP;
	if (segen_outfile_check("m/a", err) != -EROFS)
		return 1;
	return put("m/a", "x", err) == -EROFS ? 0 : 2;
}

/* One file bound into a container: nothing can be renamed over it. */
static int mount_point(struct segen_error *err)
{
	struct stat st;

	if (put("a", "outside, and longer", err) < 0 || put("m/a", "covered", err) < 0)
		return 1;
	if (own_mounts() < 0 || mount("a", "m/a", "none", MS_BIND, NULL) < 0)
		return SKIP;
	if (segen_outfile_check("m/a", err) < 0 || put("m/a", "inside", err) < 0)
		return 2;
	if (!holds("m/a", "inside") || !holds("a", "inside") || n_files("m") != 1)
		return 3;
	return stat("m/a", &st) == 0 && st.st_size == 6 ? 0 : 4;
}

static int foreign_folder(struct segen_error *err)
{
	if (put("m/a", "kept", err) < 0 || chmod("m/a", 0666) < 0 || chmod("m", 0755) < 0)
		return 1;
	if (become_nobody())
		return SKIP;
	if (segen_outfile_check("m/a", err) != -EACCES || !strstr(err->msg, "'m/'"))
		return 2;
	if (put("m/a", "x", err) != -EACCES || put("m/b", "x", err) != -EACCES)
		return 3;
	return holds("m/a", "kept") ? 0 : 4;
}

/* As /tmp: one may add files, but not rename over those of others. */
static int sticky_folder(struct segen_error *err)
{
	if (put("m/a", "kept", err) < 0 || chmod("m/a", 0666) < 0 ||
	    chmod("m", 01777) < 0)
		return 1;
	if (become_nobody())
		return SKIP;
	if (put("m/a", "x", err) != -EPERM || !holds("m/a", "kept"))
		return 2;
	return n_files("m") == 1 ? 0 : 3;
}

/* A file of user 12 and group @gid, replaced by nobody; its mode then, or -1. */
static int replaced_mode(gid_t gid, mode_t mode, struct segen_error *err)
{
	struct stat st;

	if (put("m/a", "old", err) < 0 || chown("m/a", 12, gid) < 0 ||
	    chmod("m/a", mode) < 0)
		return -1;
	if (become_nobody() || put("m/a", "new", err) < 0 || !holds("m/a", "new"))
		return -1;
	if (stat("m/a", &st) < 0 || st.st_uid != NOBODY || st.st_gid != NOBODY)
		return -1;
	return (int)(st.st_mode & 07777);
}

static int foreign_owner(struct segen_error *err)
{
	if (geteuid() != 0)
		return SKIP;
	if (chown("m", NOBODY, NOBODY) < 0)
		return 1;
	return replaced_mode(NOBODY, 06662, err) == 0662 ? 0 : 2;
}

/* The group may do what was meant for another one: no more than the others. */
static int foreign_group(struct segen_error *err)
{
	if (geteuid() != 0)
		return SKIP;
	if (chown("m", NOBODY, NOBODY) < 0)
		return 1;
	return replaced_mode(34, 06662, err) == 0622 ? 0 : 2;
}

static int closed_output(struct segen_error *err)
{
	close(STDOUT_FILENO);
	if (segen_outfile_check("-", err) != -EBADF || put("-", "x", err) != -EBADF)
		return 1;
	return !strcmp(err->msg, "cannot write standard output: Bad file descriptor") ? 0
										      : 2;
}

static int read_only_output(struct segen_error *err)
{
	dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDOUT_FILENO);
	return segen_outfile_check("-", err) == -EBADF ? 0 : 1;
}

static int full_output(struct segen_error *err)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	dup2(fd, STDOUT_FILENO);
	if (put("-", "x", err) != -ENOSPC)
		return 1;
	return strstr(err->msg, "standard output: No space left") ? 0 : 2;
}

static int broken_pipe(struct segen_error *err)
{
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe2(fds, O_CLOEXEC) < 0 || close(fds[0]) < 0)
		return 1;
	dup2(fds[1], STDOUT_FILENO);
	return put("-", "x", err) == -EPIPE ? 0 : 2;
}

/* A pipe that another process made non-blocking, and a reader that is slow. */
static int slow_pipe(struct segen_error *err)
{
	static char got[BIG];
	size_t n = 0;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		_exit(put_big("-", 'x', err) < 0);
	}
	close(fds[1]);
	fcntl(fds[0], F_SETFL, 0);
	for (ssize_t r = 1; r > 0 && n < BIG; n += (size_t)r) {
		usleep(1000);
		r = read(fds[0], got + n, MIN(BIG - n, 20000u));
	}
	close(fds[0]);
	waitpid(pid, NULL, 0);
	return n == BIG && got[0] == 'x' && got[BIG - 1] == 'x' ? 0 : 2;
}

/* Whoever opens the file while it is replaced reads the old or the new, all of it. */
static int concurrent_reader(struct segen_error *err)
{
	static char got[BIG + 1];
	pid_t pid;

	if (put_big("m/a", 'a', err) < 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		for (int c = 'a'; c <= 'z'; c++)
			if (put_big("m/a", (char)c, err) < 0)
				_exit(1);
		_exit(0);
	}
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		_cleanup_fclose_ FILE *f = fopen("m/a", "re");

		if (!f || fread(got, 1, sizeof(got), f) != BIG)
			return 2;
		for (size_t i = 1; i < BIG; i++)
			if (got[i] != got[0])
				return 3;
	}
	return n_files("m") == 1 ? 0 : 4;
}

static const struct {
	int (*fn)(struct segen_error *err);
	const char *what, *needs;
} cases[] = {
	{full_disk, "a full disk leaves the old file", "mounting is not permitted"},
	{file_size_limit, "so does a limit on the size of files", NULL},
	{read_only_fs, "a read-only file system is seen before",
	 "mounting is not permitted"},
	{mount_point, "a mount point is written in place", "mounting is not permitted"},
	{foreign_folder, "the folder that refuses is named",
	 "needs root, to become another"},
	{sticky_folder, "another's file in a sticky folder",
	 "needs root, to become another"},
	{foreign_owner, "an owner that cannot be kept", "needs root, to become another"},
	{foreign_group, "a group that cannot be kept", "needs root, to become another"},
	{closed_output, "closed standard output", NULL},
	{read_only_output, "standard output that is open for reading", NULL},
	{full_output, "a full device as standard output", NULL},
	{broken_pipe, "a pipe nobody reads", NULL},
	{slow_pipe, "a non-blocking pipe", NULL},
	{concurrent_reader, "a reader never sees a part", NULL},
};

int main(void)
{
	if (!mkdtemp(dir) || chmod(dir, 0777) < 0 || chdir(dir) < 0)
		return 99;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		mkdir("m", 0777);
		apart(cases[i].fn, cases[i].what, cases[i].needs);
		unlink("a");
		unlink("m/a");
		ok(rmdir("m") == 0, "nothing is left");
	}
	ok(rmdir(dir) == 0, "nothing is left at all");
	return done();
}
