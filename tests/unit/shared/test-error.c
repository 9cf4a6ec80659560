/* The error object: filled once, wrapped, never overrun. */
#include <segen/error.h>

#include <errno.h>
#include <string.h>

#include "tests/tap.h"

static void test_fail(void)
{
	struct segen_error err = {};

	ok(segen_fail(&err, -EINVAL, "bad '%s'", "x") == -EINVAL && err.code == -EINVAL &&
		   !strcmp(err.msg, "bad 'x'"),
	   "fail fills and returns its code");
	ok(segen_fail_errno(&err, -ENOENT, "cannot read '%s'", "f") == -ENOENT &&
		   !strcmp(err.msg, "cannot read 'f': No such file or directory"),
	   "fail_errno adds what the code means");
	ok(segen_wrap(&err, -EIO, "in '%s'", "g") == -EIO && err.code == -EIO &&
		   !strcmp(err.msg, "in 'g': cannot read 'f': No such file or directory"),
	   "wrap puts words before");
	ok(segen_fail(NULL, -EINVAL, "x") == -EINVAL &&
		   segen_fail_errno(NULL, -EPERM, "x") == -EPERM &&
		   segen_wrap(NULL, -EIO, "x") == -EIO,
	   "nobody has to want the words");
}

static void test_long(void)
{
	struct {
		struct segen_error err;
		char guard[8];
	} e = {.guard = "guarded"};
	char text[3 * SEGEN_ERROR_MAX];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	segen_fail(&e.err, -EINVAL, "%s", text);
	ok(strlen(e.err.msg) == SEGEN_ERROR_MAX - 1, "a long message is cut");
	segen_fail_errno(&e.err, -EINVAL, "%s", text);
	ok(strlen(e.err.msg) == SEGEN_ERROR_MAX - 1, "with an errno, too");
	segen_wrap(&e.err, -EINVAL, "%s", text);
	segen_wrap(&e.err, -EINVAL, "short");
	ok(strlen(e.err.msg) == SEGEN_ERROR_MAX - 1 &&
		   !strncmp(e.err.msg, "short: xxx", 10),
	   "and when wrapped");
	ok(!strcmp(e.guard, "guarded"), "what follows is untouched");
}

int main(void)
{
	test_fail();
	test_long();
	return done();
}
