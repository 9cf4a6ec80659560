/* process.c: /proc/PID, file by file. */
#include <segen/process.h>

#include "proc/cmdline.h"
#include "proc/proc-status.h"
#include "proc/proc-stat.h"
#include "proc/program.h"

#include <segen/util.h>

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* A process without words is called by its name. */
static char **command_line(pid_t pid, const char *name)
{
	char **v = cmdline_read(pid);

	if (v[0])
		return v;
	free(v);
	return cmdline_split(name, strlen(name));
}

static char *name_of(pid_t pid, const struct proc_stat *stat)
{
	_cleanup_free_ char *path = program_path(pid);
	const char *slash = path ? strrchr(path, '/') : NULL;

	return xstrdup(slash && slash[1] ? slash + 1 : stat->name);
}

static bool is_32bit(pid_t pid)
{
	unsigned char ident[EI_NIDENT] = {};
	_cleanup_close_ int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return sizeof(long) == 8 && fd >= 0 &&
	       read(fd, ident, sizeof(ident)) == (ssize_t)sizeof(ident) &&
	       !memcmp(ident, ELFMAG, SELFMAG) && ident[EI_CLASS] == ELFCLASS32;
}

static bool is_elsewhere(pid_t pid)
{
	struct stat own, other;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	return stat("/proc/self/ns/mnt", &own) == 0 && stat(path, &other) == 0 &&
	       own.st_ino != other.st_ino;
}

int segen_process_read(pid_t pid, struct segen_process *ret, struct segen_error *err)
{
	struct proc_status status;
	struct proc_stat stat = {};
	int r = pid > 0 ? proc_status_read(pid, &status) : -ESRCH;

	if (r == 0)
		r = proc_stat_read(status.tgid, &stat);
	if (r < 0)
		return segen_fail(err, -ESRCH, "there is no process %d", pid);
	if (stat.is_kernel)
		return segen_fail(err, -EPERM,
				  "process %d (%s) is a kernel thread, which makes no "
				  "system calls",
				  pid, stat.name);
	if (strchr("ZX", stat.state) && stat.threads < 2)
		return segen_fail(
			err, -EPERM,
			"process %d (%s) has already ended; its parent has not collected its status yet",
			pid, stat.name);
	*ret = (struct segen_process){
		.pid = status.tgid,
		.name = name_of(status.tgid, &stat),
		.bounding = status.cap_bnd,
		.no_new_privs = status.no_new_privs,
		.filtered = status.seccomp == 2,
		.is_32bit = is_32bit(status.tgid),
		.elsewhere = is_elsewhere(status.tgid),
		.pid_inside = status.ns_tgid,
	};
	ret->argv = command_line(ret->pid, ret->name);
	return 0;
}

bool segen_process_is_ancestor(pid_t pid)
{
	struct proc_stat stat;

	for (pid_t p = getpid(); p > 0 && proc_stat_read(p, &stat) == 0; p = stat.ppid)
		if (stat.ppid == pid)
			return true;
	return false;
}

void segen_process_done(struct segen_process *p)
{
	free(p->argv);
	free(p->name);
	*p = (struct segen_process){};
}
