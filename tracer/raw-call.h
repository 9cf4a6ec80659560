/*
 * raw-call.h: a system call without errno, which is the thread's that shares its memory.
 *
 * Private to tracer/.  Meson picks raw-call-ARCH.c, or raw-call-none.c, where errno is
 * set all the same.
 */
#pragma once

#include <stdbool.h>

bool raw_call_supported(void);
/* What the kernel returns: a negative errno for a failure. */
long raw_call(long nr, const long args[5]);

#define RAW_CALL(nr, ...) raw_call(nr, (const long[5]){__VA_ARGS__})
