/*
 * foreign-abi: calls of other ABIs out of 64-bit code: int 0x80 takes i386 numbers, and
 * a number with bit 30 set is an x32 one (ENOSYS where the kernel has no x32).
 */
#include "workload.h"

enum { I386_GETPPID = 64, I386_GETPGRP = 65, X32_BIT = 0x40000000 };

static long int80(long nr)
{
	long ret;

	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(0) : "memory");
	return ret;
}

int main(void)
{
	bool x32;

	for (int i = 0; i < 5; i++)
		int80(I386_GETPPID);
	for (int i = 0; i < 3; i++)
		int80(I386_GETPGRP);
	x32 = syscall(X32_BIT + SYS_getsid, 0) >= 0;
	syscall(X32_BIT + SYS_getsid, 0);
	fprintf(stderr, "x32 in this kernel: %s\n", x32 ? "yes" : "no");
	syscall(SYS_getpgid, 0);
	printf("call i386 getppid 5\ncall i386 getpgrp 3\n");
	printf("call x32 getsid 2\n");
	say_call("getpgid", 1);
	return 0;
}
