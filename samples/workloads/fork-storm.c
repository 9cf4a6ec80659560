/*
 * fork-storm: processes that start processes as fast as they can, so that a child's
 * first stop often comes before the event of its parent.
 */
#include "workload.h"

enum { WIDTH = 4, DEPTH = 4, NODES = 1 + 4 + 16 + 64 + 256 };

static void grow(int depth)
{
	syscall(SYS_getppid);
	if (depth == 0)
		return;
	for (int i = 0; i < WIDTH; i++) {
		pid_t pid = fork();

		must(pid >= 0, "fork");
		if (pid == 0) {
			grow(depth - 1);
			_exit(0);
		}
	}
	for (int i = 0; i < WIDTH; i++)
		must(wait(NULL) > 0, "wait");
}

int main(void)
{
	grow(DEPTH);
	say_call("getppid", NODES);
	say_call("exit_group", NODES);
	return 0;
}
