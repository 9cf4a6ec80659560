/* outfile.c: write beside the target, sync, rename over it. */
#include <segen/outfile.h>

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

static int write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -EIO;
		data += n;
		len -= (size_t)n;
	}
	return 0;
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

static char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup("./");
}

/* A device, a pipe, a socket: there is nothing to replace. */
static int write_directly(const char *path, const void *data, size_t len)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : write_all(fd, data, len);
}

/*
 * What was there keeps its owner where that is permitted, and its mode; but a set-ID bit
 * would be another's if the owner is not kept.
 */
static int keep_mode(int fd, const struct stat *old)
{
	mode_t mode = old->st_mode & 07777;

	if (fchown(fd, old->st_uid, old->st_gid) < 0)
		mode &= 0777;
	return fchmod(fd, mode) < 0 ? -errno : 0;
}

static int fill(int fd, const struct stat *old, const void *data, size_t len)
{
	int r = write_all(fd, data, len);

	if (r == 0 && old)
		r = keep_mode(fd, old);
	/* Some file systems cannot sync; that is no reason to lose the result. */
	if (r == 0 && fsync(fd) < 0 && errno != EINVAL && errno != EROFS)
		r = -errno;
	return r;
}

/* The new name is to survive a crash as well. */
static void sync_dir(const char *dir)
{
	_cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)fsync(fd);
}

/* A new file beside the target, never more open than the one it will replace. */
static int create_beside(const char *dir, const struct stat *old, char **ret_path)
{
	mode_t mode = old ? old->st_mode & 0600 : 0666;

	for (int i = 0; i < 100; i++) {
		_cleanup_free_ char *path = NULL;
		unsigned n = 0;
		int fd;

		(void)!getrandom(&n, sizeof(n), 0);
		path = xasprintf("%s.segen-%08x", dir, n + (unsigned)i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0)
			*ret_path = TAKE_PTR(path);
		if (fd >= 0 || errno != EEXIST)
			return fd >= 0 ? fd : -errno;
	}
	return -EEXIST;
}

static int replace(const char *path, const struct stat *old, const void *data, size_t len)
{
	_cleanup_free_ char *dir = dir_of(path);
	_cleanup_free_ char *tmp = NULL;
	_cleanup_close_ int fd = create_beside(dir, old, &tmp);
	int r = fd;

	if (fd < 0)
		return r;
	r = fill(fd, old, data, len);
	if (r == 0 && rename(tmp, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(tmp);
	else
		sync_dir(dir);
	return r;
}

static int write_file(const char *path, const void *data, size_t len)
{
	_cleanup_free_ char *target = NULL;
	struct stat st;

	if (stat(path, &st) < 0) {
		if (errno != ENOENT)
			return -errno;
		target = follow_dangling(path);
		return replace(target, NULL, data, len);
	}
	/* What its owner made read-only is not replaced behind his back. */
	if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	target = S_ISREG(st.st_mode) ? realpath(path, NULL) : NULL;
	if (!target)
		return write_directly(path, data, len);
	return replace(target, &st, data, len);
}

int segen_outfile_write(const char *path, const void *data, size_t len,
			struct segen_error *err)
{
	int r;

	if (strcmp(path, "-") == 0) {
		r = write_all(STDOUT_FILENO, data, len);
		return r < 0 ? segen_fail_errno(err, r, "cannot write standard output")
			     : 0;
	}
	r = write_file(path, data, len);
	return r < 0 ? segen_fail_errno(err, r, "cannot write '%s'", path) : 0;
}

static int check_file(const char *path)
{
	_cleanup_free_ char *target = NULL, *dir = NULL;
	struct stat st;

	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return -EISDIR;
		if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0)
			return -errno;
		target = S_ISREG(st.st_mode) ? realpath(path, NULL) : NULL;
		if (!target)
			return 0;
	} else if (errno != ENOENT) {
		return -errno;
	} else {
		target = follow_dangling(path);
	}
	dir = dir_of(target);
	return faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) < 0 ? -errno : 0;
}

int segen_outfile_check(const char *path, struct segen_error *err)
{
	int r = strcmp(path, "-") == 0 ? 0 : check_file(path);

	return r < 0 ? segen_fail_errno(err, r, "cannot write '%s'", path) : 0;
}
