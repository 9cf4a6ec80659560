/*
 * utf8.h: what is valid UTF-8, and text that may be anything made so.
 *
 * Private to tracer/.  Valid as in RFC 3629: no overlong form, no surrogate, nothing
 * above U+10FFFF.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The length of the valid sequence at @s, which has @n bytes, or 0. */
size_t utf8_len(const char *s, size_t n);

/* Whether @c is inside a sequence: no place to cut text before it. */
bool utf8_is_tail(char c);

/* Change *@s, which is owned and may be NULL: a byte that is not UTF-8 becomes "\xNN". */
void utf8_clean(char **s);
