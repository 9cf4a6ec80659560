/* outfile.c: writes beside the target, syncs, renames over it. */
#include <segen/outfile.h>

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

/* What a path stands for. */
struct target {
	enum target_how {
		TARGET_REPLACE, /* a file, or none yet: make a new one, rename it */
		TARGET_DIRECT,	/* a device, a pipe, a mount point: nothing to rename over
				 */
		TARGET_OPEN,	/* a descriptor that is open already */
	} how;
	int fd;	    /* TARGET_OPEN */
	int dir;    /* the folder it is in, behind all links; AT_FDCWD: none */
	char *name; /* in @dir */
	bool exists;
	struct stat st; /* if it exists */
	bool anothers;	/* another user may have put it, or a link to it, there */
};

static void target_done(struct target *t)
{
	if (t->dir >= 0)
		close(t->dir);
	free(t->name);
}

/*
 * The descriptor that @path is a name of, or -1.  Opening /dev/stdout anew would begin
 * at the start of a file that the shell appends to.
 */
static int open_fd(const char *path)
{
	static const char *const dirs[] = {"/dev/fd/", "/proc/self/fd/"};

	if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
		return STDOUT_FILENO;
	if (strcmp(path, "/dev/stderr") == 0)
		return STDERR_FILENO;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		size_t n = strlen(dirs[i]), digits;

		if (strncmp(path, dirs[i], n) != 0)
			continue;
		digits = strspn(path + n, "0123456789");
		if (digits && digits < 9 && !path[n + digits])
			return atoi(path + n);
	}
	return -1;
}

static int check_fd(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	return (flags & O_ACCMODE) == O_RDONLY ? -EBADF : 0;
}

/*
 * Whether another user may have put @file into the folder @dir, for all may write there.
 * As fs.protected_symlinks has it (proc(5)), but with and without a sticky bit, and for
 * every kind of file.
 */
static bool is_anothers(const struct stat *dir, const struct stat *file)
{
	return (dir->st_mode & S_IWOTH) && file->st_uid != geteuid() &&
	       file->st_uid != dir->st_uid;
}

/* A path while it is walked. */
struct walk {
	struct target *t;
	char *rest;
	int links;
};

static void walk_done(struct walk *w)
{
	free(w->rest);
}

static int enter(struct walk *w, const char *name, int flags)
{
	int fd = openat(w->t->dir, name, O_PATH | O_DIRECTORY | O_CLOEXEC | flags);

	if (fd < 0)
		return -errno;
	if (w->t->dir >= 0)
		close(w->t->dir);
	w->t->dir = fd;
	return 0;
}

/* What the link @name says, and what is behind it, are the rest of the way. */
static int follow_link(struct walk *w, const char *name, const char *behind)
{
	char to[PATH_MAX];
	ssize_t n = readlinkat(w->t->dir, name, to, sizeof(to) - 1);
	char *rest;

	if (n < 0)
		return -errno;
	if (++w->links > 40)
		return -ELOOP;
	to[n] = '\0';
	rest = xasprintf("%s%s", to, behind);
	free(w->rest);
	w->rest = rest;
	return *to == '/' ? enter(w, "/", 0) : 0;
}

static int found(struct walk *w, char **name, const struct stat *st)
{
	w->t->name = TAKE_PTR(*name);
	w->t->exists = st != NULL;
	if (st)
		w->t->st = *st;
	return 1;
}

