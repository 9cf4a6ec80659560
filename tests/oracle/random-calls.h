/*
 * random-calls.h: what the parts of random-calls share.
 *
 * random-calls.c makes calls and keeps the log; random-multiply.c starts threads,
 * processes and programs; random-disturb.c sends signals, sleeps, and puts on filters.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "foreign.h"

#define NR_MAX 1024
#define DEPTH_MAX 3
#define STEPS 500
#define TASKS 60
#define TASK_STEPS 25
#define THREADS_MAX 4 /* started by one */

/* Read by random-calls.py: 32-bit numbers, native byte order. */
struct log {
	_Atomic uint32_t made[3][NR_MAX]; /* by enum foreign_abi */
	_Atomic uint32_t
		loose; /* threads that may have died between a call and its entry */
	_Atomic int32_t steps, tasks; /* spent */
};

/* What every thread of a process shares. */
struct self {
	struct log *log;
	const char *log_path;
	bool idle;
	int depth;
	bool in_namespace;
	atomic_bool child;	/* not the first process: it may become another program */
	atomic_int threads;	/* beside the first */
	atomic_int raw_threads; /* of these: the C library does not know them */
	atomic_int tids[TASKS]; /* 0: none */
};
extern struct self self;

/* One thread's part. */
struct task {
	uint64_t random;
	bool raw;	/* after a raw fork: the C library knows nothing of us */
	bool may_leave; /* the first thread of a child, for whose end nobody waits */
	pthread_t threads[THREADS_MAX];
	unsigned n_threads;
};

uint64_t next_random(struct task *t);
unsigned pick(struct task *t, unsigned n);

/* A native call was made; make it, and say so. */
void note(long nr);
void make(enum foreign_abi abi, long nr, long arg, unsigned times);
/* One of the harmless calls, once or often. */
void native_call(struct task *t);

void work(struct task *t, unsigned steps);
void finish(struct task *t);

/* random-multiply.c */
bool may_multiply(void);
void await_child(pid_t pid);
void start_thread(struct task *t);
void raw_thread(struct task *t);
void shared_memory(struct task *t);
void libc_fork(struct task *t);
void raw_fork(struct task *t);
void fork_exec(struct task *t);
void vfork_exec(struct task *t);
void exec_here(struct task *t);
void join_threads(struct task *t);

/* random-disturb.c */
void handle_signals(void);
void hold_signals(bool hold); /* from here to the next program's handle_signals() */
void get_signal(struct task *t);
void sleep_a_little(struct task *t);
void own_filter(struct task *t);
