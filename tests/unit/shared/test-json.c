/* test-json.c: files, fields, what errors say, and what is written. */
#include <segen/json-write.h>

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/tap.h"

static int parse(const char *text, size_t len, char **ret, struct segen_error *err)
{
	_cleanup_(segen_json_done) struct segen_json j = {};
	struct segen_json_token t;
	int r;

	segen_json_init(&j, text, len, "x");
	r = segen_json_begin(&j, &t, err);
	if (r >= 0)
		r = segen_json_keep(&j, &t, ret, err);
	return r < 0 ? r : segen_json_end(&j, err);
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
		{"{\"a\":1,\"b\":2,\"a\":3}", "x:1:14: $.a: this key appears twice"},
		{"{\"b\":[{\"a\\u001b\":1,\n\"a\\u001b\":1}]}",
		 "x:2:1: $.b[0][\"a\\u001b\"]: this key appears twice"},
		{"[{},\"\\u0000\"]", "x:1:6: $[1]: a NUL character in a string"},
		{"[1,99999999999999999999]",
		 "x:1:4: $[1]: a number too large or too long"},
		{"{} x", "x:1:4: $: 'x' where the end of the document should be"},
		{"{\"\\u001b[31m\":?}",
		 "x:1:15: $[\"\\u001b[31m\"]: '?' where a value should be"},
	};
	struct segen_error err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *kept = NULL;

		parse(rows[i].text, strlen(rows[i].text), &kept, &err);
		is_str(err.msg, rows[i].msg, "json: the words of case %zu", i);
	}
}

static void test_file_read(void)
{
	char path[] = "/tmp/segen-test-XXXXXX";
	_cleanup_close_ int fd = mkostemp(path, O_CLOEXEC), saved = -1;
	_cleanup_free_ char *text = NULL;
	struct segen_error err = {};
	size_t len;

	is_int(segen_file_read("/nonexistent/x", &text, &len, &err), -ENOENT,
	       "file: a missing one is an error");
	has_str(err.msg, "'/nonexistent/x': No such file",
		"file: a missing one is named");
	is_int(segen_file_read("/", &text, &len, &err), -EISDIR,
	       "file: a folder is an error");
	is_int(write(fd, "a\0b", 3), 3, "file: three bytes are there");
	is_int(segen_file_read(path, &text, &len, &err), 0, "file: it is read");
	is_int((intmax_t)len, 3, "file: its length is known");
	ok(!memcmp(text, "a\0b", 4), "file: NUL bytes are read, and one is added");
	is_int(ftruncate(fd, 200 << 20), 0, "file: it has 200 MiB now");
	is_int(segen_file_read(path, &text, &len, &err), -EFBIG,
	       "file: one that is too large is an error");
	saved = dup(STDIN_FILENO);
	dup2(fd, STDIN_FILENO);
	lseek(fd, 0, SEEK_SET);
	is_int(segen_file_read("-", &text, &len, &err), -EFBIG,
	       "file: standard input that is too large is an error");
	is_int(lseek(fd, 0, SEEK_CUR), 0, "file: nothing is read of what is too large");
	dup2(saved, STDIN_FILENO);
	is_int(segen_file_read("/dev/zero", &text, &len, &err), -EFBIG,
	       "file: one without end is an error");
	unlink(path);
}

/* Another process writes to the pipe @fd slowly, in two parts. */
static void write_slowly(int fd, const int close_fds[2])
{
	pid_t pid = fork();

	if (pid != 0)
		return;
	close(close_fds[0]);
	usleep(20000);
	if (write(fd, "[1,", 3) != 3)
		_exit(1);
	usleep(20000);
	_exit(write(fd, "2]", 2) != 2);
}

static void test_file_read_pipe(void)
{
	char dir[] = "/tmp/segen-test-XXXXXX";
	_cleanup_free_ char *text = NULL, *again = NULL, *fifo = NULL;
	_cleanup_close_ int saved = dup(STDIN_FILENO);
	struct segen_error err = {};
	int fds[2];
	size_t len;

	ok(pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0, "file: a non-blocking pipe is made");
	write_slowly(fds[1], fds);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	is_int(segen_file_read("-", &text, &len, &err), 0,
	       "file: standard input is read");
	is_str(text, "[1,2]", "file: standard input to its end, whatever its pace");
	wait(NULL);
	fifo = xasprintf("%s/fifo", mkdtemp(dir));
	mkfifo(fifo, 0600);
	if (fork() == 0)
		_exit(write(open(fifo, O_WRONLY | O_CLOEXEC), "{}", 2) != 2);
	is_int(segen_file_read(fifo, &again, &len, &err), 0,
	       "file: a named pipe is read");
	is_str(again, "{}", "file: what a named pipe held");
	wait(NULL);
	unlink(fifo);
	dup2(open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), STDIN_FILENO);
	is_int(segen_file_read("-", &text, &len, &err), -EISDIR,
	       "file: a folder as standard input is an error");
	is_str(err.msg, "cannot read standard input: Is a directory",
	       "file: standard input is called so");
	rmdir(dir);
	close(STDIN_FILENO);
	is_int(segen_file_read("-", &text, &len, &err), -EBADF,
	       "file: closed standard input is an error");
	dup2(saved, STDIN_FILENO);
}

