/* test-program.c: names of running programs. */
#include "proc/program.h"

#include <segen/util.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "tests/tap.h"

#include "helpers/child.h"

static char place[] = "/tmp/test-program.XXXXXX";

static bool is_named(pid_t pid, const char *name)
{
	_cleanup_free_ char *path = program_path(pid);

	if (path && !strcmp(path, name))
		return true;
	printf("# '%s' instead of '%s'\n", path ? path : "(null)", name);
	return false;
}

static void test_names(void)
{
	static const char *const names[] = {"plain", "a b", "a\nb", "x (deleted)"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *program = xasprintf("%s/%s", place, names[i]);
		pid_t pid;

		child_copy_self(program);
		pid = child_start(program, "wait");
		ok(is_named(pid, program), "program %zu", i + 1);
		unlink(program);
		ok(is_named(pid, program), "program %zu, deleted", i + 1);
		child_end(pid);
	}
}

static void test_gone(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	while (waitid(P_PID, (id_t)pid, &(siginfo_t){}, WEXITED | WNOWAIT) < 0)
		;
	ok(program_path(pid) == NULL, "a zombie has no program");
	waitpid(pid, NULL, 0);
	ok(program_path(pid) == NULL, "nor has who is gone");
	ok(geteuid() != 0 || program_path(2) == NULL, "nor a thread of the kernel");
}

/* The leader ends first: its own link leads nowhere then. */
static void test_leader_gone(void)
{
	_cleanup_free_ char *program = xasprintf("%s/threads", place);
	char path[64], target[8];
	pid_t pid;

	child_copy_self(program);
	pid = child_start(program, "threads");
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	for (int i = 0; i < 1000 && readlink(path, target, sizeof(target)) > 0; i++)
		usleep(1000);
	ok(is_named(pid, program), "the leader has ended, a thread goes on");
	child_end(pid);
	unlink(program);
}

static void test_inside(void)
{
	_cleanup_free_ char *plain = program_path_inside(getpid(), xstrdup("/a/b"));
	_cleanup_free_ char *inside = NULL;
	pid_t pid;

	ok(!strcmp(plain, "/a/b"), "our own root");
	if (geteuid() != 0) {
		skip("in another root", "needs root");
		return;
	}
	pid = fork();
	if (pid == 0) {
		if (chroot(place) < 0)
			_exit(1);
		raise(SIGSTOP);
	}
	waitpid(pid, NULL, WUNTRACED);
	inside = program_path_inside(pid, xasprintf("%s/bin/x", place));
	ok(!strcmp(inside, "/bin/x"), "in another root");
	free(inside);
	inside = program_path_inside(pid, xasprintf("%sx/bin/x", place));
	ok(!strncmp(inside, place, strlen(place)), "a root is a directory, not a prefix");
	child_end(pid);
}

static void test_memfd(void)
{
	_cleanup_close_ int fd = memfd_create("prog", MFD_CLOEXEC);
	_cleanup_free_ char *path = xasprintf("/proc/self/fd/%d", fd);
	pid_t pid;

	child_copy_self(path);
	pid = child_start(path, "wait");
	ok(is_named(pid, "/memfd:prog"), "a program that is in no file");
	child_end(pid);
}

static void *worker(void *arg)
{
	pause();
	return NULL;
}

/* What this program does when it is the one that is looked at. */
static int run_as(const char *how)
{
	pthread_t t;

	if (!strcmp(how, "threads")) {
		pthread_create(&t, NULL, worker, NULL);
		syscall(SYS_exit, 0);
	}
	pause();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		alarm(60);
		return run_as(argv[1]);
	}
	if (!mkdtemp(place))
		return 99;
	test_names();
	test_gone();
	test_leader_gone();
	test_inside();
	test_memfd();
	rmdir(place);
	return done();
}
