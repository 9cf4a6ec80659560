/* Names and numbers: the tables against libseccomp, the headers, and the kernel. */
#include <segen/syscall.h>
#include <segen/util.h>

#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/tap.h"

struct row {
	const char *name;
	int nr;
	const char *arch, *since;
};

static const struct row rows[] = {
#define NEW(name, nr, since) {#name, nr, NULL, since},
#define NEW_ON(arch, name, nr, since) {#name, nr, #arch, since},
#include "shared/syscall-new.def"
#undef NEW
#undef NEW_ON
};

static bool scmp_agrees(const struct segen_arch *arch, const char *name)
{
	int theirs = seccomp_syscall_resolve_name_arch(arch->scmp, name);
	int ours = segen_syscall_nr(arch, name);

	if (theirs == __NR_SCMP_ERROR || theirs < 0)
		return true;
	return ours == (arch->scmp == SCMP_ARCH_X32 ? theirs & ~SEGEN_X32_BIT : theirs);
}

static void test_new_libseccomp(void)
{
	size_t n, bad = 0;
	const struct segen_arch *arches = segen_arches(&n);

	for (size_t a = 0; a < n; a++)
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			if (!scmp_agrees(&arches[a], rows[i].name)) {
				printf("# %s %s\n", arches[a].name, rows[i].name);
				bad++;
			}
	ok(!bad, "no row contradicts libseccomp");
}

static void test_new_rows(void)
{
	size_t bad = 0;
	unsigned major, minor;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *word = rows[i].arch ? rows[i].arch : "x86_64";
		const struct segen_arch *arch = segen_arch_by_name(word);
		_cleanup_free_ char *name = NULL;

		if (arch)
			name = segen_syscall_name(arch, rows[i].nr);
		if (!name || strcmp(name, rows[i].name) != 0 ||
		    segen_syscall_nr(arch, rows[i].name) != rows[i].nr ||
		    !segen_syscall_known(rows[i].name) ||
		    sscanf(rows[i].since, "%u.%u", &major, &minor) != 2) {
			printf("# %s\n", rows[i].name);
			bad++;
		}
		for (size_t k = 0; k < i; k++)
			bad += !strcmp(rows[k].name, rows[i].name) ||
			       (rows[k].nr == rows[i].nr && rows[k].arch == rows[i].arch);
	}
	ok(!bad, "%zu rows: found by name and by number, none twice", ARRAY_SIZE(rows));
}

/* For every number of every ABI: the name leads back to it. */
static void test_name_nr(void)
{
	size_t n, bad = 0, good = 0;
	const struct segen_arch *arches = segen_arches(&n);

	for (size_t a = 0; a < n; a++)
		for (int nr = 0; nr < 7000; nr++) {
			_cleanup_free_ char *name = segen_syscall_name(&arches[a], nr);

			if (!name)
				continue;
			if (segen_syscall_nr(&arches[a], name) == nr) {
				good++;
				continue;
			}
			printf("# %s %d %s %d\n", arches[a].name, nr, name,
			       segen_syscall_nr(&arches[a], name));
			bad++;
		}
	ok(!bad && good > 5000, "%zu numbers of %zu ABIs lead to a name and back", good,
	   n);
}

static void test_nr_known(void)
{
	static const struct {
		const char *arch, *name;
		int nr;
	} known[] = {
		{"x86_64", "read", 0},
		{"x86_64", "socket", 41},
		{"x86_64", "socketcall", -2},
		{"x86_64", "uretprobe", 335},
		{"x32", "read", 0},
		{"x32", "rt_sigaction", 512},
		{"x32", "uretprobe", -2},
		{"x32", "statmount", 457},
		{"i386", "socket", 359},
		{"i386", "bind", 361},
		{"i386", "socketcall", 102},
		{"i386", "accept4", 364},
		{"i386", "shmget", 395},
		{"i386", "msgget", 399},
		{"i386", "accept", -2},
		{"i386", "recv", -2},
		{"i386", "uretprobe", -2},
		{"i386", "statmount", 457},
		{"aarch64", "socket", 198},
		{"aarch64", "open", -2},
		{"s390x", "socket", 359},
		{"s390x", "clone", 120},
		{"ppc64le", "socket", 326},
		{"mips", "socket", 4183},
		{"mips", "shmget", 4395},
		{"mips", "mseal", 4462},
		{"mips64", "mseal", 5462},
		{"mips64n32", "mseal", 6462},
		{"riscv64", "riscv_hwprobe", 258},
		{"x86_64", "riscv_hwprobe", -2},
		{"x86_64", "no_such_call", -2},
		{"x86_64", "", -2},
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		int nr = segen_syscall_nr(segen_arch_by_name(known[i].arch),
					  known[i].name);

		ok(nr == (known[i].nr == -2 ? -ENOENT : known[i].nr), "%s '%s': %d",
		   known[i].arch, known[i].name, nr);
	}
}

