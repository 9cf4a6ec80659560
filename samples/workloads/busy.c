/*
 * busy: threads, children and programs come and go until it is killed; for tests that
 * end it at a random moment.
 */
#include "workload.h"

#include <pthread.h>

static void *worker(void *arg)
{
	for (int i = 0; i < 100; i++)
		syscall(SYS_getppid);
	return NULL;
}

static void child(void)
{
	execl("/proc/self/exe", "busy", "leaf", (char *)NULL);
	_exit(1);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return 0;
	for (;;) {
		pthread_t t[4];
		pid_t pid = fork();

		must(pid >= 0, "fork");
		if (pid == 0)
			child();
		for (int i = 0; i < 4; i++)
			must(!pthread_create(&t[i], NULL, worker, NULL), "thread");
		for (int i = 0; i < 4; i++)
			pthread_join(t[i], NULL);
		ended(pid);
	}
}
