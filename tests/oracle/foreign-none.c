/* foreign-none.c: an architecture whose programs make native calls only. */
#include "foreign.h"

#include <errno.h>
#include <seccomp.h>
#include <unistd.h>

uint32_t foreign_token(enum foreign_abi abi)
{
	return abi == FOREIGN_NATIVE ? seccomp_arch_native() : 0;
}

long foreign_call(enum foreign_abi abi, long nr, const uint64_t args[6])
{
	long ret = syscall(nr, args[0], args[1], args[2], args[3], args[4], args[5]);

	return ret == -1 ? -errno : ret;
}
