/* json-scan: what is JSON and what is not, and that nothing hostile costs much. */
#include <segen/json.h>

#include <errno.h>
#include <string.h>
#include <time.h>

#include "tests/tap.h"

/* In memory of just that size, so that a sanitizer sees a byte read behind it. */
static int parse(const char *text, size_t len, struct segen_error *err)
{
	_cleanup_(segen_json_done) struct segen_json j = {};
	_cleanup_free_ char *exact = xcalloc(1, len);
	struct segen_json_token t;
	int r;

	memcpy(exact, text, len);
	segen_json_init(&j, exact, len, "x");
	r = segen_json_begin(&j, &t, err);
	if (r >= 0)
		r = segen_json_skip(&j, &t, err);
	return r < 0 ? r : segen_json_end(&j, err);
}

/* Strings with their length: some have a NUL inside. */
struct text {
	const char *s;
	size_t n;
};
#define T(s)                     \
	{                        \
		s, sizeof(s) - 1 \
	}

static const struct text good[] = {
	T("null"),
	T("true"),
	T("false"),
	T("0"),
	T("-0"),
	T("12"),
	T(" [ ] "),
	T("{}"),
	T("\"\""),
	T("\t\r\n[1]\n"),
	T("[1.5,-2e3,0.1E-2,1e+2]"),
	T("[18446744073709551615]"),
	T("[-9223372036854775808]"),
	T("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00\"]"),
	T("[\"\xc2\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \x7f\"]"),
	T("{\"a\":{\"a\":{\"a\":[]}},\"b\":{\"a\":1}}"),
	T("{\"\":0}"),
	T("[0.00000000000000000000000000000000000000000000000000000000000000000001]"),
	T("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
};

static const struct text bad[] = {
	T(""),
	T(" "),
	T("["),
	T("]"),
	T("{"),
	T("}"),
	T("[1"),
	T("[1,"),
	T("[1,]"),
	T("[,1]"),
	T("[,]"),
	T("[1 2]"),
	T("[1}"),
	T("{]"),
	T("{\"a\"}"),
	T("{\"a\":}"),
	T("{\"a\":1,}"),
	T("{\"a\" 1}"),
	T("{\"a\"::1}"),
	T("{,}"),
	T("{a:1}"),
	T("{'a':1}"),
	T("{1:1}"),
	T("{null:1}"),
	T("{\"a\":1 \"b\":2}"),
	T("{\"a\":1}}"),
	T("{\"a\":1}x"),
	T("{}{}"),
	T("1 2"),
	T("{} //"),
	T("/* */{}"),
	T("[1]//"),
	T("tru"),
	T("True"),
	T("TRUE"),
	T("nul"),
	T("NULL"),
	T("nan"),
	T("NaN"),
	T("[NaN]"),
	T("[Infinity]"),
	T("[-Infinity]"),
	T("[inf]"),
	T("undefined"),
	T("truefalse"),
	T("+1"),
	T("-"),
	T("01"),
	T("-01"),
	T("1."),
	T(".5"),
	T("-.5"),
	T("1e"),
	T("1e+"),
	T("1.e5"),
	T("0x10"),
	T("1_000"),
	T("1e999"),
	T("-1e999"),
	T("[--1]"),
	T("[1e1.5]"),
	T("18446744073709551616"),
	T("-9223372036854775809"),
	T("[1000000000000000000000000000000000000000000000000000000000000000000000000000000]"),
	T("\""),
	T("\"a"),
	T("\"\\\""),
	T("'a'"),
	T("\"\n\""),
	T("\"\t\""),
	T("\"\x01\""),
	T("\"\x1f\""),
	T("\"\0\""),
	T("\"a\\u0000\""),
	T("{\"a\\u0000b\":1}"),
	T("{}\0"),
	T("\"\\x41\""),
	T("\"\\a\""),
	T("\"\\u\""),
	T("\"\\u12\""),
	T("\"\\u123g\""),
	T("\"\\U0041\""),
	T("\"\\"),
	T("\"\\u"),
	T("\"\\u0\""),
	T("\"\\u-123\""),
	T("\"\\ud800\""),
	T("\"\\udc00\""),
	T("\"\\ud800\\u0041\""),
	T("\"\\ud800\\ud800\""),
	T("\"\\ud800x\""),
	T("\"\\ud83d\\ude0\""),
	T("\"\x80\""),
	T("\"\xff\""),
	T("\"\xc0\xaf\""),
	T("\"\xc1\xbf\""),
	T("\"\xc2\""),
	T("\"\xe0\x80\x80\""),
	T("\"\xe0\x9f\xbf\""),
	T("\"\xed\xa0\x80\""),
	T("\"\xe2\x82\""),
	T("\"\xf0\x80\x80\x80\""),
	T("\"\xf4\x90\x80\x80\""),
	T("\"\xf5\x80\x80\x80\""),
	T("\"\xf0\x9f\x98\""),
	T("{\"\xff\":1}"),
	T("\xef\xbb\xbf{}"),
	T("\xff\xfe{\0}\0"),
	T("{\"a\":1,\"a\":1}"),
	T("{\"a\":1,\"b\":2,\"a\":3}"),
	T("[{\"\":1,\"\":2}]"),
	T("{\"a\":1,\"\\u0061\":1}"),
	T("{\"\\u0061\":1,\"\\u0061\":1}"),
	T("{\"b\":{\"c\":1},\"a\":{\"x\":1,\"y\":2,\"x\":3}}"),
	T("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
	T("\x0c{}"),
	T("\xc2\xa0{}"),
	T("[1\xc2\xa0]"),
	T("{\"a\":\x7f}"),
	T("*"),
};

static void test_parse_lists(void)
{
	struct segen_error err = {};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (parse(good[i].s, good[i].n, &err) != 0)
			ok(false, "good text %zu is read: %s", i, err.msg);
		else
			n++;
	ok(n == ARRAY_SIZE(good), "%zu good texts are read", n);
	n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		err.msg[0] = '\0';
		if (parse(bad[i].s, bad[i].n, &err) != -EINVAL ||
		    strncmp(err.msg, "x:", 2) != 0)
			ok(false, "bad text %zu '%s' is refused: %s", i, bad[i].s,
			   err.msg);
		else
			n++;
	}
	ok(n == ARRAY_SIZE(bad), "%zu bad texts are refused", n);
}

static const char document[] =
	"{\n\t\"segen-trace\": 1, \"caf\xc3\xa9\": [1, -2.5e3, 0.1E+2, 18446744073709551615],\n"
	"\t\"x\\u00e9\\ud83d\\ude00\": {\"\": null, \"a\": true, \"b\": false, \"c\": "
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\xf0\x9f\x98\x80\"},\n"
	"\t\"deep\": [[[[{\"a\": [{\"a\": {}}]}]]], []]}";
#define DOCUMENT_LEN (sizeof(document) - 1)

static void test_parse_truncated(void)
{
	struct segen_error err = {};
	size_t refused = 0;

	for (size_t n = 0; n < DOCUMENT_LEN; n++)
		refused += parse(document, n, &err) == -EINVAL;
	ok(refused == DOCUMENT_LEN, "a document cut at any of its %zu bytes is refused",
	   DOCUMENT_LEN);
	ok(parse(document, DOCUMENT_LEN, &err) == 0, "the whole is not");
}

/* "[[{...}]]": @object inside @depth arrays and objects. */
static void wrap(struct segen_buf *b, const char *object, int depth)
{
	for (int i = 0; i < depth; i++)
		segen_buf_puts(b, i % 2 ? "{\"a\":" : "[0,");
	segen_buf_puts(b, object);
	while (depth--)
		segen_buf_puts(b, depth % 2 ? "}" : "]");
}

/* The key "key" twice, however it is spelled and wherever it stands. */
static void test_parse_duplicates(void)
{
	static const char *const twice[] = {
		"{\"key\":1,\"key\":1}",
		"{\"key\":1,\"b\":{\"key\":1},\"key\":{}}",
		"{\"key\":1,\"\\u006bey\":2}",
		"{\"\\u006b\\u0065\\u0079\":[],\"\\u006B\\u0065y\":[]}",
		"{\"a\":0,\"key\":null,\"c\":0,\"key\":null}",
	};
	static const char *const once[] = {
		"{\"key\":{\"key\":{\"key\":[{\"key\":1},{\"key\":1}]}}}",
		"{\"key\":1,\"KEY\":1,\"key \":1,\"ke\":1,\"key\\u0001\":1,\"\":1}",
		"{\"key\":1,\"\\\\u006bey\":1}",
	};
	struct segen_error err = {};
	unsigned n = 0;

	for (int depth = 0; depth < SEGEN_JSON_DEPTH - 5; depth++) {
		for (size_t i = 0; i < ARRAY_SIZE(twice); i++) {
			_cleanup_(segen_buf_done) struct segen_buf b = {};

			wrap(&b, twice[i], depth);
			n += parse(b.s, b.len, &err) == -EINVAL &&
			     strstr(err.msg, ".key: this key appears twice");
		}
		for (size_t i = 0; i < ARRAY_SIZE(once); i++) {
			_cleanup_(segen_buf_done) struct segen_buf b = {};

			wrap(&b, once[i], depth);
			n += parse(b.s, b.len, &err) == 0;
		}
	}
	ok(n == (SEGEN_JSON_DEPTH - 5) * (ARRAY_SIZE(twice) + ARRAY_SIZE(once)),
	   "a key is there once, at any depth and in any spelling (%u)", n);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* @part @n times between @before and @after is refused with @words. */
static void refused(const char *before, const char *part, unsigned n, const char *after,
		    const char *words)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	struct segen_error err = {};
	double t0 = now(), took;

	segen_buf_puts(&b, before);
	while (n--)
		segen_buf_puts(&b, part);
	segen_buf_puts(&b, after);
	ok(parse(b.s, b.len, &err) < 0 && strstr(err.msg, words), "%s", err.msg);
	took = now() - t0;
	ok(took < 20, "that took %.2f s", took);
}

static void test_parse_hostile(void)
{
	refused("", "[", 1000000, "", "more than 32 levels");
	refused("", "{\"a\":", 1000000, "", "more than 32 levels");
	refused("", "[{\"a\":", 500000, "1", "more than 32 levels");
	refused("[", "9", 1000000, "]", "too large or too long");
	refused("[1.", "9", 1000000, "]", "too large or too long");
	refused("\"", "\\", 1000001, "", "an escape");
	refused("\"", "\\u0041", 1000000, "", "ends in a string");
	refused("", "\n", 1000000, "", "x:1000001:1: $: the document is empty");
}

static void test_parse_large(void)
{
	_cleanup_free_ char *text = xcalloc(1, SEGEN_JSON_MAX + 1);
	struct segen_error err = {};

	memset(text, ' ', SEGEN_JSON_MAX);
	text[SEGEN_JSON_MAX - 1] = '1';
	is_int(parse(text, SEGEN_JSON_MAX + 1, &err), -EINVAL,
	       "json: a text of more than 64 MiB is refused");
	is_str(err.msg, "x:1:1: $: more than 64 MiB", "json: a text that is too large");
	is_int(parse(text, SEGEN_JSON_MAX, &err), 0, "json: 64 MiB are read");
}

/* What is kept is bounded by the text. */
static void test_parse_objects(void)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	struct segen_error err = {};
	double t0 = now();

	segen_buf_puts(&b, "[");
	for (int i = 0; i < 5000000; i++)
		segen_buf_puts(&b, "{},");
	segen_buf_puts(&b, "0]");
	is_int(parse(b.s, b.len, &err), 0, "json: five million objects are passed over");
	ok(now() - t0 < 20, "json: five million objects cost seconds at most");
}

static void test_parse_many_keys(void)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	struct segen_error err = {};
	double t0 = now();

	segen_buf_puts(&b, "{");
	for (int i = 0; i < 200000; i++)
		segen_buf_printf(&b, "\"k%d\":%d,", i, i);
	segen_buf_puts(&b, "\"k77\":0}");
	ok(parse(b.s, b.len, &err) == -EINVAL && strstr(err.msg, "$.k77: this key"),
	   "one of 200000 keys is there twice: %s", err.msg);
	ok(now() - t0 < 20, "and that is found soon");
}

int main(void)
{
	test_parse_lists();
	test_parse_truncated();
	test_parse_duplicates();
	test_parse_hostile();
	test_parse_large();
	test_parse_objects();
	test_parse_many_keys();
	return done();
}
