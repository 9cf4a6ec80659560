/* modules.c: a small cache of modules and their symbols. */
#include "unwind/modules.h"

#include "proc/program.h"

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULES_MAX 64
#define HEAD_BYTES 1024 /* file header, program headers, usually the build id */
#define SYMBOL_BYTES_MAX (3u << 20)
#define FRAME_BYTES_MAX (16u << 20)
#define DEVICES_MAX 16

struct entry {
	struct module module; /* first: a module's address is its entry's */
	uint64_t inode;
	uint32_t major, minor;
	unsigned char head[HEAD_BYTES];
	bool is_elf, symbols_tried;
	struct elf_symtab symbols;
};

struct device {
	uint32_t minor;
	enum mount_kind kind;
};

struct modules {
	struct entry *v[MODULES_MAX];
	size_t n, oldest;
	struct device devices[DEVICES_MAX];
	size_t n_devices;
};

struct modules *modules_new(void)
{
	return xcalloc(1, sizeof(struct modules));
}

static void entry_free(struct entry *e)
{
	elf_symtab_done(&e->symbols);
	free(e->module.index);
	free(e);
}

void modules_free(struct modules *ms)
{
	if (!ms)
		return;
	for (size_t i = 0; i < ms->n; i++)
		entry_free(ms->v[i]);
	free(ms);
}

/* Memory as the source of an image: position 0 is where the file's start is mapped. */
struct memory {
	struct remote_mem *mem;
	uint64_t base;
};

static bool read_memory(void *ctx, uint64_t at, void *buf, size_t n)
{
	const struct memory *m = ctx;

	return remote_mem_read(m->mem, m->base + at, buf, n);
}

static bool read_file(void *ctx, uint64_t at, void *buf, size_t n)
{
	const int *fd = ctx;

	return at <= INT64_MAX && pread(*fd, buf, n, (off_t)at) == (ssize_t)n;
}

static struct entry *find(const struct modules *ms, const struct procmap *start,
			  const unsigned char *head)
{
	for (size_t i = 0; i < ms->n; i++) {
		struct entry *e = ms->v[i];

		if (e->inode == start->inode && e->major == start->major &&
		    e->minor == start->minor && !memcmp(e->head, head, HEAD_BYTES))
			return e;
	}
	return NULL;
}

/*
 * A device node or a pipe may do anything when opened, and a file that a tracee serves
 * never opens: look first, at what the kernel has in memory.
 */
static int open_regular(int at, pid_t tid)
{
	const int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
	char again[64];
	struct statx st;

	if (at < 0 || statx(at, "", flags, STATX_TYPE, &st) < 0 || !S_ISREG(st.stx_mode))
		return -1;
	if (mount_kind(tid, st.stx_dev_major, st.stx_dev_minor) == MOUNT_SERVED)
		return -1;
	snprintf(again, sizeof(again), "/proc/self/fd/%d", at);
	return open(again, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

/* A link of /proc leads to its file without asking the filesystem. */
static int open_link(const char *link, pid_t tid)
{
	_cleanup_close_ int at = open(link, O_PATH | O_CLOEXEC);

	return open_regular(at, tid);
}

/*
 * What is called @path where @tid lives.  On the way a tracee may have to be asked, which
 * is stopped: only what the kernel knows without asking is taken.  The way to a file that
 * is mapped is known as a rule.
 */
static int open_named(const char *path, pid_t tid)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_CACHED,
	};
	_cleanup_close_ int root = -1, at = -1;
	char link[64];

	snprintf(link, sizeof(link), "/proc/%d/root", tid);
	root = open(link, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -1;
	at = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	if (at < 0 && (errno == EINVAL || errno == ENOSYS) && !mount_any_served(tid)) {
		/* Linux before 5.12 cannot say what it knows. */
		_cleanup_free_ char *named = xasprintf("%s%s", link, path);

		at = open(named, O_PATH | O_CLOEXEC);
	}
	return open_regular(at, tid);
}

static bool same_head(int fd, const struct entry *e)
{
	unsigned char head[HEAD_BYTES];

	return read_file(&fd, 0, head, sizeof(head)) &&
	       !memcmp(head, e->head, sizeof(head));
}

/*
 * The mapped file itself where that is permitted (it may have been deleted, or lie in
 * another mount namespace), else what has its name there now, if it looks the same.
 */
static int open_module(const struct entry *e, pid_t tid, const struct procmap *start)
{
	_cleanup_close_ int fd = -1;
	char path[96];

	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", tid,
		 (unsigned long long)start->start, (unsigned long long)start->end);
	fd = open_link(path, tid);
	if (fd < 0)
		fd = open_named(start->path, tid);
	if (fd < 0) {
		snprintf(path, sizeof(path), "/proc/%d/exe", tid);
		fd = open_link(path, tid);
	}
	return fd >= 0 && same_head(fd, e) ? TAKE_FD(fd) : -1;
}

