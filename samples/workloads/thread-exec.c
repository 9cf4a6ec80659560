/*
 * thread-exec: the last of five threads executes a program.  The kernel gives it the
 * leader's id and the siblings vanish without a word.
 */
#include "workload.h"

#include <pthread.h>

enum { THREADS = 5 };

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

static void *executer(void *arg)
{
	syscall(SYS_getpgid, 0);
	execl("/proc/self/exe", "thread-exec", "again", (char *)NULL);
	must(false, "execl");
	return NULL;
}

static void again(void)
{
	syscall(SYS_getsid, 0);
	syscall(SYS_getsid, 0);
	say_call("getpgid", 1);
	say_call("getsid", 2);
	say_call("execve", 2);
}

int main(int argc, char **argv)
{
	pthread_t t;

	if (argc > 1) {
		again();
		return 5;
	}
	for (int i = 0; i < THREADS - 1; i++)
		must(!pthread_create(&t, NULL, sleeper, NULL), "pthread_create");
	must(!pthread_create(&t, NULL, executer, NULL), "pthread_create");
	pthread_join(t, NULL);
	return 1;
}
