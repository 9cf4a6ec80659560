/* daemon.c: finds dockerd by its pid file and signals it. */
#include "oci/daemon.h"

#include <segen/json.h>
#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define PROGRAM "dockerd"

pid_t daemon_parse_pid(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	long pid;

	if (!digits || text[digits + strspn(text + digits, " \t\r\n")])
		return 0;
	errno = 0;
	pid = strtol(text, NULL, 10);
	/* 1 is the whole machine, and beyond an int there is "everybody". */
	return errno || pid <= 1 || pid > INT_MAX ? 0 : (pid_t)pid;
}

/* The value of "--NAME=VALUE" or "--NAME VALUE", with one dash or two; NULL. */
static const char *value_of(const char *word, const char *next, const char *name)
{
	size_t n = strlen(name);

	if (*word != '-')
		return NULL;
	word += word[1] == '-' ? 2 : 1;
	if (strncmp(word, name, n) != 0 || (word[n] && word[n] != '='))
		return NULL;
	return word[n] ? word + n + 1 : next;
}

void daemon_parse_cmdline(const char *text, size_t len, struct daemon *ret)
{
	for (const char *s = text; s < text + len; s += strlen(s) + 1) {
		const char *next = s + strlen(s) + 1, *file;

		next = next < text + len ? next : NULL;
		ret->has_runtimes |= value_of(s, next, "add-runtime") != NULL;
		file = value_of(s, next, "config-file");
		if (!file)
			continue;
		free(ret->config_file);
		ret->config_file = xstrdup(file);
	}
}

/* A small regular file; what else may be at the path is not waited for. */
static int read_pidfile(const char *path, pid_t *ret, struct segen_error *err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	char text[64];
	ssize_t n;

	if (fd < 0)
		return segen_fail_errno(err, -errno, "no daemon was notified: '%s'",
					path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return segen_fail(err, -EINVAL, "'%s' is not a regular file", path);
	n = read(fd, text, sizeof(text) - 1);
	text[MAX(n, 0)] = 0;
	*ret = daemon_parse_pid(text);
	return *ret ? 0
		    : segen_fail(err, -EINVAL, "'%s' does not hold a process id", path);
}

/* The name of its program, which may have been replaced meanwhile. */
static bool is_dockerd(pid_t pid)
{
	_cleanup_free_ char *link = xasprintf("/proc/%d/exe", pid);
	char path[PATH_MAX];
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	const char *name;

	if (n < 0)
		return false;
	path[n] = 0;
	name = strrchr(path, '/');
	name = name ? name + 1 : path;
	return !strncmp(name, PROGRAM, strlen(PROGRAM)) &&
	       strchr(" -", name[strlen(PROGRAM)]);
}

static int send(const struct daemon *d, int sig)
{
	return syscall(SYS_pidfd_send_signal, d->fd, sig, NULL, 0) < 0 ? -errno : 0;
}

int daemon_find(const char *pidfile, struct daemon *ret, struct segen_error *err)
{
	_cleanup_free_ char *cmdline = NULL, *path = NULL;
	size_t len = 0;
	int r;

	*ret = (struct daemon){.fd = -1};
	r = read_pidfile(pidfile, &ret->pid, err);
	if (r < 0)
		return r;
	ret->fd = (int)syscall(SYS_pidfd_open, ret->pid, 0);
	if (ret->fd < 0)
		return segen_fail(err, -ENOENT,
				  "process %d, named in '%s', does not exist", ret->pid,
				  pidfile);
	if (!is_dockerd(ret->pid))
		return segen_fail(err, -EINVAL,
				  "process %d, named in '%s', is not dockerd", ret->pid,
				  pidfile);
	path = xasprintf("/proc/%d/cmdline", ret->pid);
	if (segen_file_read(path, &cmdline, &len, NULL) == 0)
		daemon_parse_cmdline(cmdline, len, ret);
	/* All of this was its own if it is still there: ids are not used again before. */
	return send(ret, 0) < 0
		       ? segen_fail(err, -ENOENT, "process %d has ended", ret->pid)
		       : 0;
}

void daemon_done(struct daemon *d)
{
	if (d->fd >= 0)
		close(d->fd);
	free(d->config_file);
	*d = (struct daemon){.fd = -1};
}

int daemon_reload(const struct daemon *d, struct segen_error *err)
{
	int r = send(d, SIGHUP);

	return r < 0 ? segen_fail_errno(err, r, "cannot signal the daemon (%d)", d->pid)
		     : 0;
}
