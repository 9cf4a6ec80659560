/* non-dumpable: nobody but root and its tracer may look into this process. */
#include "workload.h"

#include <sys/prctl.h>

int main(void)
{
	must(!prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
	for (int i = 0; i < 10; i++)
		syscall(SYS_getsid, 0);
	syscall(SYS_getpgid, 0);
	say_call("getsid", 10);
	say_call("getpgid", 1);
	return 0;
}
