/*
 * flip-path: executes a path that a sibling changes all the time, so that who reads it
 * before the kernel does may read another one.  What was executed makes a call of its
 * own, which must not be taken for one of the other program.
 *
 * usage: flip-path ROUNDS OTHER COPY     COPY: of this program
 */
#include "workload.h"

#include <signal.h>
#include <sys/mman.h>

enum { COPY_RAN = 42 };

static void flip(volatile char *path, const char *a, const char *b)
{
	for (;;) {
		memcpy((char *)path, a, strlen(a) + 1);
		for (volatile int i = 0; i < 300; i++)
			;
		memcpy((char *)path, b, strlen(b) + 1);
		for (volatile int i = 0; i < 300; i++)
			;
	}
}

static int execute(char *path)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0) {
		execv(path, (char *[]){(char *)"x", NULL});
		_exit(127);
	}
	return ended(pid);
}

int main(int argc, char **argv)
{
	char *path;
	pid_t flipper;
	int ran = 0;

	if (argc == 1)
		return syscall(SYS_getsid, 0) > 0 ? COPY_RAN : 1;
	must(argc == 4, "usage: flip-path ROUNDS OTHER COPY");
	path = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		    0);
	must(path != MAP_FAILED, "mmap");
	for (int i = 0; i < 5; i++)
		execute(argv[2]);
	flipper = fork();
	must(flipper >= 0, "fork");
	if (flipper == 0)
		flip(path, argv[2], argv[3]);
	for (int i = atoi(argv[1]); i > 0; i--)
		ran += execute(path) == COPY_RAN;
	kill(flipper, SIGKILL);
	ended(flipper);
	printf("ran: %s\n", ran ? "yes" : "no");
	return 0;
}
