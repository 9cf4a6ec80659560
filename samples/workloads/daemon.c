/*
 * daemon: detaches with a double fork and goes on for a moment after its parent has
 * ended; then it writes "done" to the file it was given.
 */
#include "workload.h"

#include <fcntl.h>

static void work(const char *path)
{
	int fd;

	usleep(300000);
	syscall(SYS_getsid, 0);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	must(fd >= 0 && write(fd, "done\n", 5) == 5, path);
}

int main(int argc, char **argv)
{
	pid_t pid;

	must(argc == 2, "usage: daemon FILE");
	pid = fork();
	must(pid >= 0, "fork");
	if (pid > 0)
		return 3;
	setsid();
	pid = fork();
	must(pid >= 0, "fork");
	if (pid == 0)
		work(argv[1]);
	_exit(0);
}
