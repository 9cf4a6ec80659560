/* random-disturb.c: signals, sleeps that they interrupt, and filters of its own. */
#include "random-calls.h"

#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* --- signals ---------------------------------------------------------------------- */

static void on_signal(int sig)
{
	make(FOREIGN_NATIVE, SYS_getpgid, 0, 1);
}

static void on_sigsys(int sig)
{
}

void hold_signals(bool hold)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

/* One signal has calls start again, the other has them fail. */
void handle_signals(void)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	const struct sigaction sys = {.sa_handler = on_sigsys, .sa_flags = SA_NODEFER};

	sigaction(SIGUSR1, &sa, NULL);
	sa.sa_flags = 0;
	sigaction(SIGUSR2, &sa, NULL);
	sigaction(SIGSYS, &sys, NULL);
	hold_signals(false);
}

static void signal_a_thread(struct task *t, int sig)
{
	int tid = atomic_load(&self.tids[pick(t, TASKS)]);

	for (int i = 0; tid == 0 && i < TASKS; i++)
		tid = atomic_load(&self.tids[i]);
	if (tid == 0 || self.idle)
		return;
	syscall(SYS_tgkill, getpid(), tid, sig);
	note(SYS_tgkill);
	note(SYS_getpid);
}

void get_signal(struct task *t)
{
	int sig = pick(t, 2) ? SIGUSR1 : SIGUSR2;

	if (t->raw)
		return;
	if (pick(t, 2))
		raise(sig);
	else
		signal_a_thread(t, sig);
}

/* --- sleeps ----------------------------------------------------------------------- */

void sleep_a_little(struct task *t)
{
	static const uint32_t word;
	struct timespec time = {.tv_nsec = 1000 * (1 + (long)pick(t, 3000))};
	long nr;

	if (self.idle)
		return;
	switch (pick(t, 3)) {
	case 0:
		nr = SYS_clock_nanosleep;
		syscall(nr, CLOCK_MONOTONIC, 0, &time, NULL);
		break;
	case 1:
		nr = SYS_ppoll;
		syscall(nr, NULL, 0, &time, NULL, 8);
		break;
	default:
		nr = SYS_futex;
		syscall(nr, &word, FUTEX_WAIT_PRIVATE, 0, &time, NULL, 0);
	}
	note(nr);
}

/* --- filters of its own ----------------------------------------------------------- */

/* Calls that the C library can do without. */
static const long refusable[] = {
	SYS_getpgid,	     SYS_getsid,	SYS_times,
	SYS_getresuid,	     SYS_getresgid,	SYS_sched_get_priority_max,
	SYS_getgroups,	     SYS_getpriority,	SYS_inotify_rm_watch,
	SYS_timerfd_gettime, SYS_mq_getsetattr, SYS_tee,
	SYS_splice,	     SYS_getitimer,	SYS_capget,
	SYS_mincore,	     SYS_flock,		SYS_fsync,
	SYS_sysinfo,	     SYS_getppid,
};
enum { REFUSED = 6, REFUSABLE = sizeof(refusable) / sizeof(*refusable) };

/* Whoever makes such a call has made it, whatever the answer. */
void own_filter(struct task *t)
{
	static const uint32_t actions[] = {
		SECCOMP_RET_ERRNO | 95, SECCOMP_RET_ERRNO | 38, SECCOMP_RET_TRAP,
		SECCOMP_RET_TRACE | 7,	SECCOMP_RET_LOG,
	};
	const uint32_t action = actions[pick(t, sizeof(actions) / sizeof(*actions))];
	struct sock_filter code[1 + REFUSED * 2 + 1] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog prog = {sizeof(code) / sizeof(*code), code};

	if (self.idle || t->raw)
		return;
	for (unsigned i = 0; i < REFUSED; i++) {
		long nr = refusable[pick(t, REFUSABLE)];

		code[1 + 2 * i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							       (uint32_t)nr, 0, 1);
		code[2 + 2 * i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
	}
	code[1 + 2 * REFUSED] =
		(struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	note(SYS_prctl);
	if (pick(t, 3)) {
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			pick(t, 2) ? SECCOMP_FILTER_FLAG_TSYNC : 0, &prog);
		note(SYS_seccomp);
	} else {
		syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0);
		note(SYS_prctl);
	}
}
