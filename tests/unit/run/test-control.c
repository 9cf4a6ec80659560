/* test-control.c: signals and time ask for attention, and are asked no more after it.
 */
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
	ok(control_start(&a, 0, 0, NULL) == 0 && !taken(SHORT_MS),
	   "nothing to attend to");
	ok(after(SIGHUP) == CONTROL_FORWARD && sig == SIGHUP, "HUP is passed on");
	ok(after(SIGHUP) == CONTROL_FORWARD && sig == SIGHUP, "and again");
	ok(after(SIGQUIT) == CONTROL_FORWARD && sig == SIGQUIT, "so is QUIT");
	ok(after(SIGTERM) == CONTROL_FORWARD && sig == SIGTERM, "and the first TERM");
	ok(after(SIGINT) == CONTROL_KILL, "the second one that ends is the last");
	ok(!taken(SHORT_MS), "each is told once");
	control_stop(&a);
}

static void test_watching(void)
{
	control_start_watching(&a, 0, 0, NULL);
	ok(after(SIGHUP) == CONTROL_END && after(SIGINT) == CONTROL_END &&
		   after(SIGTERM) == CONTROL_END,
	   "who only watches ends at each of them");
	control_stop(&a);
}

static void test_time(void)
{
	control_start(&a, 0, 20, NULL);
	ok(taken(LONG_MS) == CONTROL_TICK && taken(LONG_MS) == CONTROL_TICK, "ticks");
	control_stop(&a);
	control_start(&a, 100, 0, NULL);
	ok(!taken(20), "too early");
	ok(taken(LONG_MS) == CONTROL_END, "the time is over");
	ok(!taken(SHORT_MS) && taken(LONG_MS) == CONTROL_KILL,
	   "the grace, some time later");
	control_stop(&a);
}

static void test_late_thread(void)
{
	const struct timespec forever = {.tv_sec = LONG_MS / 1000};

	control_begin(&a, 0, 0);
	ok(!a.has_thread && nanosleep(&forever, NULL) < 0 && errno == EINTR,
	   "without a thread a wait is interrupted soon");
	kill(getpid(), SIGTERM);
	ok(!taken(SHORT_MS), "a signal waits");
	ok(control_wake(&a) == 0 && taken(LONG_MS) == CONTROL_FORWARD && sig == SIGTERM,
	   "until there is a thread");
	ok(control_wake(&a) == 0 && a.has_thread && !a.has_timer,
	   "one is enough, and no timer then");
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
	control_begin(&a, 0, 0);
	ok(is_blocked(SIGINT) && !is_blocked(WAKE_UP_SIGNAL) &&
		   !is_default(WAKE_UP_SIGNAL) && !is_default(SIGCHLD),
	   "what is ours meanwhile");
	kill(getpid(), SIGINT);
	kill(getpid(), SIGHUP);
	control_stop(&a);
	ok(!is_blocked(SIGINT) && !is_blocked(SIGHUP) && is_default(WAKE_UP_SIGNAL) &&
		   is_default(SIGCHLD),
	   "put back; a signal that came too late does no harm");
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
