/* program.c: /proc/PID/exe with its corner cases. */
#include "proc/program.h"

#include <segen/util.h>

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define DELETED " (deleted)"

static char *read_link(const char *path)
{
	char target[PATH_MAX + 1];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	return n <= 0 ? NULL : xstrndup(target, (size_t)n);
}

/* The kernel marks a name that is gone; a file may also be called so (d_path). */
static void strip_deleted(pid_t pid, char *path)
{
	char probe[PATH_MAX + 64];
	size_t n = strlen(path);
	struct stat st;

	if (n <= strlen(DELETED) || strcmp(path + n - strlen(DELETED), DELETED) != 0)
		return;
	snprintf(probe, sizeof(probe), "/proc/%d/root%s", pid, path);
	if (lstat(probe, &st) < 0)
		path[n - strlen(DELETED)] = '\0';
}

char *program_path_inside(pid_t pid, char *path)
{
	_cleanup_free_ char *root = NULL;
	char link[64];
	size_t n;

	snprintf(link, sizeof(link), "/proc/%d/root", pid);
	root = read_link(link);
	n = root ? strlen(root) : 0;
	/* A process in another mount namespace has "/" here: its paths are its own. */
	if (n > 1 && !strncmp(path, root, n) && path[n] == '/')
		memmove(path, path + n, strlen(path + n) + 1);
	strip_deleted(pid, path);
	return path;
}

static char *exe_at(pid_t pid, const char *link)
{
	char *path = read_link(link);

	return path ? program_path_inside(pid, path) : NULL;
}

static void cleanup_closedir(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* The leader is a zombie without memory; its threads still have it. */
static char *exe_of_threads(pid_t pid)
{
	_cleanup_(cleanup_closedir) DIR *d = NULL;
	const struct dirent *e;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		int tid = atoi(e->d_name);
		char *exe;

		if (tid <= 0 || tid == pid)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%d/exe", pid, tid);
		exe = exe_at(tid, path);
		if (exe)
			return exe;
	}
	return NULL;
}

char *program_path(pid_t pid)
{
	char link[64];
	char *exe;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	exe = exe_at(pid, link);
	if (exe || errno != ENOENT)
		return exe;
	return exe_of_threads(pid);
}
