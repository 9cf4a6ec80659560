/*
 * regs-aarch64.c: register writes on arm64.
 *
 * The number is a register set of its own (NT_ARM_SYSTEM_CALL); -1 there skips the call
 * and leaves x0 as the result (arch/arm64/kernel/syscall.c).  Argument 0 and the result
 * share x0; what x0 was at the entry the kernel keeps for a restart, out of reach.
 *
 * At syscall stops x7 reads as 0 or 1, and what is written to it is lost: the kernel puts
 * the real value back afterwards (arch/arm64/kernel/ptrace.c).  So at any other stop all
 * registers but those set on purpose have to be the ones just read.
 */
#include "ptrace/regs.h"
#include "ptrace/memory.h"

#include <segen/util.h>

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#define SYSCALL_INSN_LEN 4
/* r0 to r15, cpsr, orig_r0 (arch/arm64/include/asm/elf.h) */
#define COMPAT_REGS 18

bool regs_supported(void)
{
	return true;
}

/* What struct regs holds: the general registers and the number of the call. */
struct state {
	struct user_regs_struct user;
	int nr;
};
_Static_assert(sizeof(struct state) <= sizeof(((struct regs *)0)->bytes),
	       "regs too small");

static struct state *state_of(struct regs *r)
{
	return (struct state *)r->bytes;
}

int regs_get(pid_t tid, struct regs *ret)
{
	struct state *s = state_of(ret);
	struct iovec user = {&s->user, sizeof(s->user)};
	struct iovec nr = {&s->nr, sizeof(s->nr)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &user) < 0 ||
	    ptrace(PTRACE_GETREGSET, tid, NT_ARM_SYSTEM_CALL, &nr) < 0)
		return -errno;
	ret->len = user.iov_len;
	/* A 32-bit tracee has another layout and is none of ours. */
	return ret->len == sizeof(s->user) ? 0 : -EINVAL;
}

int regs_set(pid_t tid, const struct regs *r)
{
	const struct state *s = (const struct state *)r->bytes;
	struct iovec user = {(void *)&s->user, sizeof(s->user)};
	struct iovec nr = {(void *)&s->nr, sizeof(s->nr)};

	if (ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &user) < 0 ||
	    ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &nr) < 0)
		return -errno;
	return 0;
}

static void set_call(struct state *s, long nr, const uint64_t args[6])
{
	for (int i = 0; i < 6; i++)
		s->user.regs[i] = args[i];
	s->user.regs[8] = (uint64_t)nr;
}

void regs_substitute(struct regs *r, long nr, const uint64_t args[6])
{
	struct state *s = state_of(r);

	set_call(s, nr, args);
	s->nr = (int)nr;
}

void regs_rewind(struct regs *r, long nr, const uint64_t args[6])
{
	struct state *s = state_of(r);

	set_call(s, nr, args);
	s->user.pc -= SYSCALL_INSN_LEN;
	/* Not in a call: the kernel must not think of restarting one. */
	s->nr = -1;
}

void regs_rewind_same(struct regs *r)
{
	struct state *s = state_of(r);

	s->user.pc -= SYSCALL_INSN_LEN;
	s->nr = -1;
}

bool regs_at_syscall_insn(pid_t tid, const struct regs *r)
{
	/* Every call of a 64-bit program is an "svc #0"; compat ones were told apart. */
	return true;
}

/* The first register: 32-bit tracees have other ones, 18 of 32 bits. */
static int set_x0(pid_t tid, uint64_t value)
{
	union {
		uint64_t x[sizeof(struct user_regs_struct) / sizeof(uint64_t)];
		uint32_t r[COMPAT_REGS];
	} regs;
	struct iovec iov = {&regs, sizeof(regs)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) < 0)
		return -errno;
	if (iov.iov_len == sizeof(regs.r))
		regs.r[0] = (uint32_t)value;
	else
		regs.x[0] = value;
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov) < 0 ? -errno : 0;
}

int regs_set_nr(pid_t tid, int nr)
{
	struct iovec iov = {&nr, sizeof(nr)};

	return ptrace(PTRACE_SETREGSET, tid, NT_ARM_SYSTEM_CALL, &iov) < 0 ? -errno : 0;
}

int regs_skip_call(pid_t tid, int64_t ret)
{
	int r = regs_set_nr(tid, -1);

	if (r < 0)
		return r;
	return set_x0(tid, (uint64_t)ret);
}

int regs_set_result(pid_t tid, int64_t ret)
{
	return set_x0(tid, (uint64_t)ret);
}

int regs_set_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value)
{
	return set_x0(tid, value);
}

enum regs_interrupted regs_undo_interrupt(pid_t tid)
{
	static const unsigned char svc[SYSCALL_INSN_LEN] = {0x01, 0x00, 0x00, 0xd4};
	unsigned char next[SYSCALL_INSN_LEN];
	struct regs r;

	/* The kernel has put it back already; EINTR it has already given. */
	if (regs_get(tid, &r) < 0 ||
	    memory_read(tid, state_of(&r)->user.pc, next, sizeof(next)) < 0)
		return REGS_NOT_INTERRUPTED;
	return memcmp(next, svc, sizeof(svc)) ? REGS_NOT_INTERRUPTED : REGS_RESTARTS;
}

int regs_restore_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value)
{
	/* By now it holds the result; to start the call again the kernel has orig_x0. */
	return 0;
}

/* DWARF for the Arm 64-bit architecture: x0 to x30, sp, pc, as the kernel has them. */
int regs_dwarf_index(unsigned n)
{
	return n < ARRAY_SIZE(((struct user_regs_struct *)0)->regs) + 2 ? (int)n : -1;
}
