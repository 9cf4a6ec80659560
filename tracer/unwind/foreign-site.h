/*
 * foreign-site.h: from where a program of another ABI than ours makes a call.
 *
 * Private to tracer/.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "unwind/mappings.h"
#include "ptrace/remote-mem.h"

#define FOREIGN_SITE_MAX 2

/*
 * Where the stopped thread @tid stands, and who called the vdso if it is there: up to
 * FOREIGN_SITE_MAX addresses of instructions behind the one that called.  Returns how
 * many.
 */
size_t foreign_site(pid_t tid, struct mappings *maps, struct remote_mem *mem,
		    uint64_t ret[FOREIGN_SITE_MAX]);