/* An object of known shape. */
struct shape {
	char *text, *any, *rest;
	uint64_t number;
	bool yes;
	struct segen_strset set;
	struct {
		char **v;
		size_t n;
	} list;
};

static void shape_done(struct shape *s)
{
	for (size_t i = 0; i < s->list.n; i++)
		free(s->list.v[i]);
	free(s->list.v);
	segen_strset_done(&s->set);
	free(s->text);
	free(s->any);
	free(s->rest);
}

#define SHAPE(key, read, member)                                               \
	{                                                                      \
		key, read, offsetof(struct shape, member), SEGEN_JSON_OPTIONAL \
	}

static int read_shape(const char *text, struct shape *ret, struct segen_error *err)
{
	static const struct segen_json_field fields[] = {
		SHAPE("text", segen_json_text, text),
		SHAPE("number", segen_json_uint64, number),
		SHAPE("yes", segen_json_bool, yes),
		SHAPE("set", segen_json_set, set),
		SHAPE("list", segen_json_list, list),
		{"any", segen_json_keep, offsetof(struct shape, any),
		 SEGEN_JSON_NULLABLE},
		SHAPE(NULL, NULL, rest),
	};
	_cleanup_(segen_json_done) struct segen_json j = {};

	segen_json_init(&j, text, strlen(text), "x");
	return segen_json_document(&j, fields, ARRAY_SIZE(fields), ret, err);
}

static void test_fields(void)
{
	static const char text[] =
		"{\"rest\": [1, {\"a\" : 1.50}], \"text\":\"t\\u0041\", \"null\": null,\n"
		"\"number\":18446744073709551615,\"yes\":true,\"set\":[\"b\",\"a\",\"b\"],"
		"\"list\":[\"b\",\"a\",\"b\"],\"any\": null}";
	_cleanup_(shape_done) struct shape s = {};
	struct segen_error err = {};

	is_int(read_shape(text, &s, &err), 0, "json: an object is read by its fields");
	is_str(s.text, "tA", "json: a text has its escapes resolved");
	ok(s.number == UINT64_MAX, "json: the largest number is read");
	ok(s.yes, "json: true is read");
	is_int((intmax_t)s.set.n, 2, "json: a set has each text once");
	is_int((intmax_t)s.list.n, 3, "json: a list has its texts");
	is_str(s.list.v[1], "a", "json: a list has its order");
	is_str(s.any, "null", "json: null is a value for the field that takes it");
	is_str(s.rest, "{\"rest\":[1,{\"a\":1.50}],\"null\":null}",
	       "json: what no field knows is kept as it was spelled");
}

static void test_fields_null(void)
{
	_cleanup_(shape_done) struct shape s = {};

	is_int(read_shape("{\"text\":null,\"number\":null,\"list\":null}", &s, NULL), 0,
	       "json: null is as if the key were absent");
	is_str(s.text, NULL, "json: a text that is null is not there");
	is_str(s.rest, NULL, "json: without unknown keys nothing is kept");
}

