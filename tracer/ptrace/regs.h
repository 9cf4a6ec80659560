/*
 * regs.h: the few writes to a stopped tracee's registers that segen makes.
 *
 * One file per architecture (regs-x86_64.c, regs-aarch64.c); regs-none.c for the others,
 * where every function returns -ENOSYS.  Observing needs none of this (callinfo.h).
 */
#pragma once

#include <segen/arch.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Whether this architecture has a register file. */
bool regs_supported(void);

/*
 * At a syscall-enter-stop or PTRACE_EVENT_SECCOMP: the call is not made, the tracee gets
 * @ret as its result.
 */
int regs_skip_call(pid_t tid, int64_t ret);

/* At the same stops: the call becomes the one with this number. */
int regs_set_nr(pid_t tid, int nr);

/* At the same stops: replace argument 0 of a call of ABI @arch. */
int regs_set_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value);

/* At the exit: another result. */
int regs_set_result(pid_t tid, int64_t ret);

/*
 * At its exit: put argument 0 back, so that the workload finds its register as it was;
 * nothing to do where the register holds the result by then.
 */
int regs_restore_arg0(pid_t tid, const struct segen_arch *arch, uint64_t value);

/*
 * All general registers of a stopped tracee, as the kernel gives them; opaque to callers.
 * Injection saves them at a syscall-enter-stop, makes the tracee call other calls, and
 * puts them back so that the original call starts again.
 */
struct regs {
	_Alignas(16) unsigned char bytes[512];
	size_t len;
};

int regs_get(pid_t tid, struct regs *ret);
int regs_set(pid_t tid, const struct regs *r);

/*
 * @saved, taken at a syscall-enter-stop of the native ABI, turned to: (a) the tracee
 * about to enter call @nr with @args in the place of the one it is entering.
 */
void regs_substitute(struct regs *r, long nr, const uint64_t args[6]);

/* (b) the tracee about to execute its syscall instruction (again) with @nr and @args. */
void regs_rewind(struct regs *r, long nr, const uint64_t args[6]);

/* (c) the same with the number and arguments of the call that @r was saved at. */
void regs_rewind_same(struct regs *r);

/*
 * At the stop that PTRACE_INTERRUPT or a signal made: whether the tracee is about to
 * start the call again that it was in.  A call that would tell its program of EINTR is
 * made one that starts again if no handler is run, where the architecture lets a tracer
 * do so (arm64 does not).
 */
enum regs_interrupted {
	REGS_NOT_INTERRUPTED,
	REGS_RESTARTS,
	REGS_EINTR_UNDONE, /* the exit of the call said EINTR */
};
enum regs_interrupted regs_undo_interrupt(pid_t tid);

/* Whether the instruction that @r was saved at is the native syscall instruction. */
bool regs_at_syscall_insn(pid_t tid, const struct regs *r);

/*
 * Where a general register set as the kernel gives it (elf_gregset_t) holds the register
 * that DWARF, and libunwind, number @n; -1: not there.
 */
int regs_dwarf_index(unsigned n);
