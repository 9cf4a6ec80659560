/* raw-call-aarch64.c: the svc instruction. */
#include "raw-call.h"

bool raw_call_supported(void)
{
	return true;
}

__attribute__((no_sanitize("address"))) long raw_call(long nr, const long args[5])
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = args[0];
	register long x1 __asm__("x1") = args[1];
	register long x2 __asm__("x2") = args[2];
	register long x3 __asm__("x3") = args[3];
	register long x4 __asm__("x4") = args[4];

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4)
			 : "memory");
	return x0;
}
