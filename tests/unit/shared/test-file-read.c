/* test-file-read.c: FIFOs are read when somebody writes to them, and not waited for. */
#include <segen/json.h>
#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/tap.h"

static void late_writer(const char *path)
{
	int fd;

	usleep(200000);
	fd = open(path, O_WRONLY);
	usleep(100000);
	_exit(write(fd, "text", 4) != 4);
}

static void test_fifo(const char *path)
{
	_cleanup_free_ char *text = NULL;
	struct segen_error err = {};
	size_t len;
	pid_t pid;

	alarm(20);
	is_int(segen_file_read(path, &text, &len, &err), -ETIMEDOUT,
	       "FIFO without a writer: is an error");
	has_str(err.msg, "FIFO", "FIFO without a writer: the message says so");
	pid = fork();
	if (pid == 0)
		late_writer(path);
	is_int(segen_file_read(path, &text, &len, &err), 0,
	       "FIFO with a late writer: is read");
	is_str(text, "text", "FIFO with a late writer: its text");
	waitpid(pid, NULL, 0);
	alarm(0);
}

static void test_pipe(void)
{
	_cleanup_free_ char *text = NULL, *path = NULL;
	int ends[2];
	size_t len;

	if (pipe(ends) < 0)
		return;
	path = xasprintf("/dev/fd/%d", ends[0]);
	close(ends[1]);
	is_int(segen_file_read(path, &text, &len, NULL), 0,
	       "pipe whose writer has gone: is read");
	is_int(len, 0, "pipe whose writer has gone: is empty");
	close(ends[0]);
}

int main(void)
{
	char dir[] = "/tmp/segen-test.XXXXXX";
	_cleanup_free_ char *path = NULL;

	if (!mkdtemp(dir))
		return 99;
	path = xasprintf("%s/fifo", dir);
	mkfifo(path, 0600);
	test_fifo(path);
	test_pipe();
	unlink(path);
	rmdir(dir);
	return done();
}
