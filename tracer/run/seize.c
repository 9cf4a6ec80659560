/* seize.c: PTRACE_SEIZE, and why it is refused. */
#include "run/seize.h"

#include "proc/proc-stat.h"
#include "proc/proc-status.h"

#include <segen/util.h>

#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>

#define TRIES 20

void seizer_init(struct seizer *s)
{
	*s = (struct seizer){};
	pthread_mutex_init(&s->lock, NULL);
}

void seizer_done(struct seizer *s)
{
	pthread_mutex_destroy(&s->lock);
	free(s->ends);
}

/* --- why not ---------------------------------------------------------------------- */

static const char *name_of(pid_t pid, struct proc_stat *st)
{
	return proc_stat_read(pid, st) == 0 ? st->name : "?";
}

/* -1: there is no Yama. */
static int yama_scope(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/sys/kernel/yama/ptrace_scope", "re");
	int scope;

	return f && fscanf(f, "%d", &scope) == 1 ? scope : -1;
}

static int refused(pid_t tid, int code, struct segen_error *err)
{
	struct proc_stat own, other;
	struct proc_status st = {};
	const char *name = name_of(tid, &own);
	int scope = yama_scope();

	proc_status_read(tid, &st);
	if (st.tracer)
		return segen_fail(
			err, -EPERM,
			"process %d (%s) is already traced by process %d (%s); a process can have only one tracer",
			tid, name, st.tracer, name_of(st.tracer, &other));
	if (geteuid() != 0 && (st.uid != geteuid() || st.euid != geteuid()))
		return segen_fail(err, -EPERM,
				  "process %d (%s) belongs to user %u: run segen as that "
				  "user or as root",
				  tid, name, st.uid);
	if (scope == 3 || (scope > 0 && geteuid() != 0))
		return segen_fail(err, -EPERM,
				  "process %d (%s) may not be traced: "
				  "/proc/sys/kernel/yama/ptrace_scope is %d%s",
				  tid, name, scope,
				  scope == 3 ? ""
					     : "; run segen as root, or set it to 0");
	return segen_fail(
		err, -EPERM,
		"process %d (%s) may not be traced: %s; it needs CAP_SYS_PTRACE "
		"if the process has privileges or is not dumpable, and a seccomp "
		"profile around segen that allows ptrace",
		tid, name, strerror(code));
}

/* --- the call --------------------------------------------------------------------- */

static int try_seize(struct seizer *s, pid_t tid, long options)
{
	int r;

	pthread_mutex_lock(&s->lock);
	s->busy = true;
	s->turn++;
	pthread_mutex_unlock(&s->lock);
	r = ptrace(PTRACE_SEIZE, tid, NULL, (void *)options) < 0 ? -errno : 0;
	pthread_mutex_lock(&s->lock);
	s->busy = false;
	pthread_mutex_unlock(&s->lock);
	return r;
}

int seizer_seize(struct seizer *s, pid_t tid, long options, struct segen_error *err)
{
	const struct timespec moment = {.tv_nsec = 1000000};
	struct proc_status st;
	int r = 0;

	for (int i = 0; i < TRIES; i++) {
		r = try_seize(s, tid, options);
		if (r == 0) {
			ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
			return 1;
		}
		/* It may have died, or have been born to one that is traced. */
		if (r == -ESRCH || proc_status_read(tid, &st) < 0 ||
		    strchr("ZX", st.state) || st.tracer == s->self)
			return 0;
		/* Or it was ending, and another takes over its number (execve). */
		nanosleep(&moment, NULL);
	}
	return refused(tid, -r, err);
}

bool seizer_take_end(struct seizer *s, struct waited *ret)
{
	bool taken = s->n_ends > 0;

	/* Without the lock: nothing is added while the tracing thread is not busy. */
	if (taken)
		*ret = s->ends[--s->n_ends];
	return taken;
}

/* --- the other thread ------------------------------------------------------------- */

static void collect(struct seizer *s)
{
	struct waited w = {};
	siginfo_t info = {};

	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | __WALL) == 0 && info.si_pid) {
		w.tid = info.si_pid;
		/* As wait4() has it: the status above, the signal below. */
		w.status = info.si_code == CLD_EXITED ? (info.si_status & 0xff) << 8
						      : info.si_status;
		GROW(s->ends, s->n_ends, s->cap_ends);
		s->ends[s->n_ends++] = w;
		info.si_pid = 0;
	}
}

void seizer_help(struct seizer *s, unsigned long *turn)
{
	pthread_mutex_lock(&s->lock);
	if (s->busy && s->turn == *turn)
		collect(s);
	*turn = s->turn;
	pthread_mutex_unlock(&s->lock);
}