/* Programs without .eh_frame_hdr: static ones. */
static void index_frames(struct entry *e, pid_t tid, const struct procmap *start)
{
	_cleanup_(elf_sections_done) struct elf_sections sections = {};
	_cleanup_close_ int fd = open_module(e, tid, start);
	const struct elf_source src = {read_file, &fd};
	_cleanup_free_ unsigned char *bytes = NULL;
	struct module *m = &e->module;
	const struct elf_section *s;

	if (fd < 0 || !elf_sections_read(&m->image, &src, &sections))
		return;
	s = elf_sections_find(&m->image, &src, &sections, ".eh_frame");
	if (!s || s->size > FRAME_BYTES_MAX)
		return;
	bytes = xcalloc(s->size, 1);
	if (!read_file(&fd, s->offset, bytes, s->size))
		return;
	m->index_vaddr = s->vaddr;
	m->n_index = eh_frame_index(bytes, s->size, s->vaddr, m->image.is64 ? 8 : 4,
				    &m->index);
}

static struct entry *add(struct modules *ms, pid_t tid, struct remote_mem *mem,
			 const struct procmap *start, const unsigned char *head)
{
	struct memory memory = {mem, start->start};
	const struct elf_source src = {read_memory, &memory};
	struct entry *e = xcalloc(1, sizeof(*e));
	struct module *m = &e->module;

	e->inode = start->inode;
	e->major = start->major;
	e->minor = start->minor;
	memcpy(e->head, head, HEAD_BYTES);
	e->is_elf = elf_image_read(&src, &m->image) == 0;
	if (e->is_elf) {
		elf_image_build_id(&m->image, &src, m->build_id);
		elf_image_unwind_table(&m->image, &src, &m->unwind);
		if (!m->unwind.n && start->inode)
			index_frames(e, tid, start);
	}
	if (ms->n < MODULES_MAX) {
		ms->v[ms->n++] = e;
		return e;
	}
	entry_free(ms->v[ms->oldest]);
	ms->v[ms->oldest] = e;
	ms->oldest = (ms->oldest + 1) % MODULES_MAX;
	return e;
}

const struct module *modules_get(struct modules *ms, pid_t tid, struct remote_mem *mem,
				 const struct procmap *start)
{
	unsigned char head[HEAD_BYTES];
	struct entry *e;

	if (!remote_mem_read(mem, start->start, head, sizeof(head)))
		return NULL;
	e = find(ms, start, head);
	if (!e)
		e = add(ms, tid, mem, start, head);
	return e->is_elf ? &e->module : NULL;
}

bool module_index_word(const struct module *m, uint64_t at, unsigned long *ret)
{
	size_t n = m ? m->n_index * sizeof(*m->index) : 0;

	if (at > n || n - at < sizeof(*ret))
		return false;
	memcpy(ret, (const char *)m->index + at, sizeof(*ret));
	return true;
}

static void load_from_file(struct entry *e, pid_t tid, const struct procmap *start)
{
	_cleanup_close_ int fd = open_module(e, tid, start);
	const struct elf_source src = {read_file, &fd};

	if (fd >= 0)
		elf_symtab_load(&e->module.image, &src, &e->symbols);
}

/* The vdso is all in memory, section headers too. */
static void load_from_memory(struct entry *e, struct remote_mem *mem,
			     const struct procmap *start)
{
	struct memory memory = {mem, start->start};
	const struct elf_source src = {read_memory, &memory};

	elf_symtab_load(&e->module.image, &src, &e->symbols);
}

/* Programs with very large tables must not make this one large. */
static void limit_symbols(struct modules *ms, const struct entry *keep)
{
	size_t bytes = 0;

	for (size_t i = 0; i < ms->n; i++)
		bytes += elf_symtab_bytes(&ms->v[i]->symbols);
	for (size_t i = 0; bytes > SYMBOL_BYTES_MAX && i < ms->n; i++) {
		struct entry *e = ms->v[i];

		if (e == keep)
			continue;
		bytes -= elf_symtab_bytes(&e->symbols);
		elf_symtab_done(&e->symbols);
		e->symbols_tried = false;
	}
}

const char *modules_symbol(struct modules *ms, const struct module *module, pid_t tid,
			   struct remote_mem *mem, const struct procmap *start,
			   uint64_t vaddr, uint64_t *ret_value)
{
	struct entry *e = (struct entry *)module;

	if (!e->symbols_tried) {
		e->symbols_tried = true;
		if (start->inode)
			load_from_file(e, tid, start);
		else
			load_from_memory(e, mem, start);
		limit_symbols(ms, e);
	}
	return elf_symtab_find(&e->symbols, vaddr, ret_value);
}

void modules_forget_devices(struct modules *ms)
{
	ms->n_devices = 0;
}

enum mount_kind modules_mount_kind(struct modules *ms, pid_t tid,
				   const struct procmap *map)
{
	struct device *d = ms->devices;

	if (!map->inode || map->major != 0)
		return MOUNT_KERNEL;
	for (size_t i = 0; i < ms->n_devices; i++)
		if (d[i].minor == map->minor)
			return d[i].kind;
	if (ms->n_devices == DEVICES_MAX)
		ms->n_devices = 0;
	d += ms->n_devices++;
	*d = (struct device){map->minor, mount_kind(tid, map->major, map->minor)};
	return d->kind;
}
