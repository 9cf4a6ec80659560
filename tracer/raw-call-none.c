/* raw-call-none.c: by way of libc. */
#include "raw-call.h"

#include <errno.h>
#include <unistd.h>

bool raw_call_supported(void)
{
	return false;
}

long raw_call(long nr, const long args[5])
{
	long r = syscall(nr, args[0], args[1], args[2], args[3], args[4]);

	return r < 0 ? -errno : r;
}
