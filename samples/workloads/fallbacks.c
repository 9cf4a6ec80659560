/*
 * fallbacks: asks for the calls that a libc tries first and has an answer for when they
 * are missing.  Prints what worked; says "no" and fails when a fallback failed.
 *
 * glibc has no wrapper for openat2, so the program falls back itself, the way those who
 * use it do: on ENOSYS only.
 */
#include "workload.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sys/stat.h>

static int bad;

static void tell(const char *what, bool good)
{
	printf("%s: %s\n", what, good ? "yes" : "no");
	if (!good)
		bad = 1;
}

static void *worker(void *arg)
{
	return arg;
}

static bool thread_runs(void)
{
	pthread_t t;
	void *ret = NULL;

	if (pthread_create(&t, NULL, worker, &bad))
		return false;
	pthread_join(t, &ret);
	return ret == &bad;
}

static bool statx_works(void)
{
	struct statx stx;

	return !statx(AT_FDCWD, "/", 0, STATX_TYPE, &stx) && S_ISDIR(stx.stx_mode);
}

static bool open_works(void)
{
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY};
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how));

	if (fd < 0 && errno == ENOSYS)
		fd = openat(AT_FDCWD, "/", O_RDONLY | O_DIRECTORY);
	return fd >= 0 && !close(fd);
}

static bool access_works(void)
{
	return !faccessat(AT_FDCWD, "/", X_OK, AT_EACCESS);
}

static bool close_range_works(void)
{
	int fd = dup(0);

	/* glibc answers ENOSYS itself; closefrom() falls back to /proc/self/fd */
	closefrom(fd);
	return fcntl(fd, F_GETFD) < 0 && errno == EBADF;
}

int main(void)
{
	tell("thread", thread_runs());
	tell("statx", statx_works());
	tell("openat2", open_works());
	tell("faccessat2", access_works());
	tell("close_range", close_range_works());
	return bad;
}
