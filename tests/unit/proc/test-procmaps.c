/* test-procmaps.c: the list of mappings, made up and real. */
#include "proc/procmaps.h"

#include <segen/util.h>

#include <string.h>
#include <sys/mman.h>

#include "tests/tap.h"

static const char text[] =
	"1000-2000 r--p 00000000 fd:01 77                         /bin/a b\n"
	"2000-4000 r-xp 00001000 fd:01 77                         /bin/a b\n"
	"4000-5000 rw-p 00003000 fd:01 77                         /bin/a b\n"
	"5000-6000 rw-p 00000000 00:00 0 \n"
	"6000-7000 rw-p 00000000 00:00 0                          [heap]\n"
	"rubbish\n"
	"9000-8000 r-xp 00000000 00:00 0 \n"
	"6800-8000 r-xp 00000000 00:00 0 \n"
	"8000-9000 r-xp 00005000 08:0a 9                          /lib/x\\012y (deleted)\n"
	"7fff00000000-7fff00001000 r-xp 00000000 00:00 0          [vdso]\n";

static void test_parse(void)
{
	_cleanup_free_ char *copy = xstrdup(text);
	_cleanup_(procmaps_done) struct procmaps m = {};
	const struct procmap *p;

	procmaps_parse(copy, &m);
	ok(m.n == 7, "lines that are not understood or overlap are left out");
	p = procmaps_find(&m, 0x2fff);
	ok(p && p->exec && !p->write && p->offset == 0x1000 && p->inode == 77 &&
		   p->major == 0xfd && p->minor == 1 && !strcmp(p->path, "/bin/a b"),
	   "the fields");
	ok(procmaps_file_start(&m, p) == &m.v[0], "where its file starts");
	p = procmaps_find(&m, 0x5000);
	ok(p && !*p->path && p->write && !procmaps_file_start(&m, p), "no file");
	p = procmaps_find(&m, 0x8000);
	ok(p && !strcmp(p->path, "/lib/x\ny (deleted)") && !procmaps_file_start(&m, p),
	   "a newline in a path; the start of the file is not mapped");
	ok(!procmaps_find(&m, 0xfff) && !procmaps_find(&m, 0x9000) &&
		   !procmaps_find(&m, UINT64_MAX),
	   "nothing is there");
	ok(procmaps_find(&m, 0x7fff00000fff) == &m.v[6], "the last byte of the last");
}

static bool still_there(const char *now, size_t i)
{
	_cleanup_free_ char *copy = xstrdup(now), *old_copy = xstrdup(text);
	_cleanup_(procmaps_done) struct procmaps m = {}, old = {};

	procmaps_parse(copy, &m);
	procmaps_parse(old_copy, &old);
	return procmaps_still_there(&m, &old.v[i]);
}

static void test_still_there(void)
{
	ok(still_there(text, 0) && still_there(text, 1), "nothing changed");
	ok(still_there("2000-3000 r-xp 00001000 fd:01 77 /bin/a b\n"
		       "3000-5000 r--p 00002000 fd:01 77 /bin/a b\n",
		       1),
	   "split by mprotect");
	ok(!still_there("2000-3000 r-xp 00001000 fd:01 77 /bin/a b\n", 1),
	   "half unmapped");
	ok(!still_there("2000-4000 rwxp 00001000 fd:01 77 /bin/a b\n", 1),
	   "made writable");
	ok(!still_there("2000-4000 r-xp 00002000 fd:01 77 /bin/a b\n", 1),
	   "another part");
	ok(!still_there("2000-4000 r-xp 00001000 fd:01 78 /bin/a b\n", 1),
	   "another file");
	ok(!still_there("", 1), "nothing left");
}

static void test_real(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/maps", "re");
	_cleanup_free_ char *all = xcalloc(1, 1 << 20);
	_cleanup_(procmaps_done) struct procmaps m = {};
	const struct procmap *p;

	ok(f && fread(all, 1, (1 << 20) - 1, f) > 0, "our own");
	procmaps_parse(all, &m);
	p = procmaps_find(&m, (uintptr_t)test_real);
	ok(p && p->exec && strstr(p->path, "test-procmaps"), "where our code is");
	ok(procmaps_file_start(&m, p) &&
		   !memcmp((void *)(uintptr_t)procmaps_file_start(&m, p)->start,
			   "\177ELF", 4),
	   "where our file starts");
}

int main(void)
{
	test_parse();
	test_still_there();
	test_real();
	return done();
}
