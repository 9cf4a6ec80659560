/*
 * arch.h: the architectures (ABIs) as one const table.
 *
 * One row per ABI that libseccomp knows: x86-64, i386 and x32 are three rows.  Every
 * other module passes `const struct segen_arch *` around; rows are compared by address.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* x32 calls carry AUDIT_ARCH_X86_64 and this bit in the number (asm/unistd.h). */
#define SEGEN_X32_BIT 0x40000000

struct segen_arch {
	const char *name;   /* the word in traces and messages: "x86_64", "i386", "x32" */
	const char *oci;    /* "SCMP_ARCH_X86_64" (OCI runtime-spec, config-linux.md) */
	const char *docker; /* the word in includes.arches: "amd64" (moby seccomp.go) */
	const char *machine; /* uname -m of a kernel that has it natively, or NULL */
	uint32_t scmp;	     /* libseccomp token */
	uint32_t audit;	     /* AUDIT_ARCH_* (linux/audit.h) */
	const char *subs[3]; /* names of the sub-architectures of Docker's archMap */
};

/* The table, @ret_n rows. */
const struct segen_arch *segen_arches(size_t *ret_n);

/* The ABI that this program was built for. */
const struct segen_arch *segen_arch_native(void);

/* By any of the four words of a row (name, oci, docker, machine); NULL when unknown. */
const struct segen_arch *segen_arch_by_name(const char *name);

/*
 * The ABI of a call as the kernel reports it (AUDIT_ARCH_* and raw number).  x32 is
 * folded: its bit is taken out of *@nr.  NULL for an audit value not in the table.
 */
const struct segen_arch *segen_arch_of_call(uint32_t audit, int64_t *nr);