static void test_fields_wrong(void)
{
	static const struct {
		const char *text, *msg;
	} rows[] = {
		{"[]", "x:1:1: $: must be an object, not an array"},
		{"{\"text\":1}", "x:1:9: $.text: must be a string, not a number"},
		{"{\"number\":-1}", "x:1:11: $.number: must not be negative"},
		{"{\"number\":\n1.0}", "x:2:1: $.number: must be a whole number, not a "
				       "number with a point or exponent"},
		{"{\"yes\":null,\"yes\":true}", "x:1:13: $.yes: this key appears twice"},
		{"{\"yes\":{}}", "x:1:8: $.yes: must be true or false, not an object"},
		{"{\"set\":[\"a\",{}]}",
		 "x:1:13: $.set[1]: must be a string, not an object"},
		{"{\"u\":1,\"v\":{\"\\u0061\":1,\"a\":2}}",
		 "x:1:24: $.v.a: this key appears twice"},
		{"{\"u\":1,\"text\":\"\",\"\\u0075\":2}",
		 "x:1:18: $.u: this key appears twice"},
		{"{} {}", "x:1:4: $: '{' where the end of the document should be"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(shape_done) struct shape s = {};
		struct segen_error err = {};

		is_int(read_shape(rows[i].text, &s, &err), -EINVAL,
		       "json: wrong object %zu is refused", i);
		is_str(err.msg, rows[i].msg, "json: the words of wrong object %zu", i);
	}
}

/* A message stays one line of a terminal, with the words in it. */
static void test_fail_shown(void)
{
	_cleanup_(segen_json_done) struct segen_json j = {};
	_cleanup_(segen_buf_done) struct segen_buf text = {}, name = {}, value = {};
	struct segen_error err = {};

	for (size_t i = 0; i < 2500; i++) {
		segen_buf_puts(&name, "/n");
		segen_buf_puts(&value, "\xc3\xa9");
	}
	segen_json_init(&j, "1", 1, "x");
	segen_json_fail(&j, &err, "unknown action '\x1b[2J%s'", "\xff");
	has_str(err.msg, ": $: unknown action '\\u001b[2J\\ufffd'",
		"json: control characters are escaped in messages");
	segen_buf_puts(&text, "{\"a\":");
	for (size_t i = 0; i < SEGEN_JSON_DEPTH - 1; i++)
		segen_buf_printf(&text, "{\"%s\\u001b]0;title\\u0007\xc2\x9b\":",
				 i % 2 ? "k" : value.s);
	segen_buf_puts(&text, "1");
	segen_json_init(&j, text.s, text.len, name.s);
	segen_json_fail_at(&j, text.s + text.len - 1, &err, "unknown action '%s'",
			   value.s);
	has_str(err.msg, "unknown action '\xc3\xa9\xc3\xa9",
		"json: long names, paths and values leave room for the words");
	ok(!strpbrk(err.msg, "\x1b\x07\n"), "json: no control character in a message");
	ok(!strstr(err.msg, "\xc2\x9b"), "json: no control character of C1 either");
	ok(strlen(err.msg) < sizeof(err.msg) - 1,
	   "json: a message is never cut at its end");
}

/* --- writing ---------------------------------------------------------------------- */

static void put_all(struct segen_json_out *w)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_u64(w, "n", UINT64_MAX);
	segen_json_put_open(w, "empty", '[');
	segen_json_put_close(w, ']');
	segen_json_put_line(w, "line", '{');
	segen_json_put_strings(w, "s", (char *[]){(char *)"a", (char *)"\""}, 2);
	segen_json_put_hex(w, "h", 255);
	segen_json_put_close(w, '}');
	segen_json_put_members(w, "{\"k\":[1.50,null],\"l\":{}}");
	segen_json_put_bool(w, "b", false);
	segen_json_put_close(w, '}');
}

static void test_write(void)
{
	static const char *const want[] = {
		[SEGEN_JSON_LINES] =
			"{\n\t\"n\": 18446744073709551615,\n\t\"empty\": [],\n"
			"\t\"line\": {\"s\": [\"a\", \"\\\"\"], "
			"\"h\": \"0xff\"},\n\t\"k\": [\n\t\t1.50,\n\t\tnull\n"
			"\t],\n\t\"l\": {},\n\t\"b\": false\n}",
		[SEGEN_JSON_ONE_LINE] =
			"{\"n\": 18446744073709551615, \"empty\": [], "
			"\"line\": {\"s\": [\"a\", \"\\\"\"], \"h\": \"0xff\"}, "
			"\"k\": [1.50, null], \"l\": {}, \"b\": false}",
		[SEGEN_JSON_COMPACT] = "{\"n\":18446744073709551615,\"empty\":[],"
				       "\"line\":{\"s\":[\"a\",\"\\\"\"],\"h\":\"0xff\"},"
				       "\"k\":[1.50,null],\"l\":{},\"b\":false}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		_cleanup_(segen_buf_done) struct segen_buf b = {};
		struct segen_json_out w = {.out = &b, .style = (enum segen_json_style)i};

		put_all(&w);
		is_str(b.s, want[i], "json: what is written in style %zu", i);
	}
}

static void test_quote(void)
{
	static const char odd[] =
		"a\"\\\b\f\n\r\t\x01\x1f\x7f \xc3\xa9 \xc2\x9b \xf0\x9f\x98\x80/";
	_cleanup_(segen_buf_done) struct segen_buf b = {}, c = {};
	_cleanup_(shape_done) struct shape s = {};

	segen_buf_puts(&b, "{\"text\":");
	segen_json_quote(&b, odd);
	segen_buf_puts(&b, "}");
	is_int(read_shape(b.s, &s, NULL), 0, "json: what is quoted is JSON");
	is_str(s.text, odd, "json: what is quoted is read as it was");
	segen_json_quote(&c, "\xff\xc3");
	is_str(c.s, "\"\\ufffd\\ufffd\"", "json: what is not UTF-8 is replaced");
}

static void test_quote_anything(void)
{
	unsigned good = 0;

	srand(2);
	for (int i = 0; i < 5000; i++) {
		_cleanup_(segen_buf_done) struct segen_buf b = {};
		_cleanup_free_ char *kept = NULL;
		char s[24] = "";

		for (size_t k = 0; k < sizeof(s) - 1; k++)
			s[k] = (char)(rand() % 2 ? rand() : 0xc0 | rand());
		segen_json_quote(&b, s);
		good += parse(b.s, b.len, &kept, NULL) == 0;
	}
	is_int(good, 5000, "json: strings of any bytes become JSON");
}

int main(void)
{
	test_parse_words();
	test_file_read();
	test_file_read_pipe();
	test_fields();
	test_fields_null();
	test_fields_wrong();
	test_fail_shown();
	test_write();
	test_quote();
	test_quote_anything();
	return done();
}
