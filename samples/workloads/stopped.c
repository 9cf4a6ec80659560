/*
 * stopped: calls that sleep while their process is stopped and continued.  A stop
 * interrupts them without a tracer, too: nanosleep goes on as restart_syscall, which is a
 * call like any other, and epoll_wait tells its program of EINTR.  The signals that come
 * meanwhile, and are ignored, change nothing of that.
 */
#include "workload.h"

#include <signal.h>
#include <sys/epoll.h>
#include <time.h>

static char state_of(pid_t pid)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	must(f && fscanf(f, "%*d (%*[^)]) %c", &state) == 1, path);
	fclose(f);
	return state;
}

static void pause_ms(long ms)
{
	struct timespec t = {.tv_nsec = ms * 1000000};

	nanosleep(&t, NULL);
}

/* Stop it where it sleeps, and have it go on. */
static void nudge(pid_t pid, int extra)
{
	char state;
	int st;

	pause_ms(60);
	while ((state = state_of(pid)) != 'S') {
		must(state != 'Z', "it ended before it was stopped: a busy machine");
		pause_ms(5);
	}
	kill(pid, SIGSTOP);
	must(waitpid(pid, &st, WUNTRACED) == pid && WIFSTOPPED(st), "waitpid");
	if (extra)
		kill(pid, extra);
	pause_ms(20);
	kill(pid, SIGCONT);
}

static int sleeps(void)
{
	struct timespec t = {.tv_nsec = 700000000};
	int r = nanosleep(&t, NULL);

	printf("nanosleep: %d %s\n", r, r ? strerror(errno) : "");
	return 0;
}

static int polls(void)
{
	struct epoll_event e;
	long r = syscall(SYS_epoll_pwait, epoll_create1(0), &e, 1, 3000, NULL, 8);

	printf("epoll_pwait: %ld %s\n", r, r ? strerror(errno) : "");
	return 0;
}

static void check(int (*in_child)(void), int extra)
{
	pid_t pid = fork();

	must(pid >= 0, "fork");
	if (pid == 0)
		exit(in_child());
	nudge(pid, extra);
	must(ended(pid) == 0, "the child");
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	check(sleeps, 0);
	check(sleeps, SIGWINCH);
	check(polls, 0);
	check(polls, SIGURG);
	say_call("restart_syscall", 2);
	return 0;
}
