/*
 * blocked: threads in calls that last for some seconds, to be interrupted there by a
 * debugger.  Prints what each returned, and whether it took as long as it should.
 *
 * usage: blocked SECONDS
 */
#include "workload.h"

#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#define LATE_S 1.5 /* more is not the scheduler any more */

static int seconds;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long in_nanosleep(void)
{
	const struct timespec t = {.tv_sec = seconds};

	return nanosleep(&t, NULL);
}

static long in_poll(void)
{
	return poll(NULL, 0, seconds * 1000);
}

static long in_futex(void)
{
	const struct timespec t = {.tv_sec = seconds};
	int word = 0;

	return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &t, NULL, 0);
}

static long in_read(void)
{
	int fds[2];
	char c;

	must(pipe(fds) == 0, "pipe");
	if (fork() == 0) {
		sleep((unsigned)seconds);
		_exit(write(fds[1], "x", 1) != 1);
	}
	return read(fds[0], &c, 1);
}

static long in_accept(void)
{
	const struct sockaddr_un any = {.sun_family = AF_UNIX};
	struct sockaddr_un name;
	socklen_t len = sizeof(name);
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	/* An address of the kernel's choice. */
	must(bind(s, (const struct sockaddr *)&any, sizeof(sa_family_t)) == 0, "bind");
	must(listen(s, 1) == 0, "listen");
	must(getsockname(s, (struct sockaddr *)&name, &len) == 0, "getsockname");
	if (fork() == 0) {
		int c = socket(AF_UNIX, SOCK_STREAM, 0);

		sleep((unsigned)seconds);
		_exit(connect(c, (struct sockaddr *)&name, len) != 0);
	}
	return accept(s, NULL, NULL) >= 0 ? 0 : -1;
}

/* Its thread cannot be stopped until the child ends. */
static long in_vfork(void)
{
	const struct timespec t = {.tv_sec = seconds};
	pid_t pid = vfork(); // NOLINT: vfork is what this is about

	if (pid == 0) {
		nanosleep(&t, NULL); // NOLINT: in the parent's memory
		_exit(3);
	}
	return ended(pid);
}

struct blocked {
	const char *name;
	long (*fn)(void);
	long ret;
	int err;
	double took;
};

static void *run(void *arg)
{
	struct blocked *b = arg;
	double start = now();

	errno = 0;
	b->ret = b->fn();
	b->err = b->ret < 0 ? errno : 0;
	b->took = now() - start;
	return NULL;
}

int main(int argc, char **argv)
{
	static struct blocked all[] = {
		{.name = "nanosleep", .fn = in_nanosleep},
		{.name = "poll", .fn = in_poll},
		{.name = "futex", .fn = in_futex},
		{.name = "read", .fn = in_read},
		{.name = "accept", .fn = in_accept},
		{.name = "vfork", .fn = in_vfork},
	};
	const size_t n = sizeof(all) / sizeof(all[0]);
	pthread_t t[sizeof(all) / sizeof(all[0])];

	seconds = argc > 1 ? atoi(argv[1]) : 2;
	for (size_t i = 0; i < n; i++)
		must(!pthread_create(&t[i], NULL, run, &all[i]), "pthread_create");
	for (size_t i = 0; i < n; i++) {
		const struct blocked *b = &all[i];

		pthread_join(t[i], NULL);
		printf("%s %ld %s %s\n", b->name, b->ret,
		       b->err ? strerror(b->err) : "good",
		       b->took < seconds - 0.01	    ? "early"
		       : b->took > seconds + LATE_S ? "late"
						    : "in time");
	}
	while (wait(NULL) > 0)
		;
	return 7;
}
