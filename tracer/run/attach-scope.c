/* attach-scope.c: namespaces and cgroups of processes, from /proc. */
#include "run/attach-scope.h"

#include "proc/proc-stat.h"
#include "proc/proc-status.h"

#include <segen/util.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#define NESTED_MAX 32 /* MAX_PID_NS_LEVEL, linux/pid_namespace.h */

/* What runtimes call themselves while they are inside and not yet the workload. */
static const char *const runtime_names[] = {"runc:[", "crun", "youki"};

static void cleanup_closedir(DIR **d)
{
	if (*d)
		closedir(*d);
}

static int by_number(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

void pid_list_done(struct pid_list *l)
{
	free(l->v);
	*l = (struct pid_list){};
}

bool pid_list_has(const struct pid_list *l, pid_t pid)
{
	return l->n && bsearch(&pid, l->v, l->n, sizeof(*l->v), by_number);
}

int pid_list_all(struct pid_list *ret, struct segen_error *err)
{
	_cleanup_(cleanup_closedir) DIR *d = opendir("/proc");
	const struct dirent *e;

	if (!d)
		return segen_fail_errno(err, -errno, "cannot read /proc");
	*ret = (struct pid_list){};
	while ((e = readdir(d))) {
		int pid = atoi(e->d_name);

		if (pid <= 0)
			continue;
		GROW(ret->v, ret->n, ret->cap);
		ret->v[ret->n++] = pid;
	}
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), by_number);
	return 0;
}

int attach_scope_init(struct attach_scope *m, struct segen_error *err)
{
	*m = (struct attach_scope){};
	return pid_list_all(&m->before, err);
}

void attach_scope_done(struct attach_scope *m)
{
	pid_list_done(&m->before);
	free(m->cgroup);
	*m = (struct attach_scope){};
}

/* --- cgroups ---------------------------------------------------------------------- */

static FILE *open_cgroups(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	return fopen(path, "re");
}

/* Lines are "4:cpu,cpuacct:/docker/ID"; a folder holds what is below it, too. */
static bool is_in_cgroup(pid_t pid, const char *cgroup)
{
	_cleanup_fclose_ FILE *f = open_cgroups(pid);
	_cleanup_free_ char *line = NULL;
	size_t size = 0, n = strlen(cgroup);

	while (f && getline(&line, &size, f) > 0)
		if (!strncmp(line, cgroup, n) && strchr("\n/", line[n]))
			return true;
	return false;
}

/* The line of a hierarchy in which the container is apart from this program. */
static char *own_cgroup(pid_t pid)
{
	_cleanup_fclose_ FILE *f = open_cgroups(pid);
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		size_t n = strcspn(line, "\n");

		line[n] = '\0';
		if (n && line[n - 1] != '/' && !is_in_cgroup(getpid(), line))
			return TAKE_PTR(line);
	}
	return NULL;
}

/* --- PID namespaces --------------------------------------------------------------- */

static int open_pid_ns(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static ino_t pid_ns_of(int fd)
{
	struct stat st;

	return fd < 0 || fstat(fd, &st) < 0 ? 0 : st.st_ino;
}

/* In it, or in one that was made inside of it. */
static bool is_in_pid_ns(pid_t pid, ino_t ns)
{
	int fd = open_pid_ns(pid);
	bool found = false;

	for (int i = 0; i < NESTED_MAX && fd >= 0 && !found; i++) {
		int parent = -1;

		found = pid_ns_of(fd) == ns;
		if (!found)
			parent = ioctl(fd, NS_GET_PARENT);
		close(fd);
		fd = parent;
	}
	if (fd >= 0)
		close(fd);
	return found;
}

/* --- containers ------------------------------------------------------------------- */

int attach_scope_init_container(struct attach_scope *m, pid_t pid,
				struct segen_error *err)
{
	_cleanup_close_ int theirs = open_pid_ns(pid), own = open_pid_ns(getpid());
	struct proc_status st;

	*m = (struct attach_scope){.first = pid};
	if (theirs < 0 || proc_status_read(pid, &st) < 0)
		return segen_fail(err, errno == EACCES ? -EPERM : -ESRCH,
				  "cannot look into the namespaces of process %d: %s",
				  pid, strerror(errno));
	if (pid_ns_of(theirs) != pid_ns_of(own) && st.ns_tgid == 1) {
		m->pid_ns = pid_ns_of(theirs);
		return 0;
	}
	m->cgroup = own_cgroup(pid);
	if (m->cgroup)
		return 0;
	return segen_fail(err, -ENOTSUP,
			  "the container of process %d has neither a PID namespace nor a "
			  "cgroup of its own; use -p with its processes",
			  pid);
}

bool attach_scope_has(const struct attach_scope *m, pid_t pid)
{
	return m->pid_ns ? is_in_pid_ns(pid, m->pid_ns) : is_in_cgroup(pid, m->cgroup);
}

static bool is_runtime_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(runtime_names); i++)
		if (!strncmp(name, runtime_names[i], strlen(runtime_names[i])))
			return true;
	return false;
}

/* The parent may exit meanwhile: retry. */
static bool has_parent_outside(const struct attach_scope *m, pid_t pid,
			       struct proc_stat *ret)
{
	pid_t parent;

	if (proc_stat_read(pid, ret) < 0)
		return false;
	do {
		parent = ret->ppid;
		if (attach_scope_has(m, parent))
			return false;
		if (proc_stat_read(pid, ret) < 0)
			return false;
	} while (ret->ppid != parent);
	return true;
}

bool attach_scope_is_guest(const struct attach_scope *m, pid_t pid, bool late,
			   bool *ret_runtime)
{
	struct proc_stat st;
	bool certain;

	*ret_runtime = false;
	if (!has_parent_outside(m, pid, &st))
		return false;
	/*
	 * A process comes into a PID namespace by fork only.  In a cgroup it may also be
	 * an orphan, whose new parent is outside: then only a name tells.
	 */
	certain = m->pid_ns || late || is_runtime_name(st.name);
	*ret_runtime = certain && st.is_copy;
	return certain && pid != m->first;
}
