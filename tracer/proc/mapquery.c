/* mapquery.c: PROCMAP_QUERY; its definitions are newer than the headers of many systems.
 */
#include "proc/mapquery.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>

/* include/uapi/linux/fs.h */
struct query {
	uint64_t size, flags, addr;
	uint64_t start, end, vma_flags, page_size, offset, inode;
	uint32_t major, minor;
	uint32_t name_size, build_id_size;
	uint64_t name_addr, build_id_addr;
};
#define QUERY _IOWR('f', 17, struct query)
#define VMA_WRITABLE 2
#define VMA_EXECUTABLE 4

int mapquery_open(pid_t tid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/maps", tid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int mapquery(int fd, uint64_t addr, struct procmap *ret)
{
	struct query q = {.size = sizeof(q), .addr = addr};

	if (ioctl(fd, QUERY, &q) < 0)
		return errno == ENOENT ? 0 : -1;
	*ret = (struct procmap){
		.start = q.start,
		.end = q.end,
		.offset = q.offset,
		.inode = q.inode,
		.major = q.major,
		.minor = q.minor,
		.write = (q.vma_flags & VMA_WRITABLE) != 0,
		.exec = (q.vma_flags & VMA_EXECUTABLE) != 0,
	};
	return 1;
}
