/* test-batch-program.c: which programs do one piece of work. */
#include "fast/batch-program.h"
#include "tests/tap.h"

#include <fnmatch.h>
#include <segen/util.h>

static void test_rows(void)
{
	size_t n, good = 0;
	const struct batch_program *j = batch_programs(&n);

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
		ok(!is_batch_program(others[i]), "%s may do anything", others[i]);
	ok(is_batch_program("/usr/bin/git"), "git in a folder does one piece of work");
	ok(is_batch_program("git"), "git without a folder does one piece of work");
	ok(is_batch_program("/usr/lib/gcc/x86_64-linux-gnu/12/cc1"),
	   "a compiler does one piece of work");
}

static void test_interpreters(void)
{
	size_t n, good = 0;
	const struct interpreter *v = interpreters(&n);

	for (size_t i = 0; i < n; i++) {
		if (interpreter_find(v[i].sample) == &v[i] &&
		    !is_batch_program(v[i].sample))
			good++;
		else
			printf("# '%s': not for '%s'\n", v[i].glob, v[i].sample);
	}
	ok(n && good == n, "each of %zu interpreters is found, and may do anything", n);
	ok(!interpreter_find("/usr/bin/busybox"), "busybox is no interpreter");
	ok(!interpreter_find("/usr/bin/ssh"), "ssh is no interpreter");
}

#define WORDS 5

static void test_command_lines(void)
{
	static const struct {
		const char *program;
		const char *argv[WORDS];
		bool want;
	} cases[] = {
		{"/usr/bin/python3.11", {"python3", "-c", "import os"}, true},
		{"/usr/bin/python3.11", {"python3", "-I", "-Sc", "import os"}, true},
		{"/usr/bin/python3.11", {"python3", "-m", "pytest", "-c", "x"}, true},
		{"/usr/bin/python3.11", {"python3", "-m", "http.server"}, false},
		{"/usr/bin/python3.11", {"python3", "-m"}, false},
		{"/usr/bin/python3.11", {"python3", "/usr/bin/meson", "setup"}, true},
		{"/usr/bin/python3.11", {"python3", "server.py", "-c", "conf"}, false},
		{"/usr/bin/python3.11", {"python3", "-W", "ignore", "-c", ""}, false},
		{"/usr/bin/python3.11", {"python3"}, false},
		{"/usr/bin/python3.11", {NULL}, false},
		{"/usr/bin/perl", {"perl", "-w", "-ne", "print"}, true},
		{"/usr/bin/perl", {"perl", "-w", "/usr/bin/automake"}, true},
		{"/usr/bin/perl", {"perl", "daemon.pl"}, false},
		{"/usr/bin/perl", {"perl", "-Mfeature", "daemon.pl"}, false},
		{"/usr/bin/python3.11", {"python3", "-Wsync", "server.py"}, false},
		{"/usr/bin/node", {"node", "-e", "1"}, true},
		{"/usr/bin/node", {"node", "-c", "app.js"}, false},
		{"/usr/bin/dash", {"sh", "./configure", "--prefix=/"}, true},
		{"/usr/bin/dash", {"sh", "-c", "make"}, false},
		{"/usr/bin/bash", {"bash", "-ec", "gcc"}, false},
		{"/usr/bin/bash", {"bash", "-x", "run-server"}, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		is_int(interpreter_is_batch(interpreter_find(cases[i].program),
					    (char *const *)cases[i].argv),
		       cases[i].want, "%s %s %s", cases[i].program,
		       cases[i].argv[1] ? cases[i].argv[1] : "",
		       cases[i].argv[1] && cases[i].argv[2] ? cases[i].argv[2] : "");
}

int main(void)
{
	test_interpreters();
	test_command_lines();
	test_rows();
	test_others();
	return done();
}
