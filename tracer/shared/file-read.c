/* file-read.c: reads whole files, pipes and devices, up to a limit. */
#include <segen/json.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

/* For how long somebody may let a FIFO wait. */
#define WRITER_WAIT_MS 5000

static int too_large(const char *path, struct segen_error *err)
{
	return segen_fail(err, -EFBIG, "'%s' is larger than %u MiB", path,
			  SEGEN_JSON_MAX >> 20);
}

static int cannot_read(const char *path, int code, struct segen_error *err)
{
	if (strcmp(path, "-") == 0)
		return segen_fail_errno(err, code, "cannot read standard input");
	return segen_fail_errno(err, code, "cannot read '%s'", path);
}

static int open_input(const char *path)
{
	if (strcmp(path, "-") == 0)
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	/* Opening a FIFO must not wait for a writer that never comes. */
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* Before anything is read of a file that is too large anyway. */
static int check_size(int fd, const char *path, struct segen_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return cannot_read(path, -errno, err);
	if (S_ISREG(st.st_mode) && st.st_size > SEGEN_JSON_MAX)
		return too_large(path, err);
	return 0;
}

/* A FIFO with a name of its own: not a pipe that this program was started with. */
static bool is_named_fifo(int fd, const char *path)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && strcmp(path, "-") != 0 &&
	       strcmp(path, "/dev/stdin") != 0 && strncmp(path, "/dev/fd/", 8) != 0 &&
	       strncmp(path, "/proc/", 6) != 0;
}

/* The first data, or that a writer has come and gone. */
static int wait_for_writer(int fd, const char *path, struct segen_error *err)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (poll(&p, 1, WRITER_WAIT_MS) != 0)
		return 0;
	return segen_fail(err, -ETIMEDOUT, "'%s' is a FIFO that nothing writes to", path);
}

/* As read(), but waits where another process made the pipe non-blocking. */
static ssize_t read_some(int fd, void *chunk, size_t size)
{
	for (;;) {
		ssize_t n = read(fd, chunk, size);

		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return n;
		if (errno == EAGAIN)
			poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, -1);
	}
}

static int read_all(int fd, const char *path, struct segen_buf *out,
		    struct segen_error *err)
{
	char chunk[65536];
	ssize_t n;

	segen_buf_add(out, "", 0);
	while ((n = read_some(fd, chunk, sizeof(chunk))) > 0) {
		segen_buf_add(out, chunk, (size_t)n);
		if (out->len > SEGEN_JSON_MAX)
			return too_large(path, err);
	}
	return n < 0 ? cannot_read(path, -errno, err) : 0;
}

int segen_file_read(const char *path, char **ret, size_t *ret_len,
		    struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	_cleanup_close_ int fd = open_input(path);
	int r;

	if (fd < 0)
		return cannot_read(path, -errno, err);
	r = check_size(fd, path, err);
	if (r == 0 && is_named_fifo(fd, path))
		r = wait_for_writer(fd, path, err);
	if (r == 0)
		r = read_all(fd, path, &text, err);
	if (r < 0)
		return r;
	*ret_len = text.len;
	*ret = TAKE_PTR(text.s);
	return 0;
}
