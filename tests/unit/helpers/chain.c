/*
 * chain.c: a program with a known chain of calls, for test-callsite.
 *
 * chain_outer() calls chain_middle() calls chain_inner(), which makes one getppid(), by
 * the way that argv[1] names.  Nothing else in the program calls getppid().
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define KEEP __attribute__((noinline))
/* Not the last thing in its function, so that no call becomes a jump. */
#define HERE __asm__ volatile("" ::: "memory")

int chain_outer(const char *how);
int chain_middle(const char *how, int depth);
int chain_inner(void);
void chain_handler(int sig);

KEEP int chain_inner(void)
{
	long r = syscall(SYS_getppid);

	HERE;
	return (int)r;
}

KEEP void chain_handler(int sig)
{
	chain_inner();
	HERE;
}

KEEP int chain_middle(const char *how, int depth)
{
	struct timespec t;
	int r = 0;

	if (depth > 0) {
		r = chain_middle(how, depth - 1) + 1;
	} else if (!strcmp(how, "signal")) {
		signal(SIGUSR1, chain_handler);
		raise(SIGUSR1);
	} else if (!strcmp(how, "vdso")) {
		/* No vdso knows this clock: it makes the call itself. */
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	} else {
		r = chain_inner();
	}
	HERE;
	return r;
}

KEEP int chain_outer(const char *how)
{
	int r = chain_middle(how, !strcmp(how, "deep") ? 20000 : 0);

	HERE;
	return r;
}

static void *in_thread(void *how)
{
	chain_outer(how);
	return NULL;
}

int main(int argc, char **argv)
{
	static char none[] = "";
	char *how = argc > 1 ? argv[1] : none;
	pthread_t t;

	if (strcmp(how, "thread") != 0)
		return chain_outer(how) < 0;
	if (pthread_create(&t, NULL, in_thread, how) == 0)
		pthread_join(t, NULL);
	return 0;
}
