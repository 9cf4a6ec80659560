/* utf8.c: the table of RFC 3629, section 4. */
#include "shared/utf8.h"

#include <segen/util.h>

#include <string.h>

bool utf8_is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t utf8_len(const char *s, size_t n)
{
	/* First byte from, to; length; range of the second byte. */
	static const unsigned char rows[][5] = {
		{0x00, 0x7f, 1, 0, 0},	     {0xc2, 0xdf, 2, 0x80, 0xbf},
		{0xe0, 0xe0, 3, 0xa0, 0xbf}, {0xe1, 0xec, 3, 0x80, 0xbf},
		{0xed, 0xed, 3, 0x80, 0x9f}, {0xee, 0xef, 3, 0x80, 0xbf},
		{0xf0, 0xf0, 4, 0x90, 0xbf}, {0xf1, 0xf3, 4, 0x80, 0xbf},
		{0xf4, 0xf4, 4, 0x80, 0x8f},
	};
	unsigned char c = n ? (unsigned char)*s : 0xff;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const unsigned char *r = rows[i];

		if (c < r[0] || c > r[1])
			continue;
		if (r[2] == 1)
			return 1;
		if (n < r[2] || (unsigned char)s[1] < r[3] || (unsigned char)s[1] > r[4])
			return 0;
		for (size_t k = 2; k < r[2]; k++)
			if (!utf8_is_tail(s[k]))
				return 0;
		return r[2];
	}
	return 0;
}

static bool valid(const char *s)
{
	size_t left = strlen(s), n = 1;

	for (; left && n; s += n, left -= n)
		n = utf8_len(s, left);
	return !left;
}

void utf8_clean(char **s)
{
	struct segen_buf clean = {};
	size_t left, n;

	if (!*s || valid(*s))
		return;
	left = strlen(*s);
	for (const char *p = *s; left; p += n, left -= n) {
		n = utf8_len(p, left);
		if (n)
			segen_buf_add(&clean, p, n);
		else
			segen_buf_printf(&clean, "\\x%02x", (unsigned char)*p);
		n = n ? n : 1;
	}
	free(*s);
	*s = clean.s;
}