static void test_name_unknown(void)
{
	static const int64_t numbers[] = {-1,
					  -101,
					  -10241,
					  1000000,
					  SEGEN_X32_BIT,
					  INT32_MAX,
					  (int64_t)1 << 32,
					  INT64_MAX,
					  INT64_MIN};
	size_t n, named = 0;
	const struct segen_arch *arches = segen_arches(&n);

	for (size_t a = 0; a < n; a++)
		for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
			_cleanup_free_ char *s =
				segen_syscall_name(&arches[a], numbers[i]);

			named += s != NULL;
		}
	ok(named == 0, "numbers that are no call have no name");
	ok(!segen_syscall_known("no_such_call") && segen_syscall_known("open") &&
		   segen_syscall_known("sync_file_range2"),
	   "names that some architecture has are known");
}

/* The numbers this was compiled with. */
static void test_nr_headers(void)
{
	static const struct {
		const char *name;
		int nr;
	} here[] = {{"read", SYS_read},
		    {"openat", SYS_openat},
		    {"execve", SYS_execve},
		    {"exit_group", SYS_exit_group},
		    {"clone3", SYS_clone3},
		    {"futex_waitv", SYS_futex_waitv},
		    {"rt_sigreturn", SYS_rt_sigreturn},
		    {"seccomp", SYS_seccomp}};
	size_t same = 0;

	for (size_t i = 0; i < ARRAY_SIZE(here); i++)
		same += segen_syscall_nr(segen_arch_native(), here[i].name) == here[i].nr;
	ok(same == ARRAY_SIZE(here), "the numbers of the C library's headers");
}

static void test_arg_facts(void)
{
	size_t n, bad = 0, base = 0;
	const struct segen_arg_fact *facts = segen_arg_facts(&n);

	for (size_t i = 0; i < n; i++) {
		const struct segen_arg_fact *f = &facts[i];

		if (segen_syscall_nr(segen_arch_by_name("x86_64"), f->name) < 0 ||
		    f->index > 5 || !f->mask || !f->what) {
			printf("# %s\n", f->name);
			bad++;
		}
		for (size_t k = 0; k < i; k++)
			bad += !strcmp(facts[k].name, f->name) &&
			       facts[k].index == f->index;
		base += f->base;
	}
	ok(!bad, "%zu arguments: calls exist, none twice", n);
	ok(base >= 3, "%zu of them are in the base", base);
}

static void test_errno_names(void)
{
	size_t bad = 0, named = 0;

	for (int e = -10; e < 5000; e++) {
		const char *name = segen_errno_name(e);

		if (!name)
			continue;
		named++;
		bad += segen_errno_by_name(name) != e;
	}
	ok(!bad && named > 120, "%zu errno values lead to a name and back", named);
	ok(!strcmp(segen_errno_name(ENOSYS), "ENOSYS"), "ENOSYS");
	ok(!segen_errno_name(0) && !segen_errno_name(-1) && !segen_errno_name(512),
	   "what a program never sees has no name");
	ok(segen_errno_by_name("EWOULDBLOCK") == EWOULDBLOCK &&
		   segen_errno_by_name("ENOTSUP") == ENOTSUP &&
		   segen_errno_by_name("EDEADLOCK") == EDEADLOCK,
	   "second names are understood");
	ok(segen_errno_by_name("ENONSENSE") == -ENOENT &&
		   segen_errno_by_name("") == -ENOENT &&
		   segen_errno_by_name("enosys") == -ENOENT,
	   "others are not");
}

/* Tables of arguments: real calls, in order, no row twice. */
static void test_paths(void)
{
	size_t n, bad = 0;
	const struct segen_path_fact *f = segen_path_facts(&n);

	for (size_t i = 0; i < n; i++) {
		int r = i ? strcmp(f[i - 1].name, f[i].name) : -1;

		if (segen_syscall_known(f[i].name) &&
		    (segen_syscall_nargs(f[i].name) < 0 ||
		     (int)f[i].index < segen_syscall_nargs(f[i].name)) &&
		    (r < 0 || (r == 0 && f[i - 1].index < f[i].index)))
			continue;
		printf("# %s %u\n", f[i].name, f[i].index);
		bad++;
	}
	is_int(bad, 0, "paths: rows are of real calls and arguments, in order");
	ok(n > 90, "paths: there are %zu rows", n);
}

static void test_nargs(void)
{
	static const struct {
		const char *name;
		int n;
	} counts[] = {
#define NARGS(name, n) {#name, n},
#include "shared/syscall-nargs.def"
#undef NARGS
	};
	size_t bad = 0;

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		if (segen_syscall_known(counts[i].name) && counts[i].n >= 0 &&
		    counts[i].n <= 6 &&
		    (!i || strcmp(counts[i - 1].name, counts[i].name) < 0))
			continue;
		printf("# %s\n", counts[i].name);
		bad++;
	}
	is_int(bad, 0, "numbers of arguments: real calls, in order, at most 6");
	is_int(segen_syscall_nargs("openat"), 4, "numbers of arguments: openat has 4");
	is_int(segen_syscall_nargs("getpid"), 0, "numbers of arguments: getpid has none");
	is_int(segen_syscall_nargs("nosuch"), -1, "numbers of arguments: not known");
}

int main(void)
{
	test_new_libseccomp();
	test_new_rows();
	test_name_nr();
	test_nr_known();
	test_nr_headers();
	test_name_unknown();
	test_arg_facts();
	test_errno_names();
	test_paths();
	test_nargs();
	return done();
}
