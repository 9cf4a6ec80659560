/*
 * hex.h: 64-bit numbers as "0x1f", the form of values in trace files.
 *
 * Private to tracer/.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * The number that exactly the @len bytes at @s are: "0x" and 1 to 16 hexadecimal digits.
 * Returns 0, or -EINVAL with @ret untouched.
 */
int hex_parse(const char *s, size_t len, uint64_t *ret);
