/* live.c: a line that is drawn over itself. */
#include "cli/live.h"

#include "cli/duration.h"

#include <segen/syscall.h>

#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#define FIRST_MS 500  /* short runs need no progress */
#define QUIET_MS 5000 /* a shorter silence means nothing */

/*
 * The line is drawn in the row below the cursor, which stays where the workload has put
 * it.  These are VT100's words, which every terminal in use understands: index (down,
 * scrolling if need be), save cursor, restore cursor, reverse index; erase below.
 */
#define DOWN_AND_SAVE "\033D\0337\r"
#define BACK_AND_UP "\0338\033M"
#define ERASE "\033[J"

void live_init(struct live *l, int fd)
{
	const char *term = getenv("TERM");

	*l = (struct live){};
	l->fd = isatty(fd) && term && strcmp(term, "dumb") != 0 ? fd : -1;
}

/* Whether the terminal is ours to draw on now. */
static bool may_draw(int fd)
{
	struct termios t;

	return tcgetpgrp(fd) == getpgrp() && tcgetattr(fd, &t) == 0 &&
	       (t.c_lflag & ICANON) && (t.c_lflag & ECHO);
}

static size_t width(int fd)
{
	struct winsize w;

	return ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? w.ws_col : 80;
}

/* The name of a call, or its number. */
static void add_call(struct segen_buf *out, const struct segen_call *c)
{
	_cleanup_free_ char *name = segen_syscall_name(c->arch, c->nr);

	if (name)
		segen_buf_puts(out, name);
	else
		segen_buf_printf(out, "%s call %" PRId64, c->arch->name, c->nr);
}

void live_text(const struct segen_progress *p, uint64_t quiet_ms, size_t columns,
	       struct segen_buf *out)
{
	size_t start = out->len;

	segen_buf_puts(out, "segen: ");
	duration_add(out, p->elapsed_ms);
	segen_buf_printf(out, ", %" PRIu64 " process%s, %zu call%s", p->processes,
			 p->processes == 1 ? "" : "es", p->calls,
			 p->calls == 1 ? "" : "s");
	if (p->last_new) {
		segen_buf_puts(out, ", last new: ");
		add_call(out, p->last_new);
	}
	if (p->last_new && quiet_ms >= QUIET_MS)
		segen_buf_printf(out, ", quiet for %" PRIu64 " s", quiet_ms / 1000);
	if (out->len - start > columns) {
		out->len = start + columns;
		out->s[out->len] = '\0';
	}
}

/* A terminal that has gone away is no reason to fail. */
static void emit(const struct live *l, const char *s, size_t n)
{
	if (write(l->fd, s, n) < 0)
		return;
}

void live_progress(const struct segen_progress *p, void *ctx)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct live *l = ctx;

	if (p->calls != l->calls) {
		l->calls = p->calls;
		l->news_ms = p->elapsed_ms;
	}
	if (l->fd < 0 || p->elapsed_ms < FIRST_MS || !may_draw(l->fd))
		return;
	if (l->drawn)
		segen_buf_puts(&out, ERASE);
	segen_buf_puts(&out, DOWN_AND_SAVE);
	live_text(p, p->elapsed_ms - l->news_ms, width(l->fd) - 1, &out);
	segen_buf_puts(&out, BACK_AND_UP);
	emit(l, out.s, out.len);
	l->drawn = true;
}

void live_erase(struct live *l)
{
	if (l->drawn && may_draw(l->fd))
		emit(l, ERASE, sizeof(ERASE) - 1);
	l->drawn = false;
}
