/* restart.c: compare an entry with the call that was interrupted. */
#include "state/restart.h"

#include <segen/syscall.h>

#include <string.h>

void restart_expect(struct tracee *t)
{
	t->restart = (struct call_restart){
		.expected = RESTART_BY_KERNEL,
		.unseen = t->restart.unseen,
		.nr = t->nr,
		.ip = t->ip,
		.sp = t->sp,
	};
	memcpy(t->restart.args, t->args, sizeof(t->args));
}

static bool is_restart_syscall(const struct tracee *t)
{
	return t->nr == segen_syscall_nr(t->arch, "restart_syscall");
}

static bool is_same_place(const struct tracee *t)
{
	return t->restart.ip == t->ip && t->restart.sp == t->sp;
}

static bool is_same_call(const struct tracee *t)
{
	const struct call_restart *r = &t->restart;

	return is_same_place(t) && r->nr == t->nr &&
	       !memcmp(r->args, t->args, sizeof(r->args));
}

enum restart_verdict restart_enter(struct tracee *t)
{
	struct call_restart *r = &t->restart;
	const bool unseen = r->unseen;

	r->unseen = false;
	r->stopped_ip = r->stopped_sp = 0;
	if (unseen && is_restart_syscall(t))
		return ENTRY_SUBSTITUTE;
	if (r->expected == RESTART_BY_SEGEN && is_same_place(t) &&
	    is_restart_syscall(t)) {
		t->nr = r->nr;
		memcpy(t->args, r->args, sizeof(t->args));
	}
	if (r->expected != RESTART_NONE && is_same_call(t)) {
		r->expected = RESTART_NONE;
		return ENTRY_AGAIN;
	}
	/* Handlers run below the interrupted frame; above it the call was given up. */
	if (t->sp >= r->sp)
		r->expected = RESTART_NONE;
	return unseen ? ENTRY_UNSEEN : ENTRY_NEW;
}

/* To the call's instruction if it starts again, behind it if the program sees EINTR. */
void restart_after_handler(struct tracee *t, uint64_t ip, uint64_t sp)
{
	if (t->restart.ip == ip && t->restart.sp == sp)
		t->restart.expected = RESTART_NONE;
}
