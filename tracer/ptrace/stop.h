/*
 * stop.h: a wait status decoded to a value.  Pure: no system call, no state.
 *
 * Source: ptrace(2), "Stopped states", for tracees that were PTRACE_SEIZEd with
 * PTRACE_O_TRACESYSGOOD.
 */
#pragma once

#include <sys/types.h>

/* A stop or an end, as wait4(2) tells it. */
struct waited {
	pid_t tid;
	int status;
};

enum stop_kind {
	STOP_EXITED,  /* the thread is gone; code is its exit status */
	STOP_KILLED,  /* the thread is gone; sig killed it */
	STOP_SYSCALL, /* syscall-enter-stop or syscall-exit-stop */
	STOP_SECCOMP, /* a filter answered TRACE */
	STOP_CHILD,   /* fork, vfork or clone; the event message is the new tid */
	STOP_EXEC,    /* execve succeeded; the event message is the former tid */
	STOP_DYING,   /* about to end; the event message is its wait status */
	STOP_GROUP,   /* group-stop by sig: keep it with PTRACE_LISTEN */
	STOP_TRAP,    /* PTRACE_EVENT_STOP: a newborn, or the end of a group-stop */
	STOP_SIGNAL,  /* signal-delivery-stop: sig is about to be delivered */
	STOP_OTHER,   /* an event that needs nothing but to go on */
};

struct stop {
	enum stop_kind kind;
	int sig;
	int code;
};

struct stop stop_decode(int status);
