/* test-oneshot.c: which programs do one piece of work. */
#include "tracer/oneshot.h"
#include "tests/tap.h"

#include <fnmatch.h>
#include <segen/util.h>

static void test_rows(void)
{
	size_t n, good = 0;
	const struct oneshot *j = oneshots(&n);

	for (size_t i = 0; i < n; i++) {
		size_t by = 0;

		for (size_t k = 0; k < n; k++)
			by += fnmatch(j[k].glob, j[i].sample, 0) == 0;
		if (fnmatch(j[i].glob, j[i].sample, 0) == 0 && by == 1)
			good++;
		else
			printf("# '%s': %zu rows for '%s'\n", j[i].glob, by, j[i].sample);
	}
	ok(n && good == n, "each of %zu rows is for its sample, and no other", n);
}

static void test_others(void)
{
	static const char *const others[] = {
		"/usr/bin/python3.11",	 "/usr/bin/node",
		"/usr/bin/dash",	 "/usr/bin/bash",
		"/bin/busybox",		 "/usr/sbin/nginx",
		"/usr/bin/redis-server", "/usr/lib/git-core/git-daemon",
		"/usr/bin/rsync",	 "/usr/sbin/sshd",
		"/usr/bin/java",	 "/usr/bin/perl",
		"/git/server",		 "/usr/bin/gccgo-server",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		ok(!is_oneshot(others[i]), "%s may do anything", others[i]);
	ok(is_oneshot("/usr/bin/git") && is_oneshot("git"), "the folder does not matter");
	ok(is_oneshot("/usr/lib/gcc/x86_64-linux-gnu/12/cc1"), "a compiler");
}

int main(void)
{
	test_rows();
	test_others();
	return done();
}
