/* callsite-none.c: built without libunwind: every site is unknown. */
#include "unwind/callsite.h"

#include <errno.h>

struct callsite_unwinder *callsite_new(void)
{
	return NULL;
}

void callsite_free(struct callsite_unwinder *u)
{
}

int callsite_unwind(struct callsite_unwinder *u, pid_t tid, struct segen_frame **ret,
		    size_t *ret_n)
{
	return -ENODATA;
}
