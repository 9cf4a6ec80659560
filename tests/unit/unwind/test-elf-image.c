/* test-elf-image.c: this program's own file, whole and spoilt. */
#include "unwind/elf-image.h"

#include <segen/util.h>

#include <elf.h>
#include <string.h>

#include "tests/tap.h"

struct bytes {
	unsigned char *v;
	size_t n;
};

static bool read_bytes(void *ctx, uint64_t at, void *buf, size_t n)
{
	const struct bytes *b = ctx;

	if (at > b->n || n > b->n - at)
		return false;
	memcpy(buf, b->v + at, n);
	return true;
}

static struct bytes whole_file(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/exe", "re");
	struct bytes b = {xcalloc(1, 32 << 20), 0};

	if (f)
		b.n = fread(b.v, 1, 32 << 20, f);
	return b;
}

void known_function(void);
__attribute__((noinline)) void known_function(void)
{
	__asm__ volatile("" ::: "memory");
}

static void test_own(const struct bytes *file)
{
	const struct elf_source src = {read_bytes, (void *)file};
	_cleanup_(elf_symtab_done) struct elf_symtab t = {};
	char build_id[ELF_BUILD_ID_MAX + 1];
	struct elf_unwind_table table;
	const char *name = NULL;
	struct elf_image e;
	uint64_t value = 0;

	ok(elf_image_read(&src, &e) == 0 && e.n_loads > 1 &&
		   e.is64 == (sizeof(long) == 8),
	   "the headers");
	/* The first segments of this file lie in memory as in the file. */
	elf_image_build_id(&e, &src, build_id);
	ok(strspn(build_id, "0123456789abcdef") == 40 && !build_id[40], "the build id");
	elf_image_unwind_table(&e, &src, &table);
	ok(table.n > 3 && table.header > e.base, "the unwind table");
	elf_symtab_load(&e, &src, &t);
	ok(t.n > 3 && elf_symtab_bytes(&t) > 0, "the symbols");
	for (size_t i = 0; i < t.n; i++)
		if (!strcmp(t.names + t.v[i].name, "known_function"))
			name = elf_symtab_find(&t, t.v[i].value + t.v[i].size - 1,
					       &value);
	ok(name && !strcmp(name, "known_function"), "the last byte of a function");
	ok(!elf_symtab_find(&t, 0, &value), "no function");
}

static struct elf_symtab table_of(const char *names, size_t len,
				  const struct elf_symbol *v, size_t n)
{
	struct elf_symtab t = {.n = n, .names_len = len};

	t.names = xcalloc(len + 1, 1);
	memcpy(t.names, names, len);
	t.v = xcalloc(n, sizeof(*v));
	memcpy(t.v, v, n * sizeof(*v));
	return t;
}

/* Offsets: __write 1, write 9, local 15, inner 21, label 27. */
static const char names[] = "\0__write\0write\0local\0inner\0label";

static void test_choice(void)
{
	static const struct elf_symbol v[] = {
		{.value = 0x100, .size = 0x80, .name = 15, .bind = STB_LOCAL},
		{.value = 0x100, .size = 0x80, .name = 1, .bind = STB_GLOBAL},
		{.value = 0x100, .size = 0x80, .name = 9, .bind = STB_WEAK},
		{.value = 0x120, .size = 0x10, .name = 21, .bind = STB_LOCAL},
		{.value = 0x178, .size = 0, .name = 27, .bind = STB_GLOBAL},
	};
	_cleanup_(elf_symtab_done) struct elf_symtab t =
		table_of(names, sizeof(names), v, ARRAY_SIZE(v));
	uint64_t value;

	ok(!strcmp(elf_symtab_find(&t, 0x101, &value), "write") && value == 0x100,
	   "of several names the plain one");
	ok(!strcmp(elf_symtab_find(&t, 0x125, &value), "inner") && value == 0x120,
	   "the nearest start");
	ok(!strcmp(elf_symtab_find(&t, 0x17f, &value), "write"),
	   "one that has a size before one that has none");
	ok(!strcmp(elf_symtab_find(&t, 0x180, &value), "label"),
	   "one without a size reaches on");
	ok(!elf_symtab_find(&t, 0x10000, &value), "but not far");
}

/* Nothing to see but that it ends, without a fault (run it with sanitizers). */
static void test_spoilt(const struct bytes *file)
{
	struct bytes copy = {xcalloc(1, file->n), file->n};
	const struct elf_source src = {read_bytes, &copy};
	uint64_t state = 88172645463325252ull;
	unsigned still = 0;

	for (unsigned round = 0; round < 300; round++) {
		_cleanup_(elf_symtab_done) struct elf_symtab t = {};
		char build_id[ELF_BUILD_ID_MAX + 1];
		struct elf_unwind_table table;
		struct elf_image e;

		memcpy(copy.v, file->v, file->n);
		copy.n = round % 3 ? file->n : round * (file->n / 300);
		for (unsigned i = 0; i < 40; i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			/* Headers at both ends: of the file, its segments, its sections.
			 */
			copy.v[i % 2 ? 20 + (state >> 8) % 800
				     : file->n - 1 - (state >> 8) % 2500] =
				(unsigned char)state;
		}
		if (elf_image_read(&src, &e) < 0)
			continue;
		still++;
		elf_image_build_id(&e, &src, build_id);
		elf_image_unwind_table(&e, &src, &table);
		elf_symtab_load(&e, &src, &t);
		for (uint64_t at = 0; at < 1 << 20; at += 4093) {
			elf_symtab_find(&t, at, &(uint64_t){0});
			elf_image_vaddr(&e, at, &(uint64_t){0});
		}
	}
	free(copy.v);
	ok(still > 30, "spoilt files do no harm (%u were still ELF files)", still);
}

int main(void)
{
	struct bytes file = whole_file();

	test_own(&file);
	test_choice();
	test_spoilt(&file);
	free(file.v);
	return done();
}
