/* test-layout.c: text in columns that fits, whatever is in it. */
#include "report/layout.h"
#include "tap.h"

static bool fits(const char *s, unsigned width)
{
	unsigned at = 0;

	for (; *s; s++) {
		at = *s == '\n' ? 0 : at + (((unsigned char)*s & 0xc0) != 0x80);
		if (at > width)
			return false;
	}
	return true;
}

int main(void)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	_cleanup_(segen_strset_done) struct segen_strset set = {};
	struct layout l = {.out = &b, .width = 40};

	layout_row(&l, 2, 10, TONE_BAD, "label",
		   "words that do not fit into forty columns");
	is_str(b.s, "  label   words that do not fit into\n          forty columns\n",
	       "row: is wrapped at its column");
	b.len = 0;
	layout_row(&l, 2, 10, TONE_PLAIN, "a longer label", "text");
	is_str(b.s, "  a longer label\n          text\n",
	       "row: a long label has its own line");
	b.len = 0;
	layout_row(&l, 2, 10, TONE_PLAIN, "label", "");
	is_str(b.s, "  label\n", "row: no text, no blanks at the end");
	b.len = 0;
	layout_text(&l, 1, "a\033[31mb\nc\x7f");
	is_str(b.s, " a\\x1b[31mb\\nc\\x7f\n", "text: control characters are quoted");
	b.len = 0;
	layout_row(&l, 2, 10, TONE_PLAIN, "\n", "x");
	is_str(b.s, "  \\n      x\n", "row: a label is quoted, and its width is that");
	b.len = 0;
	layout_text(&l, 0, "ää öö üü ää öö üü ää öö üü ää öö üü ää öö üü");
	ok(fits(b.s, 40), "text: UTF-8 is measured in columns");
	has_str(b.s, "ää öö üü ää öö üü ää öö üü ää öö üü ää\n",
		"text: lines are filled");
	b.len = 0;
	layout_set(&l, 2, 10, "none", &set);
	is_int((int)b.len, 0, "set: an empty one is nothing");
	segen_strset_add(&set, "x");
	segen_strset_add(&set, "y");
	layout_set(&l, 2, 10, "two", &set);
	is_str(b.s, "  two     x, y\n", "set: a list with commas");
	b.len = 0;
	l.color = true;
	layout_line(&l, TONE_BAD, "%s", "bad");
	is_str(b.s, "\033[31mbad\033[0m\n", "line: colour where it is wanted");
	return done();
}
