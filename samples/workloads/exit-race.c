/* exit-race: 64 threads in the middle of calls, one of which ends them all. */
#include "workload.h"

#include <pthread.h>

enum { THREADS = 64 };

static void *worker(void *arg)
{
	for (int i = 0;; i++) {
		syscall(SYS_getppid);
		if (arg && i == 20)
			exit(13);
	}
	return NULL;
}

int main(void)
{
	pthread_t t;

	for (int i = 0; i < THREADS; i++)
		must(!pthread_create(&t, NULL, worker, i == THREADS / 2 ? &t : NULL),
		     "pthread_create");
	worker(NULL);
}
