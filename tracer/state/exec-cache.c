/* exec-cache.c: a table of inodes. */
#include "state/exec-cache.h"

#include <segen/syscall.h>
#include <segen/util.h>

#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PAGE 4096u /* divides every page size that Linux has */
#define NAME_LEN 512u

static const char *const moves[] = {
	"chroot", "mount", "move_mount", "pivot_root", "setns", "unshare",
};

void exec_claim_done(struct exec_claim *c)
{
	free(c->name);
	*c = (struct exec_claim){};
}

/* False: not all of it can be read, or it is too long. */
static bool read_path(pid_t tid, uint64_t address, char path[NAME_LEN])
{
	size_t first = MIN(PAGE - address % PAGE, (uint64_t)NAME_LEN);
	struct iovec here = {path, NAME_LEN};
	/* What follows the string may not be mapped. */
	struct iovec there[] = {
		{(void *)(uintptr_t)address, first},
		{(void *)(uintptr_t)(address + first), NAME_LEN - first},
	};
	ssize_t n = process_vm_readv(tid, &here, 1, there, 2, 0);

	return n > 0 && memchr(path, '\0', (size_t)n);
}

/*
 * What /proc/self or /dev/fd stand for is another file for every process: no magic links.
 * A kernel without openat2(2), before 5.6, has no cache.
 */
static int open_path(const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

static bool file_of(const struct stat *st, struct exec_file *ret)
{
	if (!S_ISREG(st->st_mode) || st->st_mode & (S_ISUID | S_ISGID))
		return false;
	*ret = (struct exec_file){
		.dev = st->st_dev,
		.ino = st->st_ino,
		.ctime = st->st_ctim,
	};
	return true;
}

static bool same_file(const struct exec_file *a, const struct exec_file *b)
{
	return a->ino && a->ino == b->ino && a->dev == b->dev &&
	       a->ctime.tv_sec == b->ctime.tv_sec && a->ctime.tv_nsec == b->ctime.tv_nsec;
}

/* As the kernel names it, or NULL. */
static char *name_of(int fd)
{
	char link[64], name[NAME_LEN];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, sizeof(name));
	if (n <= 0 || n == (ssize_t)sizeof(name) || name[0] != '/')
		return NULL;
	/* Perhaps not a name but a remark of the kernel's (program.c). */
	return name[n - 1] == ')' ? NULL : xstrndup(name, (size_t)n);
}

static size_t slot_of(const struct exec_file *f)
{
	return (size_t)(f->ino ^ f->ino >> 6) % EXEC_CACHE_SLOTS;
}

void exec_claim_make(struct exec_claim *c, const struct exec_cache *cache, pid_t tid,
		     uint64_t address)
{
	_cleanup_close_ int fd = -1;
	char path[NAME_LEN];
	struct stat st;

	exec_claim_done(c);
	if (!read_path(tid, address, path) || path[0] != '/')
		return;
	fd = open_path(path);
	if (fd < 0 || fstat(fd, &st) < 0 || !file_of(&st, &c->file))
		return;
	if (same_file(&cache->files[slot_of(&c->file)], &c->file))
		c->name = name_of(fd);
}

void exec_cache_learn(struct exec_cache *cache, const struct exec_claim *c, pid_t pid)
{
	struct exec_file file;
	char exe[64];
	struct stat st;

	snprintf(exe, sizeof(exe), "/proc/%d/exe", pid);
	if (!c->file.ino || stat(exe, &st) < 0 || !file_of(&st, &file) ||
	    !same_file(&file, &c->file) ||
	    getxattr(exe, "security.capability", NULL, 0) > 0)
		return;
	cache->files[slot_of(&file)] = file;
}

bool exec_cache_is_move(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(moves); i++)
		if (!strcmp(moves[i], name))
			return true;
	return false;
}

static bool is_clone_elsewhere(const struct segen_call *c, const char *name)
{
	const struct segen_values *v = segen_call_values(c, 0);

	if (strcmp(name, "clone") != 0)
		return false;
	for (unsigned i = 0; v && i < v->n; i++)
		if (v->v[i] & CLONE_NEWNS)
			return true;
	return v && v->many;
}

bool exec_cache_may_move(const struct segen_trace *known)
{
	for (size_t i = 0; known && i < known->n_calls; i++) {
		const struct segen_call *c = known->calls[i];
		_cleanup_free_ char *name = segen_syscall_name(c->arch, c->nr);

		if (name && (exec_cache_is_move(name) || is_clone_elsewhere(c, name)))
			return true;
	}
	return false;
}
