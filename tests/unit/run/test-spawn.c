/* test-spawn.c: from a command to a child that waits, and what becomes of it. */
#include "run/spawn.h"
#include "helpers/child.h"

#include <segen/util.h>

#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>

#include "tests/tap.h"

static char place[] = "/tmp/test-spawn.XXXXXX";
static struct spawn s;
static struct segen_error err;

static int start(const char *program, const char *arg, const struct filter *f)
{
	char *const argv[] = {(char *)program, (char *)arg, NULL};

	s = (struct spawn){.go = -1, .failed = -1};
	return spawn_start(argv, f, &s, &err);
}

static int status_of(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
								    : -1;
}

/* How it ended; -1: it did not begin. */
static int run(const char *program, const char *arg, const struct filter *f)
{
	int r = start(program, arg, f);

	if (r == 0)
		r = spawn_go(&s, &err);
	return r < 0 ? -1 : status_of(s.pid);
}

static int failure(void)
{
	char name[] = "name";
	char *const argv[] = {name, NULL};
	int r = spawn_failure(&s, argv, &err);

	spawn_done(&s);
	return r;
}

static char *make_file(const char *name, const char *text, mode_t mode)
{
	char *path = xasprintf("%s/%s", place, name);
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
	chmod(path, mode);
	return path;
}

static void test_lookup(void)
{
	_cleanup_free_ char *plain = make_file("plain", "exit 3\n", 0644);

	is_int(start("", NULL, NULL), -ENOENT, "lookup: an empty word");
	is_int(start("no-such-program", NULL, NULL), -ENOENT, "lookup: not in PATH");
	is_int(start("/no/such/program", NULL, NULL), -ENOENT, "lookup: no such path");
	is_int(start("/tmp", NULL, NULL), -EACCES, "lookup: a folder");
	is_int(start("/bin/sh/x", NULL, NULL), -ENOENT, "lookup: below a file");
	is_int(start(plain, NULL, NULL), -EACCES, "lookup: not executable");
	is_int(s.go, -1, "lookup failed: no pipe to the child is left open");
	is_int(s.failed, -1, "lookup failed: no pipe from the child is left open");
	unlink(plain);
}

/* The first folder of PATH that has it as a program. */
static void test_path(void)
{
	_cleanup_free_ char *script = make_file("tool", "exit 4\n", 0755);
	_cleanup_free_ char *old = xstrdup(getenv("PATH"));
	_cleanup_free_ char *path = xasprintf("/nowhere:%s:%s", place, old);

	setenv("PATH", path, 1);
	is_int(run("tool", NULL, NULL), 4,
	       "PATH: found; a file without a #! line is the shell's");
	spawn_done(&s);
	chmod(script, 0644);
	is_int(start("tool", NULL, NULL), -EACCES, "PATH: found, but not executable");
	setenv("PATH", old, 1);
	is_int(start("tool", NULL, NULL), -ENOENT, "PATH: not in any of its folders");
	unlink(script);
}

static void test_waits(const char *self)
{
	is_int(start(self, "5", NULL), 0, "a child is started");
	usleep(20000);
	is_int(waitpid(s.pid, NULL, WNOHANG), 0, "a child waits to be released");
	is_int(spawn_go(&s, &err), 0, "a child is released");
	is_int(status_of(s.pid), 5, "a released child runs the program");
	ok(spawn_reached_exec(&s), "a released child came to its execve");
	is_int(failure(), -ECHILD,
	       "a program that ended by itself is no failure to start");
	start(self, "5", NULL);
	spawn_done(&s);
	is_int(status_of(s.pid), 125, "a child that is never released ends");
}

static void test_exec_fails(void)
{
	_cleanup_free_ char *path = make_file("lost", "#!/no/such/shell\n", 0755);

	is_int(run(path, NULL, NULL), 126, "no interpreter: the shell's status");
	is_int(failure(), -ENOEXEC, "no interpreter: the reason");
	has_str(err.msg, "interpreter", "no interpreter: the message says so");
	unlink(path);
}

static void test_filter(const char *self)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct filter f = {.insns = code, .n = ARRAY_SIZE(code)};

	if (!spawn_may_filter()) {
		skip("a filter", "it may not be loaded here");
		return;
	}
	is_int(run(self, "getppid", &f), EXDEV, "a filter: on from the start");
	spawn_done(&s);
	is_int(run(self, "getppid", NULL), 0, "a filter: not on the next child");
	ok(syscall(SYS_getppid) > 0, "a filter: not on its parent");
	spawn_done(&s);
	/* A program has to end with an answer. */
	f.n = 1;
	is_int(run(self, "5", &f), 126, "a filter without an answer: the shell's status");
	ok(!spawn_reached_exec(&s), "a filter without an answer: nothing is executed");
	spawn_done(&s);
	run(self, "5", &f);
	is_int(failure(), -EPERM, "a filter without an answer: the reason");
	has_str(err.msg, "filter", "a filter without an answer: the message says so");
}

int main(int argc, char **argv)
{
	_cleanup_free_ char *self = NULL;

	/* A sanitizer would have its own ideas of how to end. */
	if (argc > 1 && !strcmp(argv[1], "getppid"))
		_exit(syscall(SYS_getppid) < 0 ? errno : 0);
	if (argc > 1)
		_exit(atoi(argv[1]));
	if (!mkdtemp(place))
		return 1;
	self = xasprintf("%s/self", place);
	child_copy_self(self);
	test_lookup();
	test_path();
	test_waits(self);
	test_exec_fails();
	test_filter(self);
	unlink(self);
	rmdir(place);
	return done();
}
