/* test-live.c: the text of the live line, and where it is drawn. */
#include "cli/live.h"

#include <fcntl.h>
#include <string.h>

#include "tests/tap.h"

static void test_text(void)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct segen_call c = {.arch = segen_arch_by_name("x86_64"), .nr = 232};
	struct segen_progress p = {
		.elapsed_ms = 125000, .processes = 3, .calls = 87, .last_new = &c};

	live_text(&p, 0, 80, &out);
	ok(strcmp(out.s, "segen: 2m05s, 3 processes, 87 calls, last new: epoll_wait") ==
		   0,
	   "text: elapsed, processes, calls, the last new one");
	c.nr = 900;
	segen_buf_done(&out);
	live_text(&p, 0, 80, &out);
	ok(strstr(out.s, "last new: x86_64 call 900") != NULL,
	   "text: a call without a name has its number");
}

static void test_quiet(void)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct segen_call c = {.arch = segen_arch_by_name("x86_64"), .nr = 232};
	struct segen_progress p = {
		.elapsed_ms = 60000, .processes = 1, .calls = 9, .last_new = &c};

	live_text(&p, 42900, 80, &out);
	is_str(out.s,
	       "segen: 1m00s, 1 process, 9 calls, last new: epoll_wait, quiet for 42 s",
	       "text: how long nothing new has come");
	segen_buf_done(&out);
	live_text(&p, 4999, 80, &out);
	is_str(out.s, "segen: 1m00s, 1 process, 9 calls, last new: epoll_wait",
	       "text: a short silence is not worth a word");
}

static void test_text_of_one(void)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct segen_progress p = {.elapsed_ms = 1500, .processes = 1, .calls = 1};

	live_text(&p, 0, 80, &out);
	ok(strcmp(out.s, "segen: 1.5s, 1 process, 1 call") == 0,
	   "text: one process and one call");
}

static void test_text_is_cut(void)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct segen_progress p = {.elapsed_ms = 1500, .processes = 1, .calls = 1};

	live_text(&p, 0, 10, &out);
	ok(out.len == 10 && strcmp(out.s, "segen: 1.5") == 0,
	   "text: is cut to the width");
}

/* Where there is no terminal nothing is drawn. */
static void test_only_own_terminal(void)
{
	struct segen_progress p = {.elapsed_ms = 1500, .processes = 1, .calls = 1};
	struct live l;
	char c;
	int fds[2];

	if (!ok(pipe2(fds, O_CLOEXEC | O_NONBLOCK) == 0, "a pipe"))
		return;
	live_init(&l, fds[1]);
	ok(l.fd == -1, "init: a pipe is no terminal");
	live_progress(&p, &l);
	live_erase(&l);
	ok(read(fds[0], &c, 1) < 0, "a pipe: nothing is written");
	l = (struct live){.fd = fds[1]};
	live_progress(&p, &l);
	ok(!l.drawn && read(fds[0], &c, 1) < 0,
	   "a terminal that has gone away: nothing is written");
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	test_text();
	test_quiet();
	test_text_of_one();
	test_text_is_cut();
	test_only_own_terminal();
	return done();
}
