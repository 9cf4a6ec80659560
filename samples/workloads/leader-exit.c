/* leader-exit: the first thread ends, another one goes on and ends the process. */
#include "workload.h"

#include <pthread.h>

static void *worker(void *arg)
{
	usleep(100000);
	for (int i = 0; i < 10; i++)
		syscall(SYS_getsid, 0);
	say_call("getsid", 10);
	say_call("exit", 1);
	exit(9);
}

int main(void)
{
	pthread_t t;

	must(!pthread_create(&t, NULL, worker, NULL), "pthread_create");
	pthread_exit(NULL);
}
