/* control.c: the thread that waits for signals and for time to pass, when needed. */
#include "run/control.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STOP_SIGNAL SIGALRM /* tells the thread to stop */
#define GRACE_MS 3000	    /* between SIGTERM and SIGKILL */
#define WAKE_EVERY_MS 2
#define THREAD_AFTER_MS 10

static void on_wake_up(int sig)
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

/* Until the tracer has seen it: a signal that comes just before wait4() is lost. */
static void request(struct control *c, unsigned bits)
{
	const struct timespec pause = from_ms(WAKE_EVERY_MS);

	atomic_fetch_or(&c->pending, bits);
	while (atomic_load(&c->pending) && !atomic_load(&c->stopping)) {
		pthread_kill(c->tracer, WAKE_UP_SIGNAL);
		nanosleep(&pause, NULL);
	}
}

static void on_signal(struct control *c, const siginfo_t *info, unsigned *ends)
{
	bool ending;

	if (c->watching) {
		request(c, CONTROL_END);
		return;
	}
	ending = info->si_signo == SIGINT || info->si_signo == SIGTERM;

	if (ending && ++*ends > 1) {
		request(c, CONTROL_KILL);
		return;
	}
	/* The terminal signals the whole foreground group: the workload has it already.
	 * Of a hang-up it tells only the session's leader.
	 */
	if (info->si_code == SI_KERNEL &&
	    !(info->si_signo == SIGHUP && getsid(0) == getpid()))
		return;
	atomic_store(&c->forward, info->si_signo);
	request(c, CONTROL_FORWARD);
}

static void *control_thread(void *arg)
{
	struct control *c = arg;
	uint64_t tick = c->start_ms + c->tick_ms;
	uint64_t end = c->for_ms ? c->start_ms + c->for_ms : UINT64_MAX;
	unsigned end_bits = CONTROL_END, ends = 0;

	while (!atomic_load(&c->stopping)) {
		uint64_t now = now_ms(), next = c->tick_ms && tick < end ? tick : end;
		struct timespec wait = from_ms(next > now ? next - now : 0);
		siginfo_t info;
		int sig = next == UINT64_MAX ? sigwaitinfo(&c->set, &info)
					     : sigtimedwait(&c->set, &info, &wait);

		if (sig > 0 && sig != STOP_SIGNAL)
			on_signal(c, &info, &ends);
		now = now_ms();
		if (c->tick_ms && now >= tick) {
			request(c, CONTROL_TICK);
			tick = now + c->tick_ms;
		}
		if (now >= end) {
			request(c, end_bits);
			end_bits = CONTROL_KILL;
			end = now + GRACE_MS;
		}
	}
	return NULL;
}

/* Interrupts wait4() until there is a thread: one signal just before it would be lost. */
static void start_timer(struct control *c)
{
	const struct timespec pause = from_ms(THREAD_AFTER_MS);
	const struct itimerspec again = {.it_value = pause, .it_interval = pause};
	struct sigevent wake_up = {.sigev_notify = SIGEV_SIGNAL,
				   .sigev_signo = WAKE_UP_SIGNAL};

	c->has_timer = timer_create(CLOCK_MONOTONIC, &wake_up, &c->timer) == 0;
	if (c->has_timer)
		timer_settime(c->timer, 0, &again, NULL);
}

static void stop_timer(struct control *c)
{
	if (c->has_timer)
		timer_delete(c->timer);
	c->has_timer = false;
}

static void take_signals(struct control *c)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, STOP_SIGNAL};
	const struct sigaction noted = {.sa_handler = on_wake_up};
	/* wait4() tells of stops: without the signal they are cheaper. */
	const struct sigaction child = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
	sigset_t wake_up;

	c->tracer = pthread_self();
	c->start_ms = now_ms();
	sigemptyset(&c->set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&c->set, signals[i]);
	pthread_sigmask(SIG_BLOCK, &c->set, &c->old_mask);
	sigemptyset(&wake_up);
	sigaddset(&wake_up, WAKE_UP_SIGNAL);
	sigaction(WAKE_UP_SIGNAL, &noted, &c->old_wake_up);
	pthread_sigmask(SIG_UNBLOCK, &wake_up, NULL);
	sigaction(SIGCHLD, &child, &c->old_child);
}

int control_wake(struct control *c)
{
	int r;

	if (c->has_thread)
		return 0;
	r = pthread_create(&c->thread, NULL, control_thread, c);
	c->has_thread = r == 0;
	if (c->has_thread)
		stop_timer(c);
	return -r;
}

int control_begin(struct control *c, enum control_kind kind, uint64_t for_ms,
		  uint64_t tick_ms, struct segen_error *err)
{
	int r;

	*c = (struct control){
		.for_ms = for_ms,
		.tick_ms = tick_ms,
		.watching = kind == CONTROL_WATCHING,
	};
	take_signals(c);
	/* A workload that is to be ended may leave no place for a thread later. */
	if (kind == CONTROL_SHORT && !for_ms)
		start_timer(c);
	r = c->has_timer ? 0 : control_wake(c);
	if (r == 0)
		return 0;
	control_stop(c);
	return segen_fail_errno(err, r, "cannot start a thread");
}

unsigned control_take(struct control *c, int *ret_sig)
{
	if (!atomic_load_explicit(&c->pending, memory_order_relaxed))
		return 0;
	*ret_sig = atomic_load(&c->forward);
	return atomic_exchange(&c->pending, 0);
}

static void keep_blocked(sigset_t *mask)
{
	sigaddset(mask, SIGINT);
	sigaddset(mask, SIGTERM);
	sigaddset(mask, SIGHUP);
}

void control_stop(struct control *c)
{
	const struct timespec now = {};

	stop_timer(c);
	atomic_store(&c->stopping, true);
	if (c->has_thread) {
		pthread_kill(c->thread, STOP_SIGNAL);
		pthread_join(c->thread, NULL);
	}
	sigaction(WAKE_UP_SIGNAL, &c->old_wake_up, NULL);
	sigaction(SIGCHLD, &c->old_child, NULL);
	/*
	 * What ended the workload may come again, from an impatient user or a terminal
	 * that is closed: it would end segen before anything is written.
	 */
	while (sigtimedwait(&c->set, NULL, &now) > 0)
		;
	keep_blocked(&c->old_mask);
	pthread_sigmask(SIG_SETMASK, &c->old_mask, NULL);
}
