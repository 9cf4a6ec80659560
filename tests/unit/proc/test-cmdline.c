/* test-cmdline.c: a text of words, and that of a process. */
#include "proc/cmdline.h"
#include "tests/tap.h"

#include <segen/util.h>

#include <string.h>
#include <sys/wait.h>

/* Whether they are those of @want, each followed by a bar; @v is freed. */
static bool are(char **v, const char *want)
{
	_cleanup_free_ char **words = v;
	const char *rest = want;

	for (size_t i = 0; words[i]; i++) {
		size_t len = strlen(words[i]);

		if (strncmp(rest, words[i], len) != 0 || rest[len] != '|')
			return false;
		rest += len + 1;
	}
	return !*rest;
}

static void test_split(void)
{
	ok(are(cmdline_split("", 0), ""), "nothing");
	ok(are(cmdline_split("", 1), "|"), "one empty word");
	ok(are(cmdline_split("a\0bc", 5), "a|bc|"), "two words");
	ok(are(cmdline_split("a\0bc", 4), "a|bc|"), "the last one without an end");
	ok(are(cmdline_split("a\0\0b", 5), "a||b|"), "an empty one between");
	ok(are(cmdline_split("a\0bc", 3), "a|b|"), "a text that breaks off");
}

static void test_read(void)
{
	pid_t pid = fork();
	char **v;

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	v = cmdline_read(pid);
	ok(!v[0], "a process that has ended has no words");
	free(v);
	v = cmdline_read(getpid());
	ok(v[0] && strstr(v[0], "test-cmdline"), "this one has its name");
	free(v);
}

int main(void)
{
	test_split();
	test_read();
	return done();
}