/* One step: 1 when the target is found. */
static int step(struct walk *w)
{
	const char *start = w->rest + strspn(w->rest, "/");
	const char *behind = start + strcspn(start, "/");
	_cleanup_free_ char *name =
		*start ? xstrndup(start, (size_t)(behind - start)) : xstrdup(".");
	struct stat dir, st;
	int r;

	if (fstat(w->t->dir, &dir) < 0)
		return -errno;
	if (fstatat(w->t->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT && !*behind ? found(w, &name, NULL) : -errno;
	w->t->anothers = is_anothers(&dir, &st);
	if (S_ISLNK(st.st_mode))
		return w->t->anothers ? -EPERM : follow_link(w, name, behind);
	if (!*behind)
		return found(w, &name, &st);
	r = enter(w, name, O_NOFOLLOW);
	memmove(w->rest, behind, strlen(behind) + 1);
	return r;
}

/* From folder to folder, so that nobody can change the way under one's feet. */
static int walk(const char *path, struct target *t)
{
	_cleanup_(walk_done) struct walk w = {.t = t, .rest = xstrdup(path)};
	int r = enter(&w, *path == '/' ? "/" : ".", 0);

	while (r == 0)
		r = step(&w);
	return MIN(r, 0);
}

/* One file bound into a container, say.  Linux 5.8 tells; before, the rename fails. */
static bool is_mount_point(const struct target *t)
{
	struct statx st;

	return statx(t->dir, t->name, AT_SYMLINK_NOFOLLOW, 0, &st) == 0 &&
	       (st.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

static int find_target(const char *path, struct target *ret)
{
	int r;

	*ret = (struct target){.fd = open_fd(path), .dir = AT_FDCWD};
	if (ret->fd >= 0) {
		ret->how = TARGET_OPEN;
		return check_fd(ret->fd);
	}
	r = *path ? walk(path, ret) : -ENOENT;
	if (r < 0 || !ret->exists)
		return r;
	if (S_ISDIR(ret->st.st_mode))
		return -EISDIR;
	if (ret->anothers && !S_ISREG(ret->st.st_mode))
		return -EPERM;
	/* A file that its owner made read-only is not replaced. */
	if (faccessat(ret->dir, ret->name, W_OK, AT_EACCESS) < 0)
		return -errno;
	if (!S_ISREG(ret->st.st_mode) || is_mount_point(ret))
		ret->how = TARGET_DIRECT;
	return 0;
}

static int cannot_write(const char *path, int code, struct segen_error *err)
{
	if (strcmp(path, "-") == 0)
		return segen_fail_errno(err, code, "cannot write standard output");
	return segen_fail_errno(err, code, "cannot write '%s'", path);
}

static char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup("./");
}

static int no_place(const char *path, int code, struct segen_error *err)
{
	_cleanup_free_ char *dir = dir_of(path);

	return segen_fail_errno(err, code,
				"cannot write '%s': no file can be created in '%s'", path,
				dir);
}

static int no_target(const char *path, const struct target *t, int code,
		     struct segen_error *err)
{
	if (code == -EPERM && t->anothers)
		return segen_fail(
			err, code,
			"cannot write '%s': it belongs to another user, in a folder that everyone can write to",
			path);
	if (code == -ENOENT && *path)
		return no_place(path, code, err);
	return cannot_write(path, code, err);
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		/* Another process may have made the pipe non-blocking. */
		if (n < 0 && errno == EAGAIN)
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
		else if (n < 0 && errno != EINTR)
			return -errno;
		else if (n == 0)
			return -EIO;
		if (n <= 0)
			continue;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Some file systems cannot sync; that is no reason to lose the result. */
static int sync_file(int fd)
{
	if (fsync(fd) == 0 || errno == EINVAL || errno == EROFS || errno == ENOSYS ||
	    errno == EOPNOTSUPP)
		return 0;
	return -errno;
}

static int write_directly(const struct target *t, const void *data, size_t len)
{
	_cleanup_close_ int fd =
		openat(t->dir, t->name, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (st.st_dev != t->st.st_dev || st.st_ino != t->st.st_ino)
		return -ESTALE;
	r = write_all(fd, data, len);
	if (r < 0 || !S_ISREG(st.st_mode))
		return r;
	if (ftruncate(fd, (off_t)len) < 0)
		return -errno;
	return sync_file(fd);
}

/*
 * The owner, the group and the mode of what was there, as far as that is permitted.
 * Where not, nobody gets more than before: a set-ID bit would be another's, and the bits
 * of the group were for another group.
 */
static int keep_mode(int fd, const struct stat *old)
{
	mode_t mode = old->st_mode & 07777;

	if (fchown(fd, old->st_uid, old->st_gid) < 0) {
		mode &= 0777;
		if (fchown(fd, (uid_t)-1, old->st_gid) < 0)
			mode = (mode & 0707) | (mode & 07) << 3;
	}
	return fchmod(fd, mode) < 0 ? -errno : 0;
}

/*
 * A new file beside the target, never more open than the one it will replace; its name,
 * or NULL and the error in *@ret_fd.
 */
static char *create_beside(const struct target *t, mode_t mode, int *ret_fd)
{
	bool keeps = t->exists && !t->anothers;

	for (int i = 0; i < 100; i++) {
		_cleanup_free_ char *name = NULL;
		unsigned n = 0;

		(void)!getrandom(&n, sizeof(n), 0);
		name = xasprintf(".segen-%08x", n + (unsigned)i);
		*ret_fd = openat(t->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				 keeps ? 0600 : mode);
		if (*ret_fd >= 0)
			return TAKE_PTR(name);
		*ret_fd = -errno;
		if (*ret_fd != -EEXIST)
			break;
	}
	return NULL;
}

/* The directory is not synced: after a crash either file is a whole one. */
static int fill(const struct target *t, int fd, const void *data, size_t len)
{
	int r = write_all(fd, data, len);

	if (r == 0 && t->exists && !t->anothers)
		r = keep_mode(fd, &t->st);
	return r < 0 ? r : sync_file(fd);
}

static int rename_over(const struct target *t, const char *tmp)
{
	int r = renameat(t->dir, tmp, t->dir, t->name) < 0 ? -errno : 0;

	if (r < 0)
		unlinkat(t->dir, tmp, 0);
	return r;
}

static int link_as(const struct target *t, int fd, const char *name)
{
	char self[64];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, t->dir, name, AT_SYMLINK_FOLLOW) < 0 ? -errno : 0;
}

/*
 * A file without a name until it is whole: whenever segen is killed, no half of one is
 * left.  Over an earlier one it has to be renamed, a moment after it got a name.
 */
static int replace_at_once(const struct target *t, mode_t mode, const void *data,
			   size_t len)
{
	_cleanup_free_ char *tmp = NULL;
	_cleanup_close_ int fd = openat(t->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC,
					t->exists && !t->anothers ? 0600 : mode);
	unsigned n = 0;
	int r;

	if (fd < 0)
		return -errno;
	r = fill(t, fd, data, len);
	if (r < 0)
		return r;
	if (!t->exists && link_as(t, fd, t->name) == 0)
		return 0;
	(void)!getrandom(&n, sizeof(n), 0);
	tmp = xasprintf(".segen-%08x", n);
	r = link_as(t, fd, tmp);
	return r < 0 ? r : rename_over(t, tmp);
}

/* Where the file system, or what there is of /proc, does not allow that. */
static int replace(const char *path, const struct target *t, mode_t mode,
		   const void *data, size_t len, struct segen_error *err)
{
	_cleanup_free_ char *tmp = NULL;
	_cleanup_close_ int fd = -1;
	int r;

	if (replace_at_once(t, mode, data, len) == 0)
		return 0;
	tmp = create_beside(t, mode, &fd);
	if (!tmp)
		return no_place(path, fd, err);
	r = fill(t, fd, data, len);
	if (r < 0)
		unlinkat(t->dir, tmp, 0);
	else
		r = rename_over(t, tmp);
	return r < 0 ? cannot_write(path, r, err) : 0;
}

int segen_outfile_write(const char *path, const void *data, size_t len, unsigned mode,
			struct segen_error *err)
{
	_cleanup_(target_done) struct target t;
	int r = find_target(path, &t);

	if (r < 0)
		return no_target(path, &t, r, err);
	switch (t.how) {
	case TARGET_OPEN: r = write_all(t.fd, data, len); break;
	case TARGET_DIRECT: r = write_directly(&t, data, len); break;
	case TARGET_REPLACE: return replace(path, &t, mode, data, len, err);
	}
	return r < 0 ? cannot_write(path, r, err) : 0;
}

int segen_outfile_check(const char *path, struct segen_error *err)
{
	_cleanup_(target_done) struct target t;
	int r = find_target(path, &t);

	if (r < 0)
		return no_target(path, &t, r, err);
	if (t.how == TARGET_REPLACE && faccessat(t.dir, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return no_place(path, -errno, err);
	return 0;
}
