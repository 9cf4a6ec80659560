/* JSON in: files, values by type, what the words say, and text out. */
#include <segen/json.h>

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>

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

static void test_parse_words(void)
{
	static const struct {
		const char *text, *msg;
	} rows[] = {
		{"", "x:1:1: $: the document is empty"},
		{"{\"a\":[1,\n 2,,3]}", "x:2:4: $.a[2]: ',' where a value should be"},
		{"{\"a b\":{\"c\":+}}",
		 "x:1:13: $[\"a b\"].c: '+' where a value should be"},
		{"{\"a\":1,\"b\":2,\"a\":3}", "x:1:14: $.a: this key is there twice"},
		{"{\"b\":[{\"a\\u001b\":1,\n\"a\\u001b\":1}]}",
		 "x:2:1: $.b[0][\"a\\u001b\"]: this key is there twice"},
		{"[{},\"\\u0000\"]", "x:1:6: $[1]: a NUL character in a string"},
		{"[1,99999999999999999999]",
		 "x:1:4: $[1]: a number too large or too long"},
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

int main(void)
{
	test_parse_words();
	test_file_read();
	test_getters();
	test_quote();
	return done();
}
