/*
 * leader-exit: the first thread ends, another one goes on and ends the process.
 *
 * usage: leader-exit [SECONDS]
 */
#include "workload.h"

#include <pthread.h>

static void *worker(void *arg)
{
	usleep(*(const useconds_t *)arg);
	for (int i = 0; i < 10; i++)
		syscall(SYS_getsid, 0);
	say_call("getsid", 10);
	say_call("exit", 1);
	exit(9);
}

int main(int argc, char **argv)
{
	static useconds_t wait_us = 100000;
	pthread_t t;

	if (argc > 1)
		wait_us = (useconds_t)(atof(argv[1]) * 1e6);
	must(!pthread_create(&t, NULL, worker, &wait_us), "pthread_create");
	pthread_exit(NULL);
}
