/* test-control.c: signals and time become requests to the tracer, until it takes them. */
#include "run/control.h"

#include <errno.h>
#include <unistd.h>

#include "tests/tap.h"

#define LONG_MS 5000 /* for what comes */
#define SHORT_MS 60  /* for what does not */

static struct control a;
static int sig;

static void sleep_ms(unsigned ms)
{
	const struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

/* What is taken within so long; 0: nothing. */
static unsigned taken(unsigned ms)
{
	unsigned what = 0;

	sig = 0;
	/* The nudge shortens a sleep, so it may be more of them. */
	for (unsigned i = 0; i < ms && !what; i++) {
		sleep_ms(1);
		what = control_take(&a, &sig);
	}
	return what;
}

static unsigned after(int signal)
{
	kill(getpid(), signal);
	return taken(LONG_MS);
}

static void test_signals(void)
{
	is_int(control_begin(&a, CONTROL_LONG, 0, 0, NULL), 0,
	       "signals: the thread is started");
	is_int(taken(SHORT_MS), 0, "no signal: nothing to do");
	is_int(after(SIGHUP), CONTROL_FORWARD, "HUP: passed on");
	is_int(sig, SIGHUP, "HUP: as such");
	is_int(after(SIGHUP), CONTROL_FORWARD, "a second HUP: passed on");
	is_int(after(SIGQUIT), CONTROL_FORWARD, "QUIT: passed on");
	is_int(sig, SIGQUIT, "QUIT: as such");
	is_int(after(SIGTERM), CONTROL_FORWARD, "the first TERM: passed on");
	is_int(after(SIGINT), CONTROL_KILL, "INT after TERM: kills");
	is_int(taken(SHORT_MS), 0, "each signal is told of once");
	control_stop(&a);
}

static void test_watching(void)
{
	static const struct {
		int signal;
		const char *name;
	} signals[] = {{SIGHUP, "HUP"}, {SIGINT, "INT"}, {SIGTERM, "TERM"}};

	control_begin(&a, CONTROL_WATCHING, 0, 0, NULL);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		is_int(after(signals[i].signal), CONTROL_END, "only watching: %s ends it",
		       signals[i].name);
	control_stop(&a);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* A busy machine may be late, so only what comes too early is wrong. */
static void test_time(void)
{
	enum { TICK_MS = 20, FOR_MS = 100 };
	uint64_t start = now_ms(), end;

	control_begin(&a, CONTROL_LONG, 0, TICK_MS, NULL);
	is_int(taken(LONG_MS), CONTROL_TICK, "a tick comes");
	is_int(taken(LONG_MS), CONTROL_TICK, "a second tick comes");
	ok(now_ms() - start >= 2ul * TICK_MS, "ticks: not before their time");
	control_stop(&a);
	start = now_ms();
	control_begin(&a, CONTROL_LONG, FOR_MS, 0, NULL);
	is_int(taken(LONG_MS), CONTROL_END, "the time is over: the end is asked for");
	end = now_ms();
	ok(end - start >= FOR_MS, "the end: not before its time");
	is_int(taken(LONG_MS), CONTROL_KILL, "the grace is over: the kill is asked for");
	ok(now_ms() - end >= SHORT_MS, "the kill: not at once");
	control_stop(&a);
}

static void test_late_thread(void)
{
	const struct timespec forever = {.tv_sec = LONG_MS / 1000};

	control_begin(&a, CONTROL_SHORT, 0, 0, NULL);
	ok(!a.has_thread, "at first there is no thread");
	is_int(nanosleep(&forever, NULL) < 0 ? errno : 0, EINTR,
	       "without a thread a wait is interrupted soon");
	kill(getpid(), SIGTERM);
	is_int(taken(SHORT_MS), 0, "without a thread a signal waits");
	is_int(control_wake(&a), 0, "a thread can be started later");
	is_int(taken(LONG_MS), CONTROL_FORWARD, "a later thread takes the signal");
	is_int(sig, SIGTERM, "a later thread tells which it was");
	is_int(control_wake(&a), 0, "a second start of the thread does no harm");
	ok(!a.has_timer, "with a thread there is no timer");
	control_stop(&a);
}

static bool is_blocked(int signal)
{
	sigset_t now;

	pthread_sigmask(SIG_BLOCK, NULL, &now);
	return sigismember(&now, signal) == 1;
}

static bool is_default(int signal)
{
	struct sigaction sa;

	return sigaction(signal, NULL, &sa) == 0 && sa.sa_handler == SIG_DFL &&
	       !(sa.sa_flags & SA_NOCLDSTOP);
}

static void test_put_back(void)
{
	control_begin(&a, CONTROL_SHORT, 0, 0, NULL);
	ok(is_blocked(SIGINT), "while it lasts: INT is blocked");
	ok(!is_blocked(WAKE_UP_SIGNAL), "while it lasts: the wake-up signal is not");
	ok(!is_default(WAKE_UP_SIGNAL),
	   "while it lasts: the wake-up signal has a handler");
	ok(!is_default(SIGCHLD), "while it lasts: stops raise no SIGCHLD");
	kill(getpid(), SIGINT);
	kill(getpid(), SIGHUP);
	control_stop(&a);
	ok(is_blocked(SIGINT), "afterwards: INT stays blocked");
	ok(is_blocked(SIGTERM), "afterwards: TERM stays blocked");
	ok(is_blocked(SIGHUP), "afterwards: HUP stays blocked");
	ok(!is_blocked(SIGQUIT), "afterwards: QUIT is as before");
	ok(is_default(WAKE_UP_SIGNAL), "afterwards: the wake-up signal is as before");
	ok(is_default(SIGCHLD), "afterwards: SIGCHLD is as before");
}

int main(void)
{
	test_signals();
	test_watching();
	test_time();
	test_late_thread();
	test_put_back();
	return done();
}
