/* remote-mem.c: a direct-mapped page cache over process_vm_readv() and memory.h. */
#include "ptrace/remote-mem.h"

#include "ptrace/memory.h"

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>

#define PAGE 4096u /* of the cache: divides every page size that Linux has */
#define SLOTS 64u

struct page {
	uint64_t addr;
	unsigned stop; /* 0: empty; else when it was last right */
	bool kept;
	unsigned char data[PAGE];
};

struct remote_mem {
	enum remote_mem_keep (*keep)(void *ctx, uint64_t addr);
	void *ctx;
	pid_t tid;
	unsigned stop;
	unsigned reads;		 /* left */
	bool no_vm_readv;	 /* refused here: old engines' filters do */
	const struct page *last; /* most reads are beside the one before; or NULL */
	struct page pages[SLOTS];
};

struct remote_mem *remote_mem_new(enum remote_mem_keep (*keep)(void *ctx, uint64_t addr),
				  void *ctx)
{
	struct remote_mem *m = xcalloc(1, sizeof(*m));

	m->keep = keep;
	m->ctx = ctx;
	return m;
}

void remote_mem_free(struct remote_mem *m)
{
	free(m);
}

void remote_mem_begin(struct remote_mem *m, pid_t tid, unsigned reads)
{
	m->tid = tid;
	m->reads = reads;
	m->last = NULL;
	if (++m->stop == 0) {
		remote_mem_forget(m, 0, UINT64_MAX);
		m->stop = 1;
	}
}

void remote_mem_forget(struct remote_mem *m, uint64_t start, uint64_t end)
{
	m->last = NULL;
	for (size_t i = 0; i < SLOTS; i++)
		if (m->pages[i].addr >= start && m->pages[i].addr < end)
			m->pages[i].stop = 0;
}

static bool read_proc_mem(const struct remote_mem *m, struct page *p)
{
	_cleanup_close_ int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", m->tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && pread(fd, p->data, PAGE, (off_t)p->addr) == (ssize_t)PAGE;
}

static bool read_page(struct remote_mem *m, struct page *p)
{
	struct iovec here = {p->data, PAGE}, there = {(void *)(uintptr_t)p->addr, PAGE};
	ssize_t n;

	if (m->no_vm_readv)
		return read_proc_mem(m, p);
	n = process_vm_readv(m->tid, &here, 1, &there, 1, 0);
	if (n >= 0 || (errno != EPERM && errno != ENOSYS))
		return n == (ssize_t)PAGE;
	m->no_vm_readv = true;
	return read_proc_mem(m, p);
}

static const struct page *get_page(struct remote_mem *m, uint64_t addr)
{
	struct page *p = &m->pages[addr / PAGE % SLOTS];
	enum remote_mem_keep keep;

	if (p->stop == m->stop && p->addr == addr)
		return m->last = p;
	keep = m->keep(m->ctx, addr);
	if (keep == REMOTE_MEM_KEEP && p->stop && p->kept && p->addr == addr) {
		p->stop = m->stop;
		return m->last = p;
	}
	m->last = NULL;
	p->stop = 0;
	p->addr = addr;
	if (keep == REMOTE_MEM_REFUSE)
		return NULL;
	if (keep == REMOTE_MEM_ONCE && !memory_is_present(m->tid, p->addr, PAGE))
		return NULL;
	if (!read_page(m, p))
		return NULL;
	p->stop = m->stop;
	p->kept = keep == REMOTE_MEM_KEEP;
	return m->last = p;
}

bool remote_mem_read(struct remote_mem *m, uint64_t addr, void *buf, size_t n)
{
	unsigned char *to = buf;

	if (addr + n < addr)
		return false;
	while (n > 0) {
		size_t in = addr % PAGE, part = MIN(n, PAGE - in);
		const struct page *p = m->last;

		if (m->reads == 0)
			return false;
		m->reads--;
		if (!p || p->addr != addr - in)
			p = get_page(m, addr - in);
		if (!p)
			return false;
		memcpy(to, p->data + in, part);
		to += part;
		addr += part;
		n -= part;
	}
	return true;
}

bool remote_mem_word(struct remote_mem *m, uint64_t addr, unsigned long *ret)
{
	size_t in = addr % PAGE;

	if (!m->last || m->last->addr != addr - in || in > PAGE - sizeof(*ret) ||
	    !m->reads)
		return remote_mem_read(m, addr, ret, sizeof(*ret));
	m->reads--;
	memcpy(ret, m->last->data + in, sizeof(*ret));
	return true;
}
