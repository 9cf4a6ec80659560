/*
 * child.h: children that run another copy of the test.
 */
#pragma once

#include <segen/util.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void child_copy_self(const char *to)
{
	_cleanup_close_ int in = open("/proc/self/exe", O_RDONLY);
	_cleanup_close_ int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	char buf[65536];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			break;
}

/* A child that runs @program with the argument @how, until it is killed. */
static inline pid_t child_start(const char *program, const char *how)
{
	int ready[2];
	char c;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		execl(program, program, how, NULL);
		_exit(1);
	}
	close(ready[1]);
	/* The end of the pipe: exec has happened. */
	if (read(ready[0], &c, 1) < 0)
		pid = -1;
	close(ready[0]);
	return pid;
}

static inline void child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
