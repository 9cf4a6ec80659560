/* cmdline.c: /proc/PID/cmdline. */
#include "proc/cmdline.h"

#include <segen/util.h>

#include <fcntl.h>
#include <string.h>

#define CMDLINE_MAX ((size_t)128 * 1024)

char **cmdline_split(const char *text, size_t len)
{
	size_t n = 0, i = 0;
	char **v, *copy;

	for (size_t k = 0; k < len; k++)
		n += !text[k] || k + 1 == len;
	v = xcalloc(1, (n + 1) * sizeof(*v) + len + 1);
	copy = memcpy(v + n + 1, text, len);
	for (char *s = copy; s < copy + len; s += strlen(s) + 1)
		v[i++] = s;
	return v;
}

char **cmdline_read(pid_t pid)
{
	_cleanup_free_ char *text = xcalloc(1, CMDLINE_MAX);
	_cleanup_close_ int fd = -1;
	size_t len = 0;
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (n = read(fd, text + len, CMDLINE_MAX - len)) > 0)
		len += (size_t)n;
	return cmdline_split(text, len);
}
