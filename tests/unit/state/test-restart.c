/* test-restart.c: the table of restart.h, row by row. */
#include "state/restart.h"
#include "tests/tap.h"

#include <segen/syscall.h>

#include <string.h>

/* The interrupted call: read(3, …) at some place. */
#define IP 0x401000
#define SP 0x7000

enum { READ, PAUSE, AGAIN_CALL }; /* read, pause, restart_syscall */

static const char *const names[] = {"read", "pause", "restart_syscall"};

struct row {
	const char *title;
	int expected; /* RESTART_… */
	bool unseen;
	/* The next entry. */
	int call;
	uint64_t arg0, ip, sp;
	enum restart_verdict want;
	bool still; /* the interrupted call is still expected afterwards */
};

static const struct row rows[] = {
	{"nothing expected: the same call is another one", RESTART_NONE, false, READ, 3,
	 IP, SP, ENTRY_NEW, false},
	{"by the kernel: the same call", RESTART_BY_KERNEL, false, READ, 3, IP, SP,
	 ENTRY_AGAIN, false},
	{"by the kernel: with another argument", RESTART_BY_KERNEL, false, READ, 4, IP,
	 SP, ENTRY_NEW, false},
	{"by the kernel: at another address", RESTART_BY_KERNEL, false, READ, 3, IP + 8,
	 SP, ENTRY_NEW, false},
	{"by the kernel: restart_syscall is the workload's own affair", RESTART_BY_KERNEL,
	 false, AGAIN_CALL, 0, IP, SP, ENTRY_NEW, false},
	{"by segen: the same call", RESTART_BY_SEGEN, false, READ, 3, IP, SP, ENTRY_AGAIN,
	 false},
	{"by segen: restart_syscall stands for it", RESTART_BY_SEGEN, false, AGAIN_CALL,
	 0, IP, SP, ENTRY_AGAIN, false},
	{"by segen: restart_syscall at another place does not", RESTART_BY_SEGEN, false,
	 AGAIN_CALL, 0, IP + 8, SP, ENTRY_NEW, false},
	{"a handler's call", RESTART_BY_KERNEL, false, PAUSE, 0, IP + 64, SP - 512,
	 ENTRY_NEW, true},
	{"a handler's call, of the same kind", RESTART_BY_KERNEL, false, READ, 3, IP,
	 SP - 512, ENTRY_NEW, true},
	{"given up: a call of the same function", RESTART_BY_KERNEL, false, PAUSE, 0,
	 IP + 64, SP, ENTRY_NEW, false},
	{"given up: a call of a caller", RESTART_BY_SEGEN, false, PAUSE, 0, IP + 64,
	 SP + 512, ENTRY_NEW, false},
	{"unseen: any call", RESTART_NONE, true, READ, 3, IP, SP, ENTRY_UNSEEN, false},
	{"unseen: restart_syscall", RESTART_NONE, true, AGAIN_CALL, 0, IP, SP,
	 ENTRY_SUBSTITUTE, false},
	{"unseen, in a handler: its call", RESTART_BY_KERNEL, true, PAUSE, 0, IP + 64,
	 SP - 512, ENTRY_UNSEEN, true},
	{"unseen, in a handler: restart_syscall", RESTART_BY_KERNEL, true, AGAIN_CALL, 0,
	 IP + 64, SP - 512, ENTRY_SUBSTITUTE, true},
	{"unseen, but the expected one", RESTART_BY_KERNEL, true, READ, 3, IP, SP,
	 ENTRY_AGAIN, false},
};

static void enter(struct tracee *t, int call, uint64_t arg0, uint64_t ip, uint64_t sp)
{
	t->arch = segen_arch_native();
	t->nr = segen_syscall_nr(t->arch, names[call]);
	memset(t->args, 0, sizeof(t->args));
	t->args[0] = arg0;
	t->ip = ip;
	t->sp = sp;
}

static struct tracee interrupted(int expected, bool unseen)
{
	struct tracee t = {};

	enter(&t, READ, 3, IP, SP);
	if (expected != RESTART_NONE)
		restart_expect(&t);
	t.restart.expected = expected;
	t.restart.unseen = unseen;
	return t;
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct tracee t = interrupted(r->expected, r->unseen);

		enter(&t, r->call, r->arg0, r->ip, r->sp);
		is_int(restart_enter(&t), r->want, "%s", r->title);
		is_int(t.restart.expected != RESTART_NONE, r->still,
		       "%s: what is expected then", r->title);
		ok(!t.restart.unseen, "%s: unseen once only", r->title);
	}
}

static void test_substitution(void)
{
	struct tracee t = interrupted(RESTART_BY_SEGEN, false);

	enter(&t, AGAIN_CALL, 0, IP, SP);
	restart_enter(&t);
	is_int(t.nr, segen_syscall_nr(t.arch, "read"),
	       "restart_syscall: the tracee is in the interrupted call");
	is_int((intmax_t)t.args[0], 3, "restart_syscall: with its arguments");
}

static void test_handler_returns(void)
{
	struct tracee t = interrupted(RESTART_BY_KERNEL, false);

	restart_after_handler(&t, IP - 2, SP);
	is_int(t.restart.expected, RESTART_BY_KERNEL,
	       "a handler that returns to the call: it starts again");
	restart_after_handler(&t, IP, SP);
	is_int(t.restart.expected, RESTART_NONE,
	       "a handler that returns behind the call: it was given up");
}

static void test_expect(void)
{
	struct tracee t = {.restart.unseen = true};

	restart_expect(&t);
	ok(t.restart.unseen, "another call that starts again: one unseen stays so");
}

int main(void)
{
	test_rows();
	test_substitution();
	test_handler_returns();
	test_expect();
	return done();
}
