/*
 * thread-storm: 64 threads that start and end threads all the time.
 */
#include "workload.h"

#include <pthread.h>

enum { THREADS = 64, ROUNDS = 20, STATUS = 3 };

static void *leaf(void *arg)
{
	syscall(SYS_getppid);
	return arg;
}

static void *start_leaves(void *arg)
{
	pthread_t t;

	for (int i = 0; i < ROUNDS; i++)
		must(pthread_create(&t, NULL, leaf, NULL) == 0 &&
			     pthread_join(t, NULL) == 0,
		     "a leaf");
	return arg;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		must(pthread_create(&threads[i], NULL, start_leaves, NULL) == 0,
		     "a thread");
	for (int i = 0; i < THREADS; i++)
		must(pthread_join(threads[i], NULL) == 0, "join");
	say_call("getppid", (unsigned long)THREADS * ROUNDS);
	return STATUS;
}
