/* proc-stat.c: one line of numbers, and a name that may hold anything. */
#include "proc/proc-stat.h"

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* linux/sched.h, not in any header for programs; stable since Linux 2.6.27. */
#define PF_FORKNOEXEC 0x00000040
#define PF_KTHREAD 0x00200000

int proc_stat_parse(const char *text, struct proc_stat *ret)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	struct proc_stat s = {};
	unsigned flags;
	size_t n;

	if (!open || !close || close < open)
		return -EINVAL;
	n = MIN((size_t)(close - open - 1), sizeof(s.name) - 1);
	memcpy(s.name, open + 1, n);
	/* state ppid pgrp session tty tpgid flags, four counts of faults, four times,
	 * priority, nice, threads
	 */
	if (sscanf(close + 1,
		   " %c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %u",
		   &s.state, &s.ppid, &flags, &s.threads) != 4)
		return -EINVAL;
	s.is_kernel = flags & PF_KTHREAD;
	s.is_copy = flags & PF_FORKNOEXEC;
	*ret = s;
	return 0;
}

int proc_stat_read(pid_t pid, struct proc_stat *ret)
{
	_cleanup_close_ int fd = -1;
	char text[1024];
	ssize_t n;

	snprintf(text, sizeof(text), "/proc/%d/stat", pid);
	fd = open(text, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return n < 0 ? -errno : -ESRCH;
	text[n] = '\0';
	return proc_stat_parse(text, ret);
}
