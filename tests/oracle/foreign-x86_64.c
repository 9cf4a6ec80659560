/*
 * foreign-x86_64.c: int 0x80 takes i386 numbers, bit 30 makes a number an x32 one.
 * The sixth argument of int 0x80 is what ebp holds.
 */
#include "foreign.h"

#include <seccomp.h>
#include <unistd.h>

uint32_t foreign_token(enum foreign_abi abi)
{
	static const uint32_t tokens[] = {
		[FOREIGN_NATIVE] = SCMP_ARCH_X86_64,
		[FOREIGN_I386] = SCMP_ARCH_X86,
		[FOREIGN_X32] = SCMP_ARCH_X32,
	};

	return tokens[abi];
}

void foreign_call(enum foreign_abi abi, long nr, long arg)
{
	long ret;

	if (abi == FOREIGN_X32)
		nr |= FOREIGN_X32_BIT;
	if (abi != FOREIGN_I386) {
		syscall(nr, arg, 0, 0, 0, 0, 0);
		return;
	}
	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(arg), "c"(0), "d"(0), "S"(0), "D"(0)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
}
