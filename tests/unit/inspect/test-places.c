/* test-places.c: lines of values, in texts that are JSON and in some that are not. */
#include "inspect/places.h"
#include "tap.h"

static const char text[] = "{\n"
			   "\t\"defaultAction\": \"SCMP_ACT_ERRNO\",\n"
			   "\t\"syscalls\": [\n"
			   "\t\t{\"names\": [\"read\",\n"
			   "\t\t\t\"a \\\"quoted\\\" name\"],\n"
			   "\t\t \"args\": [{\"index\": 0}]},\n"
			   "\t\t{\"NAMES\": [],\n"
			   "\t\t \"comment\": \"{[,\"}\n"
			   "\t]\n"
			   "}\n";

static void is_line(const struct places *p, const char *path, size_t want)
{
	is_int((int)places_line(p, path), (int)want, "line: %s", path);
}

static void test_lines(void)
{
	struct places p;

	places_init(&p, text, strlen(text));
	is_line(&p, "$", 1);
	is_line(&p, "$.defaultAction", 2);
	is_line(&p, "$.syscalls", 3);
	is_line(&p, "$.syscalls[0].names[0]", 4);
	is_line(&p, "$.syscalls[0].names[1]", 5);
	is_line(&p, "$.syscalls[0].args[0].index", 6);
	is_line(&p, "$.syscalls[1].names", 7);
	is_line(&p, "$.syscalls[1].comment", 8);
	is_line(&p, "$.syscalls[1].names[7]", 7);
	is_line(&p, "$.syscalls[9]", 3);
	is_line(&p, "$.nothing", 1);
	places_done(&p);
	places_init(&p, NULL, 0);
	is_line(&p, "$.syscalls", 0);
	places_done(&p);
}

/* Anything may stand in a file. */
static void test_hostile(void)
{
	_cleanup_(segen_buf_done) struct segen_buf deep = {};
	struct places p;
	size_t n = 0;

	for (size_t len = 0; len <= strlen(text); len++) {
		char *part = xstrndup(text, len);

		places_init(&p, part, len);
		n += p.n;
		places_done(&p);
		free(part);
	}
	ok(n > 0, "hostile: every beginning of a text can be read");
	for (int i = 0; i < 10000; i++)
		segen_buf_puts(&deep, i % 2 ? "[" : "{\"a\":");
	places_init(&p, deep.s, deep.len);
	ok(p.n > 0 && p.n < 100, "hostile: depth has an end");
	places_done(&p);
	places_init(&p, "]]}},,::\"", 9);
	is_int((int)places_line(&p, "$.x"), (int)(p.n ? 1 : 0),
	       "hostile: no value, no line");
	places_done(&p);
	places_init(&p, "\"\\", 2);
	ok(p.n <= 1, "hostile: a backslash at the end");
	places_done(&p);
}

int main(void)
{
	test_lines();
	test_hostile();
	return done();
}
