/* background.c: fork twice, and close what was inherited. */
#include "oci/background.h"

#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define READY_MS 10000

static void close_from(unsigned first)
{
	if (syscall(SYS_close_range, first, ~0u, 0) == 0)
		return;
	/* Before Linux 5.9. */
	for (int fd = (int)first; fd < sysconf(_SC_OPEN_MAX); fd++)
		close(fd);
}

/* Close all but @keep; returns its new number. */
static int close_all_but(int keep)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3; fd++)
		if (fd != keep)
			dup2(null, fd);
	keep = dup2(keep, 3);
	close_from(4);
	fcntl(keep, F_SETFD, FD_CLOEXEC);
	return keep;
}

static void default_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static __attribute__((noreturn)) void grandchild(background_fn fn, void *ctx, int ready)
{
	prctl(PR_SET_PDEATHSIG, 0);
	default_signals();
	ready = close_all_but(ready);
	fn(ctx, ready);
	_exit(0);
}

static __attribute__((noreturn)) void child(background_fn fn, void *ctx, int ready)
{
	pid_t pid;

	setsid();
	pid = fork();
	if (pid == 0)
		grandchild(fn, ctx, ready);
	_exit(pid < 0);
}

static int wait_ready(int fd, struct segen_error *err)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char byte;
	int n;

	do
		n = poll(&p, 1, READY_MS);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return segen_fail(err, -ETIMEDOUT, "the tracer did not begin in time");
	if (n < 0 || read(fd, &byte, 1) != 1)
		return segen_fail(err, -ECHILD, "the tracer could not begin");
	return 0;
}

int background_start(background_fn fn, void *ctx, struct segen_error *err)
{
	_cleanup_close_ int ready = -1;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return segen_fail_errno(err, -errno, "cannot create a pipe");
	ready = fds[0];
	pid = fork();
	if (pid == 0)
		child(fn, ctx, fds[1]);
	close(fds[1]);
	if (pid < 0)
		return segen_fail_errno(err, -EAGAIN, "cannot start a process");
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return wait_ready(ready, err);
}

void background_ready(int ready)
{
	if (write(ready, "", 1) == 1)
		close(ready);
}
