/* loop.c: wait4(), a batch of stops at a time. */
#include "stops/loop.h"

#include "fast/short-lived.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Stops in a batch, at most. */
#define BATCH 64
/* After a wait for one stop alone the loop looks for more after so many. */
#define ALONE_WAITS 8
/* A loop that is never idle has its turn() look around after so many waits. */
#define BUSY_WAITS 4096

struct loop {
	struct tracer *tracer;
	const struct loop_ops *ops;
	void *ctx;
	unsigned waits;
};

void resume(pid_t tid, struct resume r)
{
	/* ESRCH: it has just died, wait4() will tell. */
	switch (r.how) {
	case RESUME_CALL: ptrace(PTRACE_SYSCALL, tid, NULL, (void *)(long)r.sig); break;
	case RESUME_GO: ptrace(PTRACE_CONT, tid, NULL, (void *)(long)r.sig); break;
	case RESUME_LISTEN: ptrace(PTRACE_LISTEN, tid, NULL, NULL); break;
	case RESUME_NONE: break;
	}
}

long event_message(pid_t tid)
{
	unsigned long msg = 0;

	return ptrace(PTRACE_GETEVENTMSG, tid, NULL, &msg) < 0 ? -1 : (long)msg;
}

bool stop_is_stale(const struct tracee *t, const struct stop *s)
{
	siginfo_t info;

	if (s->kind == STOP_EXEC || s->kind == STOP_EXITED || s->kind == STOP_KILLED)
		return false;
	if (t->process->threads < 2 || t->tid != t->process->tgid)
		return false;
	return ptrace(PTRACE_GETSIGINFO, t->tid, NULL, &info) == 0 &&
	       info.si_code == (SIGTRAP | PTRACE_EVENT_EXEC << 8);
}

/* Signal 0 only asks; EPERM says that it is there. */
bool is_thread_of(pid_t tgid, pid_t tid)
{
	return syscall(SYS_tgkill, tgid, tid, 0) == 0 || errno == EPERM;
}

/* The event of its parent may be there as well. */
static bool is_newborn(const struct loop *l, pid_t tid)
{
	return l->tracer->recording && !l->ops->knows(l->ctx, tid);
}

/*
 * wait4() returns stops in the order of its lists: a busy tracee at the head would starve
 * the others.  Returns how many there are, or a negative errno.
 */
static int take_batch(struct loop *l, struct waited w[BATCH])
{
	bool more;
	int n;

	w[0].tid = wait4(-1, &w[0].status, __WALL, NULL);
	if (w[0].tid < 0)
		return -errno;
	more = ++l->waits % ALONE_WAITS == 0 || l->tracer->many_stops ||
	       is_newborn(l, w[0].tid);
	for (n = 1; n < BATCH && more; n++) {
		w[n].tid = wait4(-1, &w[n].status, __WALL | WNOHANG, NULL);
		if (w[n].tid <= 0)
			break;
	}
	l->tracer->many_stops = n > 1;
	return n;
}

static void handle(const struct loop *l, const struct waited *w)
{
	struct stop s = stop_decode(w->status);

	resume(w->tid, l->ops->handle(l->ctx, w->tid, &s));
}

static bool is_among(const struct waited *w, int n, pid_t tid)
{
	for (int i = 0; i < n; i++)
		if (w[i].tid == tid)
			return true;
	return false;
}

/*
 * Newborns last, with all that came of them: their end must not come before their first
 * stop, though their parent has told of them meanwhile.
 */
static void handle_batch(const struct loop *l, const struct waited *w, int n)
{
	struct waited later[BATCH];
	int n_later = 0;

	for (int i = 0; i < n; i++) {
		if (is_newborn(l, w[i].tid) || is_among(later, n_later, w[i].tid))
			later[n_later++] = w[i];
		else
			handle(l, &w[i]);
	}
	for (int i = 0; i < n_later; i++)
		handle(l, &later[i]);
}

int loop_run(struct tracer *tr, const struct loop_ops *ops, void *ctx,
	     struct segen_error *err)
{
	struct loop l = {.tracer = tr, .ops = ops, .ctx = ctx};
	struct waited w[BATCH];
	int n;

	do {
		n = take_batch(&l, w);
		if (n == -ECHILD)
			break;
		if (n < 0)
			short_lived_tick(tr);
		handle_batch(&l, w, n);
	} while (ops->turn(ctx, n < 0 || l.waits % BUSY_WAITS == 0));
	if (!tr->unsupported)
		return 0;
	return segen_fail(err, -ENOTSUP,
			  "this kernel has no PTRACE_GET_SYSCALL_INFO; segen needs "
			  "Linux 5.3 or newer");
}
