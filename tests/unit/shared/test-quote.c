/* test-quote.c: what a workload controls cannot leave its line. */
#include <segen/quote.h>

#include <string.h>

#include "tests/tap.h"

static const struct {
	const char *what, *text, *want;
} cases[] = {
	{"plain text", "/usr/bin/cat", "/usr/bin/cat"},
	{"nothing", "", ""},
	{"letters beyond ASCII", "/opt/größe/日本", "/opt/größe/日本"},
	{"a character of four bytes", "\360\237\220\247", "\360\237\220\247"},
	{"a line feed", "a\n  profile   evil.json", "a\\n  profile   evil.json"},
	{"a tab", "a\tb", "a\\tb"},
	{"a carriage return", "a\rb", "a\\x0db"},
	{"an escape sequence", "\033[31mred", "\\x1b[31mred"},
	{"DEL", "a\177", "a\\x7f"},
	{"a C1 control", "a\302\233m", "a\\u009bm"},
	{"right-to-left override", "a\342\200\256b", "a\\u202eb"},
	{"an isolate", "\342\201\246x", "\\u2066x"},
	{"a line separator", "a\342\200\250b", "a\\u2028b"},
	{"a space without width", "a\342\200\213b", "a\\u200bb"},
	{"a tag character", "\363\240\201\201", "\\U000e0041"},
	{"a byte that is not UTF-8", "a\377b", "a\\xffb"},
	{"the beginning of a character", "a\342\200", "a\\xe2\\x80"},
	{"an encoded surrogate", "\355\240\200", "\\xed\\xa0\\x80"},
	{"a backslash", "a\\n", "a\\n"},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *got = segen_quoted(cases[i].text);
		_cleanup_free_ char *twice = segen_quoted(got);

		is_str(got, cases[i].want, "quote: %s", cases[i].what);
		is_str(twice, got, "quote: %s: twice is once", cases[i].what);
	}
	return done();
}
