/* JSON in: what is refused, what the words say, and that nothing hostile costs much. */
#include <segen/json.h>

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>
#include <time.h>

#include "tests/tap.h"

static void put(struct json_object **o)
{
	json_object_put(*o);
}

static int parse(const char *text, size_t len, struct segen_error *err)
{
	_cleanup_(put) struct json_object *o = NULL;

	return segen_json_parse(text, len, "x", &o, err);
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
		    strncmp(err.msg, "x:1:", 4) != 0)
			ok(strncmp(err.msg, "x:2:", 4) == 0,
			   "bad text %zu '%s' is refused: %s", i, bad[i].s, err.msg);
		n++;
	}
	ok(n == ARRAY_SIZE(bad), "%zu bad texts are refused", n);
}

static void test_parse_words(void)
{
	static const struct {
		const char *text, *msg;
	} rows[] = {
		{"", "x:1:1: $: the document is empty"},
		{"{\"a\":[1,\n 2,,3]}", "x:2:4: $.a[2]: ',' where a value should be"},
		{"{\"a b\":{\"c\":+}}",
		 "x:1:13: $[\"a b\"].c: '+' where a value should be"},
		{"{\"a\":1,\"b\":2,\"a\":3}",
		 "x:1:20: $: an object has the key 'a' twice"},
		{"[{},\"\\u0000\"]", "x:1:6: $[1]: a NUL character in a string"},
		{"[1,99999999999999999999]",
		 "x:1:24: $[1]: a number too large to be held exactly"},
		{"{} x", "x:1:4: $: 'x' where the end of the document should be"},
		{"{\"\\u001b[31m\":?}",
		 "x:1:15: $[\"\\u001b[31m\"]: '?' where a value should be"},
	};
	struct segen_error err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		parse(rows[i].text, strlen(rows[i].text), &err);
		if (!ok(strcmp(err.msg, rows[i].msg) == 0, "the words of case %zu", i))
			printf("# got:  %s\n# want: %s\n", err.msg, rows[i].msg);
	}
}

