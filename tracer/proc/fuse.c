/* fuse.c: the kind of a mount. */
#include "proc/fuse.h"

#include <segen/util.h>

#include <stdio.h>
#include <string.h>

/* mountinfo(5): "36 35 0:45 / /mnt rw,noatime - fuse.sshfs host:/ rw". */
bool is_served(pid_t tid, uint32_t major, uint32_t minor)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	char path[64], device[32];
	size_t cap = 0;
	bool fuse = false;

	/* Those on a disk or in memory of their own are the kernel's. */
	if (major != 0)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/mountinfo", tid);
	snprintf(device, sizeof(device), " 0:%u ", minor);
	f = fopen(path, "re");
	while (f && !fuse && getline(&line, &cap, f) > 0) {
		const char *type = strstr(line, " - ");

		if (strstr(line, device) && type)
			fuse = !strncmp(type + 3, "fuse", 4) &&
			       strncmp(type + 3, "fuseblk", 7) != 0;
	}
	return fuse;
}
