/* test-mappings.c: what changes between two stops is seen. */
#include "unwind/mappings.h"

#include <segen/util.h>

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/tap.h"

#define PAGE 4096

static unsigned gone_at; /* of the page under test */
static uint64_t page;

static void gone(void *ctx, const struct procmap *map)
{
	gone_at += map->start <= page && page < map->end;
}

static const struct procmap *look(struct mappings *m, uint64_t addr)
{
	return mappings_read(m, getpid(), gone, NULL) ? mappings_find(m, addr) : NULL;
}

static void map_file(off_t offset, int prot)
{
	_cleanup_close_ int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int where = page ? MAP_FIXED : 0;
	void *p = mmap((void *)(uintptr_t)page, PAGE, prot, MAP_PRIVATE | where, fd,
		       offset);

	if (p != MAP_FAILED)
		page = (uint64_t)(uintptr_t)p;
}

static void test_changes(struct mappings *m)
{
	void *at = (void *)(uintptr_t)page;
	const struct procmap *map = look(m, page);

	if (!ok(map, "a file: it is found"))
		return;
	ok(!map->exec, "a file: it cannot be executed");
	ok(map->inode, "a file: it has an inode");
	is_int(gone_at, 0, "a file: nothing is gone");
	map = look(m, page);
	ok(map && map->start == page, "no change: the same mapping");
	is_int(gone_at, 0, "no change: nothing is gone");
	mprotect(at, PAGE, PROT_READ | PROT_EXEC);
	map = look(m, page);
	ok(map && map->exec, "executable: seen");
	is_int(gone_at, 0, "executable: the same bytes");
	map_file(PAGE, PROT_READ | PROT_EXEC);
	map = look(m, page);
	ok(map && map->offset == PAGE, "another part of the file: seen");
	is_int(gone_at, 1, "another part of the file: the old one is gone");
	mprotect(at, PAGE, PROT_READ | PROT_WRITE);
	map = look(m, page);
	ok(map && map->write, "writable: seen");
	is_int(gone_at, 2, "writable: nothing is kept of it");
	munmap(at, PAGE);
	ok(!look(m, page), "unmapped: nothing is found");
	map_file(0, PROT_READ);
	map = look(m, page);
	ok(map && !map->write && !map->offset, "mapped again: found");
}

/* A stack grows without a call. */
static int deeper(struct mappings *m)
{
	char much[1 << 20];
	const struct procmap *map;

	memset(much, 1, sizeof(much));
	map = look(m, (uint64_t)(uintptr_t)much);
	ok(map && map->write && !strcmp(map->path, "[stack]"),
	   "a stack that has grown: it is found with its new size");
	return much[5];
}

int main(void)
{
	struct mappings m = {};

	map_file(0, PROT_READ);
	test_changes(&m);
	deeper(&m);
	mappings_done(&m);
	return done();
}
