/* raw-call-x86_64.c: the syscall instruction. */
#include "raw-call.h"

bool raw_call_supported(void)
{
	return true;
}

__attribute__((no_sanitize("address"))) long raw_call(long nr, const long args[5])
{
	register long r10 __asm__("r10") = args[3];
	register long r8 __asm__("r8") = args[4];
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(args[0]), "S"(args[1]), "d"(args[2]), "r"(r10),
			   "r"(r8)
			 : "rcx", "r11", "memory");
	return ret;
}