static void test_parse_truncated(void)
{
	static const char text[] = "{\"a\":[1,-2.5e3,\"x\\u00e9\xc3\xa9\",true,null],"
				   "\"b\":{\"c\":{},\"d\":false}}";
	size_t refused = 0;

	for (size_t n = 0; n < sizeof(text) - 1; n++)
		refused += parse(text, n, NULL) == -EINVAL;
	ok(refused == sizeof(text) - 1, "every truncation is refused");
	ok(parse(text, sizeof(text) - 1, NULL) == 0, "the whole is not");
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_parse_hostile(void)
{
	_cleanup_(segen_buf_done) struct segen_buf deep = {}, many = {};
	struct segen_error err = {};
	double t0 = now();

	for (int i = 0; i < 1000000; i++)
		segen_buf_puts(&deep, i % 2 ? "[" : "{\"a\":");
	ok(parse(deep.s, deep.len, &err) == -EINVAL &&
		   strstr(err.msg, "more than 32 levels"),
	   "a million levels are refused");
	segen_buf_puts(&many, "[0");
	for (int i = 0; i < 3000000; i++)
		segen_buf_puts(&many, ",0");
	segen_buf_puts(&many, "]");
	ok(parse(many.s, many.len, &err) == -EINVAL && strstr(err.msg, "values"),
	   "three million values are refused");
	segen_buf_done(&many);
	segen_buf_puts(&many, "{");
	for (int i = 0; i < 100000; i++)
		segen_buf_printf(&many, "\"k%d\":%d,", i, i);
	segen_buf_puts(&many, "\"k77\":0}");
	ok(parse(many.s, many.len, &err) == -EINVAL && strstr(err.msg, "'k77' twice"),
	   "one of 100000 keys is there twice");
	ok(now() - t0 < 20, "and that is found soon");
}

static void test_file_read(void)
{
	char path[] = "/tmp/segen-test-XXXXXX";
	_cleanup_close_ int fd = mkostemp(path, O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	struct segen_error err = {};
	size_t len;

	ok(segen_file_read("/nonexistent/x", &text, &len, &err) == -ENOENT &&
		   strstr(err.msg, "'/nonexistent/x': No such file"),
	   "a missing file is named");
	ok(segen_file_read("/", &text, &len, &err) == -EISDIR, "a directory is no file");
	ok(write(fd, "a\0b", 3) == 3 && segen_file_read(path, &text, &len, &err) == 0 &&
		   len == 3 && !memcmp(text, "a\0b", 4),
	   "a file is read with its NUL bytes, and one is added");
	ok(ftruncate(fd, 200 << 20) == 0 &&
		   segen_file_read(path, &text, &len, &err) == -EFBIG,
	   "200 MiB are refused: %s", err.msg);
	ok(segen_file_read("/dev/zero", &text, &len, &err) == -EFBIG,
	   "so is a file without end");
	unlink(path);
}

static void test_getters(void)
{
	static const char text[] =
		"{\"s\":\"t\",\"n\":-5,\"u\":18446744073709551615,\"f\":1.0,\"b\":true,"
		"\"z\":null,\"a\":[{\"k\":[7]}]}";
	_cleanup_(put) struct json_object *doc = NULL;
	struct segen_error err = {};
	struct segen_json root = {.name = "x"}, a, o, k, e;
	const char *s;
	uint64_t u;
	int64_t n;
	bool b;

	segen_json_parse(text, sizeof(text) - 1, "x", &doc, &err);
	root.v = doc;
	ok(segen_json_get_string(&root, "s", &s, &err) == 1 && !strcmp(s, "t"),
	   "a string");
	ok(segen_json_get_int(&root, "n", &n, &err) == 1 && n == -5, "a number");
	ok(segen_json_get_u64(&root, "u", &u, &err) == 1 && u == UINT64_MAX,
	   "the largest number");
	ok(segen_json_get_bool(&root, "b", &b, &err) == 1 && b, "a boolean");
	ok(segen_json_get_string(&root, "z", &s, &err) == 0 &&
		   segen_json_get_u64(&root, "no", &u, &err) == 0,
	   "null counts as absent");
	ok(segen_json_get_u64(&root, "n", &u, &err) == -EINVAL &&
		   !strcmp(err.msg, "x: $.n: must not be negative"),
	   "a negative number is no u64");
	ok(segen_json_get_int(&root, "u", &n, &err) == -EINVAL, "%s", err.msg);
	ok(segen_json_get_int(&root, "f", &n, &err) == -EINVAL, "%s", err.msg);
	ok(segen_json_get_array(&root, "a", &a, &err) == 1, "an array");
	o = segen_json_element(&a, 0);
	ok(segen_json_get_array(&o, "k", &k, &err) == 1, "an array in an object in it");
	e = segen_json_element(&k, 0);
	ok(segen_json_as_string(&e, &s, &err) == -EINVAL &&
		   !strcmp(err.msg, "x: $.a[0].k[0]: must be a string, not a number"),
	   "the path of what is wrong");
}

static void test_quote(void)
{
	static const char odd[] =
		"a\"\\\b\f\n\r\t\x01\x1f\x7f \xc3\xa9 \xf0\x9f\x98\x80/";
	_cleanup_(segen_buf_done) struct segen_buf b = {}, c = {};
	_cleanup_(put) struct json_object *doc = NULL;
	struct segen_error err = {};

	segen_json_quote(&b, odd);
	ok(segen_json_parse(b.s, b.len, "x", &doc, &err) == 0 &&
		   !strcmp(json_object_get_string(doc), odd),
	   "what is quoted is read as it was");
	segen_json_quote(&c, "\xff\xc3");
	ok(!strcmp(c.s, "\"\\ufffd\\ufffd\""), "what is not UTF-8 is replaced");
}

/* A thousand documents with some bytes changed: whatever is read is JSON. */
static void test_parse_mutated(void)
{
	static const char text[] = "{\"a\":[1,-2.5e3,\"x\\ud83d\\ude00\xc3\xa9\",true],"
				   "\"b\":{\"c\":{},\"d\":false}}";
	unsigned agree = 0;

	srand(1);
	for (int i = 0; i < 20000; i++) {
		char t[sizeof(text)];
		_cleanup_(put) struct json_object *o = NULL;
		_cleanup_free_ char *again = NULL;

		memcpy(t, text, sizeof(t));
		for (int k = rand() % 3; k >= 0; k--)
			t[(size_t)rand() % (sizeof(t) - 1)] =
				rand() % 2 ? (char)rand()
					   : "{}[]\",:\\u0"[(size_t)rand() % 10];
		if (segen_json_parse(t, sizeof(t) - 1, "x", &o, NULL) < 0) {
			agree++;
			continue;
		}
		again = xstrdup(json_object_to_json_string(o));
		agree += parse(again, strlen(again), NULL) == 0;
	}
	ok(agree == 20000, "20000 changed documents are refused or stay JSON");
}

int main(void)
{
	test_parse_lists();
	test_parse_words();
	test_parse_truncated();
	test_parse_hostile();
	test_file_read();
	test_getters();
	test_quote();
	test_parse_mutated();
	return done();
}
