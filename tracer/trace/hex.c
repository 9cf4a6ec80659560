/* hex.c: hexadecimal numbers, strictly. */
#include "trace/hex.h"

#include <errno.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int hex_parse(const char *s, size_t len, uint64_t *ret)
{
	uint64_t value = 0;

	if (len < 3 || len > 18 || s[0] != '0' || s[1] != 'x')
		return -EINVAL;
	for (size_t i = 2; i < len; i++) {
		int d = digit(s[i]);

		if (d < 0)
			return -EINVAL;
		value = value << 4 | (unsigned)d;
	}
	*ret = value;
	return 0;
}
