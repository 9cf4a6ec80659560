/*
 * foreign.h: one call with one argument, the others zero, under a given ABI.
 *
 * foreign-x86_64.c | foreign-none.c, chosen by meson.
 */
#pragma once

#include <stdint.h>

#define FOREIGN_X32_BIT 0x40000000

enum foreign_abi { FOREIGN_NATIVE, FOREIGN_I386, FOREIGN_X32 };

/* libseccomp's token, or 0: there is no such ABI here. */
uint32_t foreign_token(enum foreign_abi abi);

void foreign_call(enum foreign_abi abi, long nr, long arg);
