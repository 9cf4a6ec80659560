/* test-oci-cmdline.c: what engines really call their runtimes with. */
#include "oci/cmdline.h"

#include <segen/util.h>

#include <string.h>

#include "tests/tap.h"

static const struct {
	const char *const argv[20];
	const char *verb, *id, *bundle, *process;
	bool starts;
} cases[] = {
	/* containerd's shim, for docker run */
	{{"runc", "--root", "/run/r", "--log", "/b/log.json", "--log-format", "json",
	  "create", "--bundle", "/b", "--pid-file", "/b/init.pid", "c1"},
	 "create",
	 "c1",
	 "/b",
	 NULL,
	 true},
	{{"runc", "--root", "/r", "create", "--bundle", "/b", "--console-socket",
	  "/tmp/pty", "c1"},
	 "create",
	 "c1",
	 "/b",
	 NULL,
	 true},
	{{"runc", "--root", "/r", "exec", "--process", "/tmp/p", "--detach", "--pid-file",
	  "/b/1.pid", "c1"},
	 "exec",
	 "c1",
	 NULL,
	 "/tmp/p",
	 true},
	{{"runc", "--root", "/r", "start", "c1"}, "start", "c1", NULL, NULL, false},
	{{"runc", "delete", "--force", "c1"}, "delete", "c1", NULL, NULL, false},
	{{"runc", "kill", "c1", "15"}, "kill", "c1", NULL, NULL, false},
	{{"runc", "kill", "--all", "c1", "9"}, "kill", "c1", NULL, NULL, false},
	/* conmon, for podman run */
	{{"crun", "--systemd-cgroup", "--root=/run/crun", "create", "--bundle", "/b",
	  "--pid-file", "/b/pidfile", "c2"},
	 "create",
	 "c2",
	 "/b",
	 NULL,
	 true},
	{{"crun", "exec", "--pid-file", "/x", "--process", "/p", "--detach", "c2"},
	 "exec",
	 "c2",
	 NULL,
	 "/p",
	 true},
	/* people */
	{{"runc", "run", "-b", "/b", "c3"}, "run", "c3", "/b", NULL, true},
	{{"runc", "run", "-bundle=/b", "c3"}, "run", "c3", "/b", NULL, true},
	{{"crun", "run", "-b/b", "c3"}, "run", "c3", "/b", NULL, true},
	{{"runc", "run", "c3", "--bundle", "/b"}, "run", "c3", "/b", NULL, true},
	{{"runc", "run", "--", "c3"}, "run", "c3", NULL, NULL, true},
	{{"runc", "exec", "-t", "-e", "A=1", "--cwd", "/", "-u", "1", "c3", "sh", "-p",
	  "x"},
	 "exec",
	 "c3",
	 NULL,
	 NULL,
	 true},
	{{"runc", "create"}, "create", NULL, NULL, NULL, false},
	{{"runc", "create", "--bundle"}, "create", NULL, NULL, NULL, false},
	{{"runc", "--version"}, NULL, NULL, NULL, NULL, false},
	{{"runc"}, NULL, NULL, NULL, NULL, false},
	{{NULL}, NULL, NULL, NULL, NULL, false},
};

static void test_lines(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct oci_cmdline c;

		oci_cmdline_parse((char *const *)cases[i].argv, &c);
		is_str(c.verb, cases[i].verb, "line %zu: the verb", i);
		is_str(c.id, cases[i].id, "line %zu: the id", i);
		is_str(c.bundle, cases[i].bundle, "line %zu: the bundle", i);
		is_str(c.process, cases[i].process, "line %zu: the process", i);
		ok(oci_cmdline_starts(&c) == cases[i].starts, "line %zu: %s", i,
		   cases[i].starts ? "starts a process" : "starts nothing");
	}
}

static void test_words(void)
{
	static const char *const argv[] = {"runc", "exec", "c", "sh", "-c", "true", NULL};
	struct oci_cmdline c;

	oci_cmdline_parse((char *const *)argv, &c);
	is_str(c.words[0], "sh", "exec: the command follows the id");
	is_str(c.words[1], "-c", "exec: its first argument, too");
}

int main(void)
{
	test_lines();
	test_words();
	return done();
}
