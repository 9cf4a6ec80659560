/* test-mappings.c: what changes between two stops is seen, however the kernel is asked.
 */
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

/* As an unwinder does it: look, and look again if the list was too old. */
static const struct procmap *look(struct mappings *m, uint64_t addr)
{
	const struct procmap *map;

	if (!mappings_begin(m, getpid(), gone, NULL))
		return NULL;
	map = mappings_find(m, addr);
	if (mappings_stale(m))
		map = mappings_read(m, gone, NULL) ? mappings_find(m, addr) : NULL;
	mappings_end(m);
	return map;
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

	ok(map && !map->exec && map->inode && !map->offset && !gone_at, "a file");
	ok(look(m, page) == map && !gone_at, "nothing has changed");
	mprotect(at, PAGE, PROT_READ | PROT_EXEC);
	map = look(m, page);
	ok(map && map->exec && !gone_at, "it may be executed: the same bytes");
	map_file(PAGE, PROT_READ | PROT_EXEC);
	map = look(m, page);
	ok(map && map->offset == PAGE && gone_at == 1, "another part of the file");
	mprotect(at, PAGE, PROT_READ | PROT_WRITE);
	map = look(m, page);
	ok(map && map->write && gone_at == 2, "it may be written: nothing is kept of it");
	munmap(at, PAGE);
	ok(!look(m, page), "nothing is there");
	map_file(0, PROT_READ);
	map = look(m, page);
	ok(map && !map->write && !map->offset, "and something again");
}

/* A stack grows without a call. */
static int deeper(struct mappings *m)
{
	char much[1 << 20];
	const struct procmap *map;

	memset(much, 1, sizeof(much));
	map = look(m, (uint64_t)(uintptr_t)much);
	ok(map && map->write && !strcmp(map->path, "[stack]"), "a stack that has grown");
	return much[5];
}

int main(void)
{
	struct mappings m = {};

	map_file(0, PROT_READ);
	look(&m, page);
	printf("# the kernel %s single mappings\n",
	       m.no_ask ? "does not tell of" : "tells of");
	test_changes(&m);
	deeper(&m);
	/* As on a kernel before 6.11. */
	m.no_ask = true;
	gone_at = 0;
	test_changes(&m);
	mappings_done(&m);
	return done();
}
