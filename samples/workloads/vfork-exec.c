/* vfork-exec: a chain of programs, each started from a vfork child of the one before. */
#include "workload.h"

enum { DEPTH = 8 };

/* What vfork(3) calls: not every architecture has it. */
#ifdef SYS_vfork
#define VFORK "vfork"
#else
#define VFORK "clone"
#endif

int main(int argc, char **argv)
{
	int depth = argc > 1 ? atoi(argv[1]) : DEPTH;
	char next[12];
	pid_t pid;
	int st;

	syscall(SYS_getsid, 0);
	if (depth == 0)
		return 7;
	snprintf(next, sizeof(next), "%d", depth - 1);
	pid = vfork(); // NOLINT: vfork is what this is about
	if (pid == 0) {
		execl("/proc/self/exe", "vfork-exec", next, (char *)NULL);
		_exit(1);
	}
	must(pid > 0, "vfork");
	st = ended(pid);
	if (argc == 1) {
		say_call(VFORK, DEPTH);
		say_call("execve", DEPTH + 1);
		say_call("getsid", DEPTH + 1);
		say_call("wait4", DEPTH);
	}
	return st;
}
