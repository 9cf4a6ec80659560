/*
 * callsite.h: processes that are stopped in a known chain of calls, and what an unwinder
 * says of them.
 */
#pragma once

#include "unwind/callsite.h"

#include <segen/util.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/tap.h"

struct stack {
	struct segen_frame *v;
	size_t n;
};

static inline void stack_done(struct stack *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].module);
		free(s->v[i].build_id);
		free(s->v[i].symbol);
	}
	free(s->v);
	*s = (struct stack){};
}

/* A form of the program of helpers/chain.c, as the build says; "" when there is none. */
static inline const char *form(const char *variable)
{
	const char *path = getenv(variable);

	return path ? path : "";
}

struct launch {
	const char *program, *how;
	long nr;	     /* stop at the entry of this call */
	int (*before)(void); /* in the child, before exec */
};

static inline pid_t start(const struct launch *l)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		/* Mutilated programs complain. */
		dup2(null, STDERR_FILENO);
		raise(SIGSTOP);
		if (!l->before || l->before() == 0)
			execl(l->program, l->program, l->how, NULL);
		_exit(127);
	}
	waitpid(pid, NULL, WUNTRACED);
	ptrace(PTRACE_SEIZE, pid, NULL,
	       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
		       PTRACE_O_EXITKILL);
	kill(pid, SIGCONT);
	return pid;
}

static inline bool enters(pid_t tid, long nr)
{
	struct __ptrace_syscall_info info = {};

	return ptrace(PTRACE_GET_SYSCALL_INFO, tid, (void *)sizeof(info), &info) > 0 &&
	       info.op == PTRACE_SYSCALL_INFO_ENTRY && (long)info.entry.nr == nr;
}

/* Run until a thread enters the call after exec; its id, or -1: it ended before. */
static inline pid_t run_until(long nr)
{
	bool executed = false;
	int status;
	pid_t tid;

	while ((tid = waitpid(-1, &status, __WALL)) > 0) {
		int sig = 0;

		if (!WIFSTOPPED(status))
			continue;
		if (status >> 16 == PTRACE_EVENT_EXEC)
			executed = true;
		else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			if (executed && enters(tid, nr))
				return tid;
		} else if (status >> 16 == 0 && WSTOPSIG(status) != SIGCONT)
			sig = WSTOPSIG(status);
		ptrace(PTRACE_SYSCALL, tid, NULL, sig);
	}
	return -1;
}

static inline void end(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(-1, NULL, __WALL) > 0)
		;
}

/* The stack at the call; empty when unknown. */
static inline struct stack stack_at(struct callsite_unwinder *u, const struct launch *l)
{
	struct stack s = {};
	pid_t pid = start(l), tid = run_until(l->nr);

	if (tid > 0 && callsite_unwind(u, tid, &s.v, &s.n) < 0)
		s = (struct stack){};
	end(pid);
	return s;
}

static inline void show(const struct stack *s)
{
	for (size_t i = 0; i < s->n; i++)
		printf("#   %s (%s+0x%llx) %s\n", s->v[i].module,
		       s->v[i].symbol ? s->v[i].symbol : "-",
		       (unsigned long long)s->v[i].offset,
		       s->v[i].build_id ? s->v[i].build_id : "");
}

/* The index of the first frame from @from on with this symbol, or -1. */
static inline int frame_of(const struct stack *s, size_t from, const char *symbol)
{
	for (size_t i = from; i < s->n; i++)
		if (s->v[i].symbol && !strcmp(s->v[i].symbol, symbol))
			return (int)i;
	return -1;
}

/* What frame @i says of itself, or NULL. */
static inline const char *module_of(const struct stack *s, int i)
{
	return i >= 0 && s->v && (size_t)i < s->n ? s->v[i].module : NULL;
}

static inline bool is_in(const struct stack *s, int i, const char *module)
{
	const char *m = module_of(s, i);

	return m && !strcmp(m, module);
}

static inline bool in_order(const struct stack *s, const char *const *symbols)
{
	size_t at = 0;

	for (; *symbols; symbols++) {
		int i = frame_of(s, at, *symbols);

		if (i < 0) {
			printf("# no frame '%s'\n", *symbols);
			show(s);
			return false;
		}
		at = (size_t)i + 1;
	}
	return true;
}

static const char *const chain[] = {"chain_inner", "chain_middle", "chain_outer", "main",
				    NULL};

static inline bool sees_chain(struct callsite_unwinder *u, const char *program,
			      const char *how)
{
	const struct launch l = {program, how, SYS_getppid, NULL};
	_cleanup_(stack_done) struct stack s = stack_at(u, &l);

	return in_order(&s, chain);
}

static inline uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}
