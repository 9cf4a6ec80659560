/*
 * regs-x86_64.c: register writes on x86-64.
 *
 * The kernel takes the number from orig_rax; -1 there skips the call and leaves rax as
 * the result (arch/x86/entry, seccomp_filter.rst).  i386 tracees use the same layout.
 */
#include "ptrace/regs.h"
#include "ptrace/memory.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

#define SYSCALL_INSN_LEN 2

static int poke(pid_t tid, size_t offset, uint64_t value)
{
	return ptrace(PTRACE_POKEUSER, tid, offset, value) < 0 ? -errno : 0;
}

bool regs_supported(void)
{
	return true;
}

int regs_set_nr(pid_t tid, int nr)
{
	return poke(tid, offsetof(struct user_regs_struct, orig_rax), (uint64_t)nr);
}

int regs_skip_call(pid_t tid, int64_t ret)
{
	int r = regs_set_nr(tid, -1);

	if (r < 0)
		return r;
	return poke(tid, offsetof(struct user_regs_struct, rax), (uint64_t)ret);
}

int regs_set_result(pid_t tid, int64_t ret)
{
	return poke(tid, offsetof(struct user_regs_struct, rax), (uint64_t)ret);
}

int regs_set_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value)
{
	if (!strcmp(arch->name, "i386"))
		return poke(tid, offsetof(struct user_regs_struct, rbx), value);
	return poke(tid, offsetof(struct user_regs_struct, rdi), value);
}

int regs_restore_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value)
{
	return regs_set_arg0(tid, arch, value);
}

int regs_get(pid_t tid, struct regs *ret)
{
	struct iovec iov = {ret->bytes, sizeof(struct user_regs_struct)};

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) < 0)
		return -errno;
	ret->len = iov.iov_len;
	/* A 32-bit tracee has another layout and is none of ours. */
	return ret->len == sizeof(struct user_regs_struct) ? 0 : -EINVAL;
}

int regs_set(pid_t tid, const struct regs *r)
{
	struct iovec iov = {(void *)r->bytes, r->len};

	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov) < 0 ? -errno : 0;
}

static struct user_regs_struct *user_regs(struct regs *r)
{
	return (struct user_regs_struct *)r->bytes;
}

static void set_args(struct user_regs_struct *u, const uint64_t args[6])
{
	u->rdi = args[0];
	u->rsi = args[1];
	u->rdx = args[2];
	u->r10 = args[3];
	u->r8 = args[4];
	u->r9 = args[5];
}

void regs_substitute(struct regs *r, long nr, const uint64_t args[6])
{
	struct user_regs_struct *u = user_regs(r);

	set_args(u, args);
	u->orig_rax = (uint64_t)nr;
}

static void rewind_to(struct user_regs_struct *u, uint64_t nr)
{
	u->rip -= SYSCALL_INSN_LEN;
	u->rax = nr;
	/* Not in a call: the kernel must not think of restarting one. */
	u->orig_rax = (uint64_t)-1;
}

void regs_rewind(struct regs *r, long nr, const uint64_t args[6])
{
	struct user_regs_struct *u = user_regs(r);

	set_args(u, args);
	rewind_to(u, (uint64_t)nr);
}

void regs_rewind_same(struct regs *r)
{
	struct user_regs_struct *u = user_regs(r);

	rewind_to(u, u->orig_rax);
}

bool regs_at_syscall_insn(pid_t tid, const struct regs *r)
{
	const struct user_regs_struct *u = (const struct user_regs_struct *)r->bytes;
	static const unsigned char insn[SYSCALL_INSN_LEN] = {0x0f, 0x05};
	unsigned char found[SYSCALL_INSN_LEN];
	uint64_t at = u->rip - SYSCALL_INSN_LEN;

	return memory_read(tid, at, found, sizeof(found)) == 0 &&
	       !memcmp(found, insn, sizeof(insn));
}

/* linux/errno.h: what a call "returns" that the kernel may start again. */
#define ERESTART_FIRST 512
#define ERESTART_NO_HANDLER 514
#define ERESTART_LAST 516

enum regs_interrupted regs_undo_interrupt(pid_t tid)
{
	struct regs r;
	const struct user_regs_struct *u = user_regs(&r);

	/* A negative number: it is in no call, but was computing. */
	if (regs_get(tid, &r) < 0 || (int64_t)u->orig_rax < 0)
		return REGS_NOT_INTERRUPTED;
	if ((int64_t)u->rax <= -ERESTART_FIRST && (int64_t)u->rax >= -ERESTART_LAST)
		return REGS_RESTARTS;
	/* Closed is closed, whatever close says. */
	if ((int64_t)u->rax != -EINTR || u->orig_rax == SYS_close)
		return REGS_NOT_INTERRUPTED;
	return poke(tid, offsetof(struct user_regs_struct, rax),
		    (uint64_t)-ERESTART_NO_HANDLER) < 0
		       ? REGS_NOT_INTERRUPTED
		       : REGS_EINTR_UNDONE;
}

#define INDEX(reg) (offsetof(struct user_regs_struct, reg) / sizeof(uint64_t))

/* System V ABI for AMD64, figure 3.36; the return address is the instruction pointer. */
int regs_dwarf_index(unsigned n)
{
	static const unsigned char index[] = {
		INDEX(rax), INDEX(rdx), INDEX(rcx), INDEX(rbx), INDEX(rsi), INDEX(rdi),
		INDEX(rbp), INDEX(rsp), INDEX(r8),  INDEX(r9),	INDEX(r10), INDEX(r11),
		INDEX(r12), INDEX(r13), INDEX(r14), INDEX(r15), INDEX(rip),
	};

	return n < sizeof(index) ? index[n] : -1;
}
