/* control.c: the thread that waits for signals and for time to pass, when needed. */
#include "run/control.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAKE SIGALRM  /* tells the thread to stop */
#define GRACE_MS 3000 /* between SIGTERM and SIGKILL */
#define NUDGE_EVERY_MS 2
#define THREAD_AFTER_MS 10

static void on_nudge(int sig)
{
	/* Its only purpose is to interrupt wait4(). */
	(void)sig;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static struct timespec from_ms(uint64_t ms)
{
	return (struct timespec){
		.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};
}

/* Tell the tracer, until it has seen it: a nudge just before wait4() would be lost. */
static void raise_attention(struct control *a, unsigned bits)
{
	const struct timespec pause = from_ms(NUDGE_EVERY_MS);

	atomic_fetch_or(&a->pending, bits);
	while (atomic_load(&a->pending) && !atomic_load(&a->stopping)) {
		pthread_kill(a->tracer, WAKE_UP_SIGNAL);
		nanosleep(&pause, NULL);
	}
}

static void on_signal(struct control *a, const siginfo_t *info, unsigned *ends)
{
	bool ending;

	if (a->watching) {
		raise_attention(a, CONTROL_END);
		return;
	}
	ending = info->si_signo == SIGINT || info->si_signo == SIGTERM;

	if (ending && ++*ends > 1) {
		raise_attention(a, CONTROL_KILL);
		return;
	}
	/* The terminal signals the whole foreground group: the workload has it already.
	 * Of a hang-up it tells only the session's leader.
	 */
	if (info->si_code == SI_KERNEL &&
	    !(info->si_signo == SIGHUP && getsid(0) == getpid()))
		return;
	atomic_store(&a->forward, info->si_signo);
	raise_attention(a, CONTROL_FORWARD);
}

static void *attention_thread(void *arg)
{
	struct control *a = arg;
	uint64_t tick = a->start_ms + a->tick_ms;
	uint64_t end = a->for_ms ? a->start_ms + a->for_ms : UINT64_MAX;
	unsigned end_bits = CONTROL_END, ends = 0;

	while (!atomic_load(&a->stopping)) {
		uint64_t now = now_ms(), next = a->tick_ms && tick < end ? tick : end;
		struct timespec wait = from_ms(next > now ? next - now : 0);
		siginfo_t info;
		int sig = next == UINT64_MAX ? sigwaitinfo(&a->set, &info)
					     : sigtimedwait(&a->set, &info, &wait);

		if (sig > 0 && sig != WAKE)
			on_signal(a, &info, &ends);
		now = now_ms();
		if (a->tick_ms && now >= tick) {
			raise_attention(a, CONTROL_TICK);
			tick = now + a->tick_ms;
		}
		if (now >= end) {
			raise_attention(a, end_bits);
			end_bits = CONTROL_KILL;
			end = now + GRACE_MS;
		}
	}
	return NULL;
}

/* Nudges until there is a thread: one that comes just before wait4() would be lost. */
static void start_timer(struct control *a)
{
	const struct timespec pause = from_ms(THREAD_AFTER_MS);
	const struct itimerspec again = {.it_value = pause, .it_interval = pause};
	struct sigevent nudge = {.sigev_notify = SIGEV_SIGNAL,
				 .sigev_signo = WAKE_UP_SIGNAL};

	a->has_timer = timer_create(CLOCK_MONOTONIC, &nudge, &a->timer) == 0;
	if (a->has_timer)
		timer_settime(a->timer, 0, &again, NULL);
}

static void stop_timer(struct control *a)
{
	if (a->has_timer)
		timer_delete(a->timer);
	a->has_timer = false;
}

static void take_signals(struct control *a)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, WAKE};
	const struct sigaction nudge = {.sa_handler = on_nudge};
	/* wait4() tells of stops: without the signal they are cheaper. */
	const struct sigaction child = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
	sigset_t nudge_set;

	a->tracer = pthread_self();
	a->start_ms = now_ms();
	sigemptyset(&a->set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&a->set, signals[i]);
	pthread_sigmask(SIG_BLOCK, &a->set, &a->old_mask);
	sigemptyset(&nudge_set);
	sigaddset(&nudge_set, WAKE_UP_SIGNAL);
	sigaction(WAKE_UP_SIGNAL, &nudge, &a->old_nudge);
	pthread_sigmask(SIG_UNBLOCK, &nudge_set, NULL);
	sigaction(SIGCHLD, &child, &a->old_child);
}

int control_wake(struct control *a)
{
	int r;

	if (a->has_thread)
		return 0;
	r = pthread_create(&a->thread, NULL, attention_thread, a);
	a->has_thread = r == 0;
	if (a->has_thread)
		stop_timer(a);
	return -r;
}

static int start(struct control *a, struct segen_error *err)
{
	int r;

	take_signals(a);
	r = control_wake(a);
	if (r == 0)
		return 0;
	control_stop(a);
	return segen_fail_errno(err, r, "cannot start a thread");
}

void control_begin(struct control *a, uint64_t for_ms, uint64_t tick_ms)
{
	*a = (struct control){.for_ms = for_ms, .tick_ms = tick_ms};
	take_signals(a);
	start_timer(a);
	if (!a->has_timer)
		control_wake(a);
}

int control_start(struct control *a, uint64_t for_ms, uint64_t tick_ms,
		  struct segen_error *err)
{
	*a = (struct control){.for_ms = for_ms, .tick_ms = tick_ms};
	return start(a, err);
}

int control_start_watching(struct control *a, uint64_t for_ms, uint64_t tick_ms,
			   struct segen_error *err)
{
	*a = (struct control){
		.for_ms = for_ms,
		.tick_ms = tick_ms,
		.watching = true,
	};
	return start(a, err);
}

unsigned control_take(struct control *a, int *ret_sig)
{
	if (!atomic_load_explicit(&a->pending, memory_order_relaxed))
		return 0;
	*ret_sig = atomic_load(&a->forward);
	return atomic_exchange(&a->pending, 0);
}

void control_stop(struct control *a)
{
	const struct timespec now = {};

	stop_timer(a);
	atomic_store(&a->stopping, true);
	if (a->has_thread) {
		pthread_kill(a->thread, WAKE);
		pthread_join(a->thread, NULL);
	}
	sigaction(WAKE_UP_SIGNAL, &a->old_nudge, NULL);
	sigaction(SIGCHLD, &a->old_child, NULL);
	/*
	 * The interrupt that has just ended the workload may still be waiting: unblocked,
	 * it would end segen before anything is written.
	 */
	while (sigtimedwait(&a->set, NULL, &now) > 0)
		;
	pthread_sigmask(SIG_SETMASK, &a->old_mask, NULL);
}
