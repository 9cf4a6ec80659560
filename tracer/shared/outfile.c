/* outfile.c: write beside the target, sync, rename over it. */
#include <segen/outfile.h>

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
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
	char *path; /* behind all links */
	bool exists;
	struct stat st; /* if it exists */
};

static void target_done(struct target *t)
{
	free(t->path);
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
 * Where a link leads whose target is not there yet, so that the link stays one and its
 * target is made.
 */
static char *follow_dangling(const char *path)
{
	char *at = xstrdup(path);

	for (int i = 0; i < 40; i++) {
		char to[PATH_MAX];
		ssize_t n = readlink(at, to, sizeof(to) - 1);
		const char *slash = strrchr(at, '/');
		char *next;

		if (n < 0)
			break;
		to[n] = '\0';
		if (*to == '/' || !slash)
			next = xstrdup(to);
		else
			next = xasprintf("%.*s%s", (int)(slash - at) + 1, at, to);
		free(at);
		at = next;
	}
	return at;
}

/* One file bound into a container, say.  Linux 5.8 tells; before, the rename fails. */
static bool is_mount_point(const char *path)
{
	struct statx st;

	return statx(AT_FDCWD, path, 0, 0, &st) == 0 &&
	       (st.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

static int find_existing(const char *path, struct target *ret)
{
	ret->exists = true;
	if (S_ISDIR(ret->st.st_mode))
		return -EISDIR;
	/* What its owner made read-only is not replaced behind his back. */
	if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0)
		return -errno;
	ret->path = S_ISREG(ret->st.st_mode) ? realpath(path, NULL) : NULL;
	if (ret->path && !is_mount_point(ret->path))
		return 0;
	ret->how = TARGET_DIRECT;
	if (!ret->path)
		ret->path = xstrdup(path);
	return 0;
}

static int find_target(const char *path, struct target *ret)
{
	ret->fd = open_fd(path);
	if (ret->fd >= 0) {
		ret->how = TARGET_OPEN;
		return check_fd(ret->fd);
	}
	if (stat(path, &ret->st) == 0)
		return find_existing(path, ret);
	if (errno != ENOENT || !*path)
		return -errno;
	ret->path = follow_dangling(path);
	return 0;
}

static int cannot_write(const char *path, int code, struct segen_error *err)
{
	if (strcmp(path, "-") == 0)
		return segen_fail_errno(err, code, "cannot write standard output");
	return segen_fail_errno(err, code, "cannot write '%s'", path);
}

static int no_place(const char *path, const char *dir, int code, struct segen_error *err)
{
	return segen_fail_errno(
		err, code, "cannot write '%s': no file can be made in '%s'", path, dir);
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
	_cleanup_close_ int fd = open(t->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	int r;

	if (fd < 0)
		return -errno;
	r = write_all(fd, data, len);
	if (r < 0 || !S_ISREG(t->st.st_mode))
		return r;
	if (ftruncate(fd, (off_t)len) < 0)
		return -errno;
	return sync_file(fd);
}

/*
 * The owner, the group and the mode of what was there, as far as that is permitted.
 * Where not, nobody gets more than he had: a set-ID bit would be another's, and the bits
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

static char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup("./");
}

/*
 * A new file beside the target, never more open than the one it will replace; its path,
 * or NULL and the error in *@ret_fd.
 */
static char *create_beside(const char *dir, bool exists, int *ret_fd)
{
	for (int i = 0; i < 100; i++) {
		_cleanup_free_ char *path = NULL;
		unsigned n = 0;

		(void)!getrandom(&n, sizeof(n), 0);
		path = xasprintf("%s.segen-%08x", dir, n + (unsigned)i);
		*ret_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			       exists ? 0600 : 0666);
		if (*ret_fd >= 0)
			return TAKE_PTR(path);
		*ret_fd = -errno;
		if (*ret_fd != -EEXIST)
			break;
	}
	return NULL;
}

/* --- one file on its way ---------------------------------------------------------- */

struct outfile {
	const char *path; /* the caller's word for it */
	const char *data;
	size_t len;
	struct target target;
	char *dir, *tmp; /* TARGET_REPLACE */
	int fd;		 /* of @tmp */
};

static void outfile_done(struct outfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	target_done(&f->target);
	free(f->dir);
	free(f->tmp);
}

static int open_beside(struct outfile *f, struct segen_error *err)
{
	f->dir = dir_of(f->target.path);
	f->tmp = create_beside(f->dir, f->target.exists, &f->fd);
	return f->tmp ? 0 : no_place(f->path, f->dir, f->fd, err);
}

static int replace(const struct outfile *f)
{
	const struct target *t = &f->target;
	int r = write_all(f->fd, f->data, f->len);

	if (r == 0 && t->exists)
		r = keep_mode(f->fd, &t->st);
	if (r == 0)
		r = sync_file(f->fd);
	/* The directory is not synced: after a crash either file is a whole one. */
	if (r == 0 && rename(f->tmp, t->path) < 0)
		r = -errno;
	if (r < 0)
		unlink(f->tmp);
	return r;
}

static int put(const struct outfile *f)
{
	switch (f->target.how) {
	case TARGET_REPLACE: return replace(f);
	case TARGET_OPEN: return write_all(f->target.fd, f->data, f->len);
	case TARGET_DIRECT: return write_directly(&f->target, f->data, f->len);
	}
	return -EINVAL;
}

int segen_outfile_write(const char *path, const void *data, size_t len,
			struct segen_error *err)
{
	_cleanup_(outfile_done) struct outfile f = {
		.path = path,
		.data = data,
		.len = len,
		.fd = -1,
	};
	int r = find_target(path, &f.target);

	if (r < 0)
		return cannot_write(path, r, err);
	if (f.target.how == TARGET_REPLACE) {
		r = open_beside(&f, err);
		if (r < 0)
			return r;
	}
	r = put(&f);
	return r < 0 ? cannot_write(path, r, err) : 0;
}

int segen_outfile_check(const char *path, struct segen_error *err)
{
	_cleanup_(target_done) struct target t = {};
	_cleanup_free_ char *dir = NULL;
	int r = find_target(path, &t);

	if (r < 0)
		return cannot_write(path, r, err);
	if (t.how != TARGET_REPLACE)
		return 0;
	dir = dir_of(t.path);
	if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) < 0)
		return no_place(path, dir, -errno, err);
	return 0;
}
