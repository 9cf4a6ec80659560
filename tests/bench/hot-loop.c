/*
 * hot-loop.c: one cheap call over and over, in one or more threads.
 *
 * usage: hot-loop THREADS CALLS
 *
 * Each thread first makes as many calls as a tracer may need to learn it, then times
 * CALLS more.  Prints "ns-per-call N": the mean of the threads, of the second part only.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64
#define LEARNING 20000

static unsigned long calls;
static pthread_barrier_t start;

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void *loop(void *ret)
{
	unsigned long learning = calls < LEARNING ? calls : LEARNING;
	double begin;

	for (unsigned long i = 0; i < learning; i++)
		syscall(SYS_getppid);
	pthread_barrier_wait(&start);
	begin = now_ns();
	for (unsigned long i = 0; i < calls; i++)
		syscall(SYS_getppid);
	*(double *)ret = (now_ns() - begin) / (double)calls;
	return NULL;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;
	pthread_t threads[THREADS_MAX];
	double ns[THREADS_MAX] = {}, sum = 0;

	calls = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000000;
	if (n < 1 || n > THREADS_MAX || calls == 0)
		return 2;
	pthread_barrier_init(&start, NULL, (unsigned)n);
	for (int i = 1; i < n; i++)
		if (pthread_create(&threads[i], NULL, loop, &ns[i]) != 0)
			return 1;
	loop(&ns[0]);
	for (int i = 1; i < n; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < n; i++)
		sum += ns[i];
	printf("ns-per-call %.2f\n", sum / n);
	return 0;
}
