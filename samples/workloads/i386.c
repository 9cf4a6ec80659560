/* i386: a 32-bit program; every call of it belongs to the i386 ABI. */
#include "workload.h"

#include <time.h>

int main(void)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0) {
		syscall(SYS_getsid, 0);
		_exit(4);
	}
	ended(pid);
	syscall(SYS_getpgid, 0);
	syscall(SYS_time, NULL);
	say_call("getsid", 1);
	say_call("getpgid", 1);
	say_call("time", 1);
	say_call("clone", 1);
	return 0;
}
