/*
 * foreign-x86_64.c: int 0x80 takes i386 numbers, bit 30 makes a number an x32 one.
 * The sixth argument of int 0x80 is what ebp holds.
 */
#include "foreign.h"

#include <seccomp.h>

uint32_t foreign_token(enum foreign_abi abi)
{
	static const uint32_t tokens[] = {
		[FOREIGN_NATIVE] = SCMP_ARCH_X86_64,
		[FOREIGN_I386] = SCMP_ARCH_X86,
		[FOREIGN_X32] = SCMP_ARCH_X32,
	};

	return tokens[abi];
}

static long call64(long nr, const uint64_t args[6])
{
	long ret;
	register uint64_t r10 __asm__("r10") = args[3];
	register uint64_t r8 __asm__("r8") = args[4];
	register uint64_t r9 __asm__("r9") = args[5];

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(args[0]), "S"(args[1]), "d"(args[2]), "r"(r10),
			   "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static long call32(long nr, const uint64_t args[6])
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(args[0]), "c"(args[1]), "d"(args[2]),
			   "S"(args[3]), "D"(args[4])
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	return (int)ret;
}

long foreign_call(enum foreign_abi abi, long nr, const uint64_t args[6])
{
	if (abi == FOREIGN_I386)
		return call32(nr, args);
	return call64(abi == FOREIGN_X32 ? nr | FOREIGN_X32_BIT : nr, args);
}
