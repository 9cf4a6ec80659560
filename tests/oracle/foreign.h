/*
 * foreign.h: one call under a given ABI, out of a native program.
 *
 * foreign-x86_64.c | foreign-none.c, chosen by meson.
 */
#pragma once

#include <stdint.h>

#define FOREIGN_X32_BIT 0x40000000

enum foreign_abi { FOREIGN_NATIVE, FOREIGN_I386, FOREIGN_X32 };

/* libseccomp's token, or 0: there is no such ABI here. */
uint32_t foreign_token(enum foreign_abi abi);

/*
 * What the kernel answers: the result, or a negative errno.  @nr is without the x32 bit;
 * of an i386 call the sixth argument is none of @args.
 */
long foreign_call(enum foreign_abi abi, long nr, const uint64_t args[6]);
