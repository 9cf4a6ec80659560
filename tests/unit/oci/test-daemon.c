/* test-daemon.c: who is signalled, and who is not. */
#include "oci/daemon.h"

#include <segen/outfile.h>
#include <segen/util.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/tap.h"

static void test_pids(void)
{
	static const struct {
		const char *text;
		pid_t pid;
	} cases[] = {
		{"1234\n", 1234},
		{"1234", 1234},
		{"2147483647", 2147483647},
		{"", 0},
		{"0", 0},
		{"1", 0},
		{"-1", 0},
		{"2147483648", 0},
		{"4294967295", 0}, /* as an int it is -1: everybody */
		{"99999999999999999999", 0},
		{"12 34", 0},
		{"12x", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		is_int(daemon_parse_pid(cases[i].text), cases[i].pid,
		       "pid file with '%.*s': the process in it",
		       (int)strcspn(cases[i].text, "\n"), cases[i].text);
}

#define WORDS(text) text, sizeof(text)

static void test_flags(void)
{
	struct daemon d = {.fd = -1};

	daemon_parse_cmdline(WORDS("dockerd\0--config-file\0/etc/x.json\0-H\0fd://"), &d);
	is_str(d.config_file, "/etc/x.json", "--config-file FILE: is found");
	ok(!d.has_runtimes, "no --add-runtime: is seen");
	daemon_done(&d);
	daemon_parse_cmdline(WORDS("dockerd\0-config-file=/y\0--add-runtime=a=/b"), &d);
	is_str(d.config_file, "/y", "-config-file=FILE: is found");
	ok(d.has_runtimes, "--add-runtime=: is seen");
	daemon_done(&d);
	daemon_parse_cmdline(WORDS("dockerd\0--add-runtime\0a=/b"), &d);
	ok(d.has_runtimes, "--add-runtime: is seen");
	is_str(d.config_file, NULL, "no --config-file: is seen");
	daemon_done(&d);
}

static int find(const char *path, const char *text)
{
	_cleanup_(daemon_done) struct daemon d = {.fd = -1};

	segen_outfile_write(path, text, strlen(text), 0644, NULL);
	return daemon_find(path, &d, NULL);
}

static void test_files(void)
{
	_cleanup_(daemon_done) struct daemon d = {.fd = -1};
	char dir[] = "/tmp/segen-test.XXXXXX";
	_cleanup_free_ char *path = NULL, *own = xasprintf("%d\n", getpid());

	if (!mkdtemp(dir))
		return;
	path = xasprintf("%s/pid", dir);
	is_int(daemon_find(path, &d, NULL), -ENOENT, "no pid file: is said");
	is_int(find(path, own), -EINVAL, "pid of another program: is refused");
	is_int(find(path, "2147483647"), -ENOENT, "pid of no process: is said");
	is_int(find(path, "4294967295"), -EINVAL, "pid beyond all: is refused");
	unlink(path);
	mkfifo(path, 0600);
	alarm(5);
	is_int(daemon_find(path, &d, NULL), -EINVAL,
	       "FIFO as pid file: is refused at once");
	alarm(0);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	test_pids();
	test_flags();
	test_files();
	return done();
}
