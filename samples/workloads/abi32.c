/* abi32: a 32-bit program; every call of it belongs to the 32-bit ABI. */
#include "workload.h"

/* A call that no 64-bit ABI has under this name and number. */
#if defined(__arm__)
#define OLD_CALL SYS_nice
#define OLD_NAME "nice"
#else
#define OLD_CALL SYS_time
#define OLD_NAME "time"
#endif

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
	syscall(OLD_CALL, 0, NULL);
	say_call("getsid", 1);
	say_call("getpgid", 1);
	say_call(OLD_NAME, 1);
	say_call("clone", 1);
	return 0;
}
