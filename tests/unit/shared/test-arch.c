/* The table of architectures, against libseccomp, audit.h and the running kernel. */
#include <segen/arch.h>
#include <segen/util.h>

#include <linux/audit.h>
#include <seccomp.h>
#include <string.h>
#include <sys/utsname.h>

#include "tests/tap.h"

static void test_rows(void)
{
	size_t n, bad = 0;
	const struct segen_arch *a = segen_arches(&n);

	for (size_t i = 0; i < n; i++) {
		const char *words[] = {a[i].name, a[i].oci, a[i].docker, a[i].machine};

		for (size_t k = 0; k < ARRAY_SIZE(words); k++)
			bad += words[k] && segen_arch_by_name(words[k]) != &a[i];
		bad += strncmp(a[i].oci, "SCMP_ARCH_", 10) != 0;
		for (size_t k = 0; k < ARRAY_SIZE(a[i].subs) && a[i].subs[k]; k++)
			bad += !segen_arch_by_name(a[i].subs[k]) ||
			       segen_arch_by_name(a[i].subs[k]) == &a[i];
		for (size_t k = 0; k < i; k++)
			bad += a[k].scmp == a[i].scmp;
	}
	ok(!bad && n >= 19, "%zu rows: every word leads to its own row", n);
}

/* libseccomp has its own words for them, mostly ours. */
static void test_libseccomp(void)
{
	static const struct {
		const char *scmp, *ours;
	} words[] = {
		{"x86_64", "x86_64"},
		{"x86", "i386"},
		{"x32", "x32"},
		{"aarch64", "aarch64"},
		{"arm", "arm"},
		{"mips", "mips"},
		{"mipsel", "mipsel"},
		{"mips64", "mips64"},
		{"mips64n32", "mips64n32"},
		{"mipsel64", "mipsel64"},
		{"mipsel64n32", "mipsel64n32"},
		{"ppc", "ppc"},
		{"ppc64", "ppc64"},
		{"ppc64le", "ppc64le"},
		{"s390", "s390"},
		{"s390x", "s390x"},
		{"parisc", "parisc"},
		{"riscv64", "riscv64"},
	};
	size_t bad = 0;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const struct segen_arch *a = segen_arch_by_name(words[i].ours);
		uint32_t theirs = seccomp_arch_resolve_name(words[i].scmp);

		if (!a || a->scmp != theirs ||
		    (a->scmp != SCMP_ARCH_X32 && a->audit != theirs)) {
			printf("# %s\n", words[i].ours);
			bad++;
		}
	}
	ok(!bad, "the tokens of libseccomp, which are those of the kernel");
}

static void test_native(void)
{
	const struct segen_arch *a = segen_arch_native();
	struct utsname u;

	uname(&u);
	ok(a->scmp == seccomp_arch_native(), "native: %s", a->name);
	if (a->machine && strcmp(a->machine, u.machine) != 0)
		skip("the machine's word", "a program of another ABI than the kernel's");
	else
		ok(segen_arch_by_name(u.machine) == a, "by the machine's word");
	ok(!segen_arch_by_name("") && !segen_arch_by_name("vax") &&
		   !segen_arch_by_name("X86_64"),
	   "other words lead nowhere");
}

static const char *of_call(uint32_t audit, int64_t nr, int64_t *ret_nr)
{
	const struct segen_arch *a;

	*ret_nr = nr;
	a = segen_arch_of_call(audit, ret_nr);
	return a ? a->name : "";
}

static void test_of_call(void)
{
	int64_t nr;

	ok(!strcmp(of_call(AUDIT_ARCH_X86_64, 1, &nr), "x86_64") && nr == 1, "x86-64");
	ok(!strcmp(of_call(AUDIT_ARCH_X86_64, SEGEN_X32_BIT + 1, &nr), "x32") && nr == 1,
	   "x32: its bit is taken out");
	ok(!strcmp(of_call(AUDIT_ARCH_X86_64, -1, &nr), "x86_64") && nr == -1,
	   "-1 is no x32 call");
	ok(!strcmp(of_call(AUDIT_ARCH_I386, SEGEN_X32_BIT + 1, &nr), "i386") &&
		   nr == SEGEN_X32_BIT + 1,
	   "nor is one of i386");
	ok(!strcmp(of_call(AUDIT_ARCH_AARCH64, 56, &nr), "aarch64"), "aarch64");
	ok(!strcmp(of_call(0x12345678, 1, &nr), "") && nr == 1, "an unknown one");
}

int main(void)
{
	test_rows();
	test_libseccomp();
	test_native();
	test_of_call();
	return done();
}
