/*
 * restless: for some seconds, whatever makes it hard to attach to a program and to detach
 * of it: threads and processes that come and go, signals one after the other, threads
 * that execute the program anew.  Nothing of it may get lost.
 *
 * usage: restless forks|signals|execs|relay SECONDS; SIGTERM ends the relay sooner
 */
#include "workload.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

static double until;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- forks ------------------------------------------------------------------------ */

static void *one_call(void *arg)
{
	syscall(SYS_getppid);
	return arg;
}

static int child(int code)
{
	pthread_t t;
	void *ret = NULL;
	pid_t pid;

	if (pthread_create(&t, NULL, one_call, &code) || pthread_join(t, &ret))
		return 99;
	pid = vfork(); // NOLINT: vfork is what this is about
	if (pid == 0)
		_exit(code);
	return ret == &code && ended(pid) == code ? code : 98;
}

static void *forking(void *arg)
{
	unsigned long *wrong = arg;

	for (int code = 1; now() < until; code = code % 90 + 1) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(child(code));
		*wrong += pid < 0 || ended(pid) != code;
	}
	return NULL;
}

static int forks(void)
{
	unsigned long wrong[3] = {};
	pthread_t t[3];

	for (int i = 0; i < 3; i++)
		must(!pthread_create(&t[i], NULL, forking, &wrong[i]), "pthread_create");
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	printf("forks: %lu wrong\n", wrong[0] + wrong[1] + wrong[2]);
	return 7;
}

/* --- relay ------------------------------------------------------------------------ */

enum { RUNNERS = 4 };

static atomic_int arrived;
static atomic_bool enough;

static void on_term(int sig)
{
	atomic_store(&enough, true);
}

/* Each thread starts the next one and ends: who misses one misses all that follow. */
static void *leg(void *arg)
{
	pthread_attr_t detached;
	pthread_t next;

	syscall(SYS_getppid);
	if (atomic_load(&enough) || now() >= until) {
		atomic_fetch_add(&arrived, 1);
		return arg;
	}
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&detached, 65536);
	while (pthread_create(&next, &detached, leg, arg) != 0)
		usleep(100);
	return arg;
}

static int relay(void)
{
	signal(SIGTERM, on_term);
	for (int i = 0; i < RUNNERS; i++)
		leg(NULL);
	while (atomic_load(&arrived) < RUNNERS)
		usleep(10000);
	printf("relay: all arrived\n");
	return 7;
}

/* --- signals ---------------------------------------------------------------------- */

static atomic_ulong got, sum;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	atomic_fetch_add(&got, 1);
	atomic_fetch_add(&sum, (unsigned long)info->si_value.sival_int);
}

static int sender(pid_t to)
{
	unsigned long sent = 0;
	union sigval v = {};

	while (now() < until) {
		v.sival_int = (int)(sent % 1000);
		sent += sigqueue(to, SIGRTMIN, v) == 0;
		if (sent % 64 == 0)
			usleep(100);
	}
	v.sival_int = -1;
	printf("signals: %lu sent", sent);
	fflush(stdout);
	return 0;
}

static int signals(void)
{
	const struct sigaction a = {.sa_sigaction = on_signal,
				    .sa_flags = SA_SIGINFO | SA_RESTART};
	unsigned long want = 0;
	pid_t self = getpid(), pid;

	sigaction(SIGRTMIN, &a, NULL);
	pid = fork();
	if (pid == 0)
		_exit(sender(self));
	must(ended(pid) == 0, "sender");
	for (unsigned long i = 0; i < got; i++)
		want += i % 1000;
	printf(", %lu got, %s\n", (unsigned long)got,
	       sum == want ? "in order" : "mixed up");
	return 7;
}

/* --- execs ------------------------------------------------------------------------ */

static char *self;

static void *busy(void *arg)
{
	for (;;)
		syscall(SYS_getppid);
	return arg;
}

static void *execing(void *arg)
{
	char left[32];

	usleep(1000);
	snprintf(left, sizeof(left), "%f", until - now());
	execl(self, self, "execs", left, NULL);
	must(false, "execl");
	return arg;
}

static int execs(void)
{
	pthread_t t;

	if (now() >= until) {
		printf("execs: good\n");
		return 7;
	}
	for (int i = 0; i < 4; i++)
		must(!pthread_create(&t, NULL, busy, NULL), "pthread_create");
	must(!pthread_create(&t, NULL, execing, NULL), "pthread_create");
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	self = argv[0];
	must(argc == 3, "usage");
	until = now() + atof(argv[2]);
	if (!strcmp(argv[1], "forks"))
		return forks();
	if (!strcmp(argv[1], "signals"))
		return signals();
	if (!strcmp(argv[1], "relay"))
		return relay();
	return execs();
}
