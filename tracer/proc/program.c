/* program.c: /proc/PID/exe with its corner cases, and what its file is. */
#include "proc/program.h"

#include "proc/proc-status.h"

#include <segen/util.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define DELETED " (deleted)"

static char *read_link(const char *path)
{
	char target[PATH_MAX + 1];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	return n <= 0 ? NULL : xstrndup(target, (size_t)n);
}

/*
 * The kernel marks a name that is gone (d_path), but a file may be called so.  To look
 * the name up would walk the workload's tree, where a lookup may wait for a process that
 * is stopped; of the executable the inode tells, from the kernel's own memory.
 */
static bool is_gone(const char *exe_link, const char *path)
{
	_cleanup_free_ char *exe = NULL;
	size_t n = strlen(path);
	struct statx st;

	if (n <= strlen(DELETED) || strcmp(path + n - strlen(DELETED), DELETED) != 0)
		return false;
	exe = read_link(exe_link);
	if (!exe || strcmp(exe, path) != 0)
		return true;
	return statx(AT_FDCWD, exe_link, AT_STATX_DONT_SYNC, STATX_NLINK, &st) < 0 ||
	       !st.stx_nlink;
}

static void strip_root(pid_t pid, char *path)
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
}

static char *inside(pid_t pid, const char *exe_link, char *path)
{
	if (is_gone(exe_link, path))
		path[strlen(path) - strlen(DELETED)] = '\0';
	strip_root(pid, path);
	return path;
}

char *program_path_inside(pid_t pid, char *path)
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	return inside(pid, link, path);
}

static char *exe_at(pid_t pid, const char *link)
{
	char *path = read_link(link);

	return path ? inside(pid, link, path) : NULL;
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

bool program_proc_is_ours(void)
{
	_cleanup_free_ char *self = read_link("/proc/self");

	return self && atoi(self) == getpid();
}

/* --- files that a process serves -------------------------------------------------- */

/* A line of mountinfo(5): "36 35 0:45 / /mnt rw - fuse.sshfs host:/ rw,lowerdir=/x". */
struct mount_line {
	const char *device, *point, *type, *options;
};

/* Cuts @line into its words. */
static bool parse_mount(char *line, struct mount_line *ret)
{
	char *rest = strstr(line, " - "), *save = NULL, *word;

	if (!rest)
		return false;
	*rest = '\0';
	*ret = (struct mount_line){};
	word = strtok_r(line, " ", &save);
	for (unsigned i = 0; word && i < 5; i++, word = strtok_r(NULL, " ", &save)) {
		if (i == 2)
			ret->device = word;
		if (i == 4)
			ret->point = word;
	}
	ret->type = strtok_r(rest + 3, " \n", &save);
	strtok_r(NULL, " \n", &save);
	ret->options = strtok_r(NULL, "\n", &save);
	return ret->device && ret->point && ret->type;
}

static bool is_fuse(const char *type)
{
	return !strncmp(type, "fuse", 4) && strncmp(type, "fuseblk", 7) != 0;
}

static FILE *open_mounts(pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mountinfo", tid);
	return fopen(path, "re");
}

/* Whether the mount that holds @dir is served by a process. */
static bool lies_on_fuse(pid_t tid, const char *dir)
{
	_cleanup_fclose_ FILE *f = open_mounts(tid);
	_cleanup_free_ char *line = NULL;
	struct mount_line m;
	size_t cap = 0, best = 0;
	bool fuse = false;

	while (f && getline(&line, &cap, f) > 0) {
		size_t n;

		if (!parse_mount(line, &m))
			continue;
		n = strlen(m.point) == 1 ? 0 : strlen(m.point);
		if (n < best || strncmp(dir, m.point, n) != 0 ||
		    (dir[n] && dir[n] != '/'))
			continue;
		best = n;
		fuse = is_fuse(m.type);
	}
	return fuse;
}

/* overlayfs asks the filesystems of its layers: "lowerdir=/a:/b,upperdir=/c". */
static bool has_fuse_layer(pid_t tid, const char *options)
{
	_cleanup_free_ char *copy = xstrdup(options ? options : "");
	char *save = NULL;

	for (char *word = strtok_r(copy, ",:", &save); word;
	     word = strtok_r(NULL, ",:", &save)) {
		const char *dir = strchr(word, '/');

		if (dir && lies_on_fuse(tid, dir))
			return true;
	}
	return false;
}

static enum mount_kind kind_of(pid_t tid, const struct mount_line *m)
{
	if (is_fuse(m->type))
		return MOUNT_SERVED;
	if (!strcmp(m->type, "overlay") && has_fuse_layer(tid, m->options))
		return MOUNT_SERVED;
	if (!strcmp(m->type, "tmpfs") || !strcmp(m->type, "hugetlbfs"))
		return MOUNT_MEMORY;
	return MOUNT_KERNEL;
}

enum mount_kind mount_kind(pid_t tid, uint32_t major, uint32_t minor)
{
	_cleanup_fclose_ FILE *f = major ? NULL : open_mounts(tid);
	_cleanup_free_ char *line = NULL;
	struct mount_line m;
	char device[32];
	size_t cap = 0;

	/* Those on a disk are the kernel's. */
	if (major != 0)
		return MOUNT_KERNEL;
	snprintf(device, sizeof(device), "0:%u", minor);
	while (f && getline(&line, &cap, f) > 0)
		if (parse_mount(line, &m) && !strcmp(m.device, device))
			return kind_of(tid, &m);
	return MOUNT_SERVED;
}

bool mount_any_served(pid_t tid)
{
	_cleanup_fclose_ FILE *f = open_mounts(tid);
	_cleanup_free_ char *line = NULL;
	struct mount_line m;
	size_t cap = 0;

	while (f && getline(&line, &cap, f) > 0)
		if (parse_mount(line, &m) && kind_of(tid, &m) == MOUNT_SERVED)
			return true;
	return !f;
}

/* --- privileges ------------------------------------------------------------------- */

const char *privileges_lost(pid_t pid)
{
	struct proc_status s;
	char exe[64];
	struct statx st;
	bool caps;

	snprintf(exe, sizeof(exe), "/proc/%d/exe", pid);
	/* A server of the file must not be asked: the kernel remembers. */
	if (statx(AT_FDCWD, exe, AT_STATX_DONT_SYNC, STATX_MODE | STATX_UID | STATX_GID,
		  &st) < 0)
		return NULL;
	caps = mount_kind(pid, st.stx_dev_major, st.stx_dev_minor) != MOUNT_SERVED &&
	       getxattr(exe, "security.capability", NULL, 0) > 0;
	if (!(st.stx_mode & (S_ISUID | S_ISGID)) && !caps)
		return NULL;
	if (proc_status_read(pid, &s) < 0)
		return NULL;
	if ((st.stx_mode & S_ISUID) && s.euid != st.stx_uid)
		return "set-user-ID";
	/* Without group execution the bit means mandatory locking. */
	if ((st.stx_mode & S_ISGID) && (st.stx_mode & S_IXGRP) && s.egid != st.stx_gid)
		return "set-group-ID";
	if (caps && s.euid && !s.cap_eff)
		return "file capabilities";
	return NULL;
}
