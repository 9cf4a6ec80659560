/* memory.c: pread and pwrite on /proc/PID/mem. */
#include "ptrace/memory.h"

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>

static int memory_open(pid_t tid, int flags)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", tid);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int whole(ssize_t n, size_t len)
{
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EFAULT;
}

int memory_read(pid_t tid, uint64_t address, void *data, size_t len)
{
	_cleanup_close_ int fd = memory_open(tid, O_RDONLY);

	return fd < 0 ? fd : whole(pread(fd, data, len, (off_t)address), len);
}

int memory_write(pid_t tid, uint64_t address, const void *data, size_t len)
{
	_cleanup_close_ int fd = memory_open(tid, O_RDWR);

	return fd < 0 ? fd : whole(pwrite(fd, data, len, (off_t)address), len);
}
