/* quote.c: escapes for what a terminal would obey or a reader would not see. */
#include <segen/quote.h>

#include "shared/utf8.h"

#include <string.h>

static uint32_t code_point(const char *s, size_t n)
{
	uint32_t c = n == 1 ? (unsigned char)*s : (unsigned char)*s & (0x7f >> n);

	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	return c;
}

/*
 * Controls (C0, DEL, C1), line and paragraph separators, and format characters.  Source:
 * Unicode 15, UnicodeData.txt, categories Cc, Zl, Zp and Cf.
 */
static bool is_unsafe(uint32_t c)
{
	static const uint32_t ranges[][2] = {
		{0x00, 0x1f},	    {0x7f, 0x9f},	{0xad, 0xad},
		{0x600, 0x605},	    {0x61c, 0x61c},	{0x6dd, 0x6dd},
		{0x70f, 0x70f},	    {0x890, 0x891},	{0x8e2, 0x8e2},
		{0x180e, 0x180e},   {0x200b, 0x200f},	{0x2028, 0x202e},
		{0x2060, 0x206f},   {0xfeff, 0xfeff},	{0xfff9, 0xfffb},
		{0x110bd, 0x110cd}, {0x13430, 0x1343f}, {0x1bca0, 0x1bca3},
		{0x1d173, 0x1d17a}, {0xe0001, 0xe007f},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

static void escape(struct segen_buf *out, uint32_t c)
{
	if (c == '\n')
		segen_buf_puts(out, "\\n");
	else if (c == '\t')
		segen_buf_puts(out, "\\t");
	else if (c < 0x80)
		segen_buf_printf(out, "\\x%02x", c);
	else if (c <= 0xffff)
		segen_buf_printf(out, "\\u%04x", c);
	else
		segen_buf_printf(out, "\\U%08x", c);
}

void segen_quote(struct segen_buf *out, const char *text)
{
	size_t left = strlen(text), n;

	for (; left; text += n, left -= n) {
		uint32_t c;

		n = utf8_len(text, left);
		if (!n) {
			segen_buf_printf(out, "\\x%02x", (unsigned char)*text);
			n = 1;
			continue;
		}
		c = code_point(text, n);
		if (is_unsafe(c))
			escape(out, c);
		else
			segen_buf_add(out, text, n);
	}
}

char *segen_quoted(const char *text)
{
	struct segen_buf out = {};

	segen_quote(&out, text);
	return out.s ? out.s : xstrdup("");
}
