/*
 * callinfo.h: what the kernel says about the call a stopped tracee is in.
 *
 * PTRACE_GET_SYSCALL_INFO (Linux 5.3): architecture, number, arguments and addresses
 * without any per-architecture code.
 */
#pragma once

#include <segen/arch.h>

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum call_op {
	CALL_NONE,    /* the stop belongs to no call */
	CALL_ENTRY,   /* syscall-enter-stop */
	CALL_EXIT,    /* syscall-exit-stop */
	CALL_SECCOMP, /* PTRACE_EVENT_SECCOMP */
};

struct call_info {
	enum call_op op;
	const struct segen_arch *arch; /* NULL: an ABI that segen does not know */
	uint64_t ip, sp;
	int64_t nr;	     /* entry, seccomp: without the x32 bit */
	uint64_t args[6];    /* entry, seccomp */
	uint32_t trace_data; /* seccomp: SECCOMP_RET_DATA of the filter that won */
	int64_t ret;	     /* exit */
	bool failed;	     /* exit: @ret is a negative errno */
};

/*
 * The call that a tracee is inside of, although its stop is at none of the boundaries: as
 * CALL_ENTRY.  -ENOENT: it is in none, or the kernel does not tell.
 */
int call_info_inside(pid_t tid, struct call_info *ret);

/* 0, or a negative errno; -ESRCH means that the tracee has just died. */
int call_info_get(pid_t tid, struct call_info *ret);
