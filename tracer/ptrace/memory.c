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

/* Documentation/admin-guide/mm/pagemap.rst: bit 63, present; bit 62, swapped. */
#define PAGEMAP_THERE (3ull << 62)

bool memory_is_present(pid_t tid, uint64_t address, size_t len)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	_cleanup_close_ int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/pagemap", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	for (uint64_t at = address / page;
	     fd >= 0 && len && at <= (address + len - 1) / page; at++) {
		uint64_t entry;

		if (pread(fd, &entry, sizeof(entry), (off_t)(at * sizeof(entry))) !=
		    sizeof(entry))
			break;
		if (!(entry & PAGEMAP_THERE))
			return false;
	}
	return true;
}

int memory_read(pid_t tid, uint64_t address, void *data, size_t len)
{
	_cleanup_close_ int fd = memory_open(tid, O_RDONLY);

	if (fd < 0)
		return fd;
	if (!memory_is_present(tid, address, len))
		return -EFAULT;
	return whole(pread(fd, data, len, (off_t)address), len);
}

int memory_write(pid_t tid, uint64_t address, const void *data, size_t len)
{
	_cleanup_close_ int fd = memory_open(tid, O_RDWR);

	return fd < 0 ? fd : whole(pwrite(fd, data, len, (off_t)address), len);
}
