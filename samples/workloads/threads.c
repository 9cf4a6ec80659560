/* threads: each of N threads makes the same calls; the sums are known exactly. */
#include "workload.h"

#include <pthread.h>

enum { THREADS = 20, ROUNDS = 200 };

static void *worker(void *arg)
{
	for (int i = 0; i < ROUNDS; i++)
		syscall(SYS_getppid);
	syscall(SYS_getpgid, 0);
	return NULL;
}

int main(void)
{
	pthread_t t[THREADS];

	for (int i = 0; i < THREADS; i++)
		must(!pthread_create(&t[i], NULL, worker, NULL), "pthread_create");
	for (int i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	say_call("getppid", (unsigned long)THREADS * ROUNDS);
	say_call("getpgid", THREADS);
	say_call("exit", THREADS);
	return 0;
}
