/*
 * fail.c: linked with segen (--wrap) to a program that has one of its calls fail, so that
 * a test can see what becomes of the results, and whether segen says why.
 *
 * FAIL=memory|system  what fails: an allocation, or what makes descriptors, processes,
 *                     threads and timers, reads and writes
 * FAIL_AT=N           which one, from 0 on
 * FAIL_COUNT=FILE     how many there were is written to the file at the end
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum what { NOTHING, MEMORY, SYSTEM };

static struct {
	enum what what;
	long at, seen;
	char *count;
} plan;

/* What libc does before is its own affair. */
__attribute__((constructor)) static void ask(void)
{
	const char *what = getenv("FAIL"), *at = getenv("FAIL_AT");

	plan.at = -1;
	if (!what)
		return;
	plan.what = strcmp(what, "memory") == 0 ? MEMORY : SYSTEM;
	if (at)
		plan.at = strtol(at, NULL, 10);
	plan.count = getenv("FAIL_COUNT");
}

static bool fails(enum what what)
{
	if (what != plan.what)
		return false;
	return __atomic_fetch_add(&plan.seen, 1, __ATOMIC_RELAXED) == plan.at;
}

__attribute__((destructor)) static void tell(void)
{
	char text[32];
	int fd;

	if (!plan.count)
		return;
	fd = (int)syscall(SYS_openat, AT_FDCWD, plan.count, O_WRONLY | O_CREAT | O_TRUNC,
			  0600);
	snprintf(text, sizeof(text), "%ld\n", plan.seen);
	if (write(fd, text, strlen(text)) > 0)
		close(fd);
}

/* --- what is wrapped ---------------------------------------------------------------- */

/* RET NAME(PARAMS), called with ARGS; FAILURE where it is to fail. */
#define WRAP(kind, failure, ret, name, params, args) \
	ret __real_##name params;                    \
	ret __wrap_##name params;                    \
	ret __wrap_##name params                     \
	{                                            \
		if (fails(kind))                     \
			return failure;              \
		return __real_##name args;           \
	}

#define NO_MEMORY (errno = ENOMEM, NULL)

WRAP(MEMORY, NO_MEMORY, void *, malloc, (size_t n), (n))
WRAP(MEMORY, NO_MEMORY, void *, calloc, (size_t n, size_t size), (n, size))
WRAP(MEMORY, NO_MEMORY, void *, realloc, (void *p, size_t n), (p, n))
WRAP(MEMORY, NO_MEMORY, void *, reallocarray, (void *p, size_t n, size_t size),
     (p, n, size))
WRAP(MEMORY, NO_MEMORY, char *, strdup, (const char *s), (s))
WRAP(MEMORY, NO_MEMORY, char *, strndup, (const char *s, size_t n), (s, n))
WRAP(MEMORY, (errno = ENOMEM, -1), int, vasprintf,
     (char **ret, const char *fmt, va_list ap), (ret, fmt, ap))

WRAP(SYSTEM, (errno = EMFILE, NULL), FILE *, fopen, (const char *path, const char *mode),
     (path, mode))
WRAP(SYSTEM, (errno = EMFILE, -1), int, pipe2, (int fds[2], int flags), (fds, flags))
WRAP(SYSTEM, (errno = EAGAIN, -1), pid_t, fork, (void), ())
WRAP(SYSTEM, EAGAIN, int, pthread_create,
     (pthread_t * t, const pthread_attr_t *a, void *(*fn)(void *), void *arg),
     (t, a, fn, arg))
WRAP(SYSTEM, (errno = EAGAIN, -1), int, timer_create,
     (clockid_t clock, struct sigevent *e, timer_t *t), (clock, e, t))
WRAP(SYSTEM, (errno = EIO, -1), int, fsync, (int fd), (fd))
WRAP(SYSTEM, (errno = EIO, -1), ssize_t, read, (int fd, void *data, size_t n),
     (fd, data, n))

/* With a mode or without, which an unused argument does not change. */
WRAP(SYSTEM, (errno = EMFILE, -1), int, open, (const char *path, int flags, mode_t mode),
     (path, flags, mode))
WRAP(SYSTEM, (errno = EMFILE, -1), int, openat,
     (int dir, const char *path, int flags, mode_t mode), (dir, path, flags, mode))

ssize_t __real_write(int fd, const void *data, size_t n);
ssize_t __wrap_write(int fd, const void *data, size_t n);
ssize_t __wrap_write(int fd, const void *data, size_t n)
{
	/* Not where segen says what has failed. */
	if (fd != STDERR_FILENO && fails(SYSTEM))
		return errno = ENOSPC, -1;
	return __real_write(fd, data, n);
}
