/* JSON in: files, values by type, what the words say, and text out. */
#include <segen/json.h>

#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

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
	_cleanup_close_ int fd = mkostemp(path, O_CLOEXEC), saved = -1;
	_cleanup_free_ char *text = NULL;
	struct segen_error err = {};
	size_t len;

	ok(segen_file_read("/nonexistent/x", &text, &len, &err) == -ENOENT &&
		   strstr(err.msg, "'/nonexistent/x': No such file"),
	   "a missing file is named");
	ok(segen_file_read("/", &text, &len, &err) == -EISDIR, "%s", err.msg);
	ok(write(fd, "a\0b", 3) == 3 && segen_file_read(path, &text, &len, &err) == 0 &&
		   len == 3 && !memcmp(text, "a\0b", 4),
	   "a file is read with its NUL bytes, and one is added");
	ok(ftruncate(fd, 200 << 20) == 0 &&
		   segen_file_read(path, &text, &len, &err) == -EFBIG,
	   "%s", err.msg);
	saved = dup(STDIN_FILENO);
	dup2(fd, STDIN_FILENO);
	lseek(fd, 0, SEEK_SET);
	ok(segen_file_read("-", &text, &len, &err) == -EFBIG &&
		   lseek(fd, 0, SEEK_CUR) == 0,
	   "before a byte of them is read");
	dup2(saved, STDIN_FILENO);
	ok(segen_file_read("/dev/zero", &text, &len, &err) == -EFBIG,
	   "so is a file without end: %s", err.msg);
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

	ok(pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0, "a non-blocking pipe");
	write_slowly(fds[1], fds);
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	ok(segen_file_read("-", &text, &len, &err) == 0 && !strcmp(text, "[1,2]"),
	   "standard input to its end, whatever its pace");
	wait(NULL);
	fifo = xasprintf("%s/fifo", mkdtemp(dir));
	mkfifo(fifo, 0600);
	if (fork() == 0)
		_exit(write(open(fifo, O_WRONLY | O_CLOEXEC), "{}", 2) != 2);
	ok(segen_file_read(fifo, &again, &len, &err) == 0 && !strcmp(again, "{}"),
	   "a named pipe");
	wait(NULL);
	unlink(fifo);
	dup2(open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), STDIN_FILENO);
	ok(segen_file_read("-", &text, &len, &err) == -EISDIR &&
		   !strcmp(err.msg, "cannot read standard input: Is a directory"),
	   "%s", err.msg);
	rmdir(dir);
	close(STDIN_FILENO);
	ok(segen_file_read("-", &text, &len, &err) == -EBADF, "%s", err.msg);
	dup2(saved, STDIN_FILENO);
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

/* Each getter against each type: its own is read, null is absent, the rest refused. */
static void test_getters_types(void)
{
	static const char text[] =
		"{\"null\":null,\"bool\":false,\"double\":1.0,\"exponent\":1e3,"
		"\"int\":5,\"negative\":-5,\"big\":9223372036854775808,"
		"\"string\":\"5\",\"array\":[],\"object\":{}}";
	static const char *const keys[] = {"null",  "bool",	"double", "exponent",
					   "int",   "negative", "big",	  "string",
					   "array", "object",	"absent"};
	/* For each key: object, array, string, u64, int, bool; + read, 0 absent, - wrong
	 */
	static const char *const want[] = {"000000", "-----+", "------", "------",
					   "---++-", "----+-", "---+--", "--+---",
					   "-+----", "+-----", "000000"};
	_cleanup_(put) struct json_object *doc = NULL;
	struct segen_error err = {};
	struct segen_json root = {.name = "x"}, at;
	size_t good = 0;

	segen_json_parse(text, sizeof(text) - 1, "x", &doc, &err);
	root.v = doc;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *k = keys[i], *s;
		uint64_t u;
		int64_t n;
		bool b;
		int r[6] = {segen_json_get_object(&root, k, &at, &err),
			    segen_json_get_array(&root, k, &at, &err),
			    segen_json_get_string(&root, k, &s, &err),
			    segen_json_get_u64(&root, k, &u, &err),
			    segen_json_get_int(&root, k, &n, &err),
			    segen_json_get_bool(&root, k, &b, &err)};

		for (size_t j = 0; j < 6; j++)
			good += r[j] == (want[i][j] == '+'   ? 1
					 : want[i][j] == '0' ? 0
							     : -EINVAL);
	}
	ok(good == ARRAY_SIZE(keys) * 6, "each type for each getter (%zu)", good);
	ok(segen_json_get_u64(&root, "double", &(uint64_t){0}, &err) < 0 &&
		   !strcmp(err.msg, "x: $.double: must be a whole number, not a number "
				    "with a point or exponent"),
	   "%s", err.msg);
}

/* A message stays one line of a terminal, with the words in it. */
static void test_fail_shown(void)
{
	static const char key[] = "k\x1b]0;title\x07\xc2\x9b";
	_cleanup_free_ char *name = xcalloc(1, 5001), *value = xcalloc(1, 5001);
	struct segen_json at[SEGEN_JSON_DEPTH + 1] = {{.name = name}};
	struct segen_error err = {};

	for (size_t i = 0; i < 5000; i++) {
		name[i] = "/n"[i % 2];
		value[i] = "\xc3\xa9"[i % 2];
	}
	segen_json_fail(&at[0], &err, "unknown action '\x1b[2J%s'", "\xff");
	ok(strstr(err.msg, ": $: unknown action '\\u001b[2J\\ufffd'") != NULL,
	   "control characters are escaped");
	for (int i = 1; i <= SEGEN_JSON_DEPTH; i++)
		at[i] = (struct segen_json){
			.up = &at[i - 1], .key = i % 2 ? key : value, .index = 3};
	at[SEGEN_JSON_DEPTH].key = NULL;
	segen_json_fail(&at[SEGEN_JSON_DEPTH], &err, "unknown action '%s'", value);
	ok(strstr(err.msg, "[3]: unknown action '\xc3\xa9\xc3\xa9") != NULL,
	   "long names, paths and values leave room for the words");
	ok(!strpbrk(err.msg, "\x1b\x07\n") && !strstr(err.msg, "\xc2\x9b") &&
		   strlen(err.msg) < sizeof(err.msg) - 1,
	   "with nothing in it that a terminal obeys (%zu bytes)", strlen(err.msg));
}

static void test_quote(void)
{
	static const char odd[] =
		"a\"\\\b\f\n\r\t\x01\x1f\x7f \xc3\xa9 \xc2\x9b \xf0\x9f\x98\x80/";
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

static void test_quote_anything(void)
{
	unsigned good = 0;

	srand(2);
	for (int i = 0; i < 5000; i++) {
		_cleanup_(segen_buf_done) struct segen_buf b = {};
		_cleanup_(put) struct json_object *doc = NULL;
		char s[24] = "";

		for (size_t k = 0; k < sizeof(s) - 1; k++)
			s[k] = (char)(rand() % 2 ? rand() : 0xc0 | rand());
		segen_json_quote(&b, s);
		good += segen_json_parse(b.s, b.len, "x", &doc, NULL) == 0;
	}
	ok(good == 5000, "5000 strings of any bytes become JSON");
}

int main(void)
{
	test_parse_words();
	test_file_read();
	test_file_read_pipe();
	test_getters();
	test_getters_types();
	test_fail_shown();
	test_quote();
	test_quote_anything();
	return done();
}
