/* arch.c: the architecture table; facts from linux/audit.h, libseccomp and moby. */
#include <segen/arch.h>
#include <segen/util.h>

#include <linux/audit.h>
#include <seccomp.h>
#include <string.h>

#ifndef SCMP_ARCH_LOONGARCH64
#define SCMP_ARCH_LOONGARCH64 0xc0000102u
#endif

static const struct segen_arch table[] = {
	{"x86_64",
	 "SCMP_ARCH_X86_64",
	 "amd64",
	 "x86_64",
	 SCMP_ARCH_X86_64,
	 AUDIT_ARCH_X86_64,
	 {"i386", "x32"}},
	{"i386", "SCMP_ARCH_X86", "x86", "i686", SCMP_ARCH_X86, AUDIT_ARCH_I386, {}},
	{"x32", "SCMP_ARCH_X32", "x32", NULL, SCMP_ARCH_X32, AUDIT_ARCH_X86_64, {}},
	{"aarch64",
	 "SCMP_ARCH_AARCH64",
	 "arm64",
	 "aarch64",
	 SCMP_ARCH_AARCH64,
	 AUDIT_ARCH_AARCH64,
	 {"arm"}},
	{"arm", "SCMP_ARCH_ARM", "arm", "armv7l", SCMP_ARCH_ARM, AUDIT_ARCH_ARM, {}},
	{"mips", "SCMP_ARCH_MIPS", "mips", NULL, SCMP_ARCH_MIPS, AUDIT_ARCH_MIPS, {}},
	{"mips64",
	 "SCMP_ARCH_MIPS64",
	 "mips64",
	 "mips64",
	 SCMP_ARCH_MIPS64,
	 AUDIT_ARCH_MIPS64,
	 {"mips", "mips64n32"}},
	{"mips64n32",
	 "SCMP_ARCH_MIPS64N32",
	 "mips64n32",
	 NULL,
	 SCMP_ARCH_MIPS64N32,
	 AUDIT_ARCH_MIPS64N32,
	 {"mips", "mips64"}},
	{"mipsel",
	 "SCMP_ARCH_MIPSEL",
	 "mipsel",
	 NULL,
	 SCMP_ARCH_MIPSEL,
	 AUDIT_ARCH_MIPSEL,
	 {}},
	{"mipsel64",
	 "SCMP_ARCH_MIPSEL64",
	 "mipsel64",
	 NULL,
	 SCMP_ARCH_MIPSEL64,
	 AUDIT_ARCH_MIPSEL64,
	 {"mipsel", "mipsel64n32"}},
	{"mipsel64n32",
	 "SCMP_ARCH_MIPSEL64N32",
	 "mipsel64n32",
	 NULL,
	 SCMP_ARCH_MIPSEL64N32,
	 AUDIT_ARCH_MIPSEL64N32,
	 {"mipsel", "mipsel64"}},
	{"ppc", "SCMP_ARCH_PPC", "ppc", NULL, SCMP_ARCH_PPC, AUDIT_ARCH_PPC, {}},
	{"ppc64",
	 "SCMP_ARCH_PPC64",
	 "ppc64",
	 "ppc64",
	 SCMP_ARCH_PPC64,
	 AUDIT_ARCH_PPC64,
	 {}},
	{"ppc64le",
	 "SCMP_ARCH_PPC64LE",
	 "ppc64le",
	 "ppc64le",
	 SCMP_ARCH_PPC64LE,
	 AUDIT_ARCH_PPC64LE,
	 {}},
	{"riscv64",
	 "SCMP_ARCH_RISCV64",
	 "riscv64",
	 "riscv64",
	 SCMP_ARCH_RISCV64,
	 AUDIT_ARCH_RISCV64,
	 {}},
	{"s390", "SCMP_ARCH_S390", "s390", NULL, SCMP_ARCH_S390, AUDIT_ARCH_S390, {}},
	{"s390x",
	 "SCMP_ARCH_S390X",
	 "s390x",
	 "s390x",
	 SCMP_ARCH_S390X,
	 AUDIT_ARCH_S390X,
	 {"s390"}},
	{"parisc",
	 "SCMP_ARCH_PARISC",
	 "parisc",
	 NULL,
	 SCMP_ARCH_PARISC,
	 AUDIT_ARCH_PARISC,
	 {}},
	{"loongarch64",
	 "SCMP_ARCH_LOONGARCH64",
	 "loongarch64",
	 "loongarch64",
	 SCMP_ARCH_LOONGARCH64,
	 SCMP_ARCH_LOONGARCH64,
	 {}},
};

const struct segen_arch *segen_arches(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(table);
	return table;
}

const struct segen_arch *segen_arch_native(void)
{
	uint32_t native = seccomp_arch_native();

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].scmp == native)
			return &table[i];
	return &table[0];
}

const struct segen_arch *segen_arch_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const struct segen_arch *a = &table[i];

		if (!strcmp(a->name, name) || !strcmp(a->oci, name) ||
		    !strcmp(a->docker, name) || (a->machine && !strcmp(a->machine, name)))
			return a;
	}
	return NULL;
}

const struct segen_arch *segen_arch_of_call(uint32_t audit, int64_t *nr)
{
	if (audit == AUDIT_ARCH_X86_64 && *nr >= 0 && (*nr & SEGEN_X32_BIT)) {
		*nr &= ~(int64_t)SEGEN_X32_BIT;
		return segen_arch_by_name("x32");
	}
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (table[i].audit == audit)
			return &table[i];
	return NULL;
}
