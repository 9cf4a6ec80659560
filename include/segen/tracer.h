/*
 * tracer.h: run a command under ptrace and record every system call it makes.
 *
 * The only header of the tracer that the command line needs.  Knows nothing of
 * profiles: the rules a workload runs under come as numbers (rules.h).
 */
#pragma once

#include <segen/error.h>
#include <segen/rules.h>
#include <segen/trace.h>

/* How a recording is going. */
struct segen_progress {
	uint64_t elapsed_ms;
	uint64_t processes;		   /* alive now */
	size_t calls;			   /* distinct (ABI, call) pairs so far */
	const struct segen_call *last_new; /* or NULL */
};

struct segen_tracer_opts {
	char *const *argv;    /* NULL-terminated; looked up in PATH as a shell does */
	enum segen_mode mode; /* SEGEN_MODE_FAST or SEGEN_MODE_FULL */
	/* The rules to observe under; NULL: none (--observe=free). */
	const struct segen_rules *policy;
	/*
	 * Carry @policy out to the letter, KILL and TRAP included, and record nothing but
	 * what it refuses (segen_trace.denials); fast mode only.
	 */
	bool enforce;
	/*
	 * When @policy lists the native ABI alone: gives the rules of all, once a call of
	 * another one is made.  NULL: @policy lists them.
	 */
	const struct segen_rules *(*policy_all)(void *ctx);
	void *policy_ctx;
	/* What is known already (fast mode): allowed from the first call on; or NULL. */
	const struct segen_trace *known;
	/*
	 * Fast mode: a process gets its filter after so many calls without a new one.  0:
	 * what measurement found best (docs/native-speed.md).
	 */
	unsigned patience;
	bool args;	 /* fast mode: allow every argument that matters by value only */
	uint64_t for_ms; /* end the workload after this long; 0: never */
	bool stacks;	 /* unwind where a call was seen first */
	/* Called a few times a second, from the tracing thread, while the workload runs.
	 */
	void (*progress)(const struct segen_progress *p, void *ctx);
	void *progress_ctx;
};

struct segen_tracer_result {
	int status;	/* as a shell shows it: exit status, or 128 + signal */
	int signal;	/* the signal that ended the workload, or 0 */
	bool timed_out; /* segen asked it to end, as for_ms had passed */
	bool killed;	/* segen killed it: that, or a second interrupt, was not enough */
};

/*
 * Trace until the last descendant has ended.  The observations are added to @t as one
 * new run, whose index is in @ret_run.
 *
 * Returns 0, or: -ENOENT the program was not found (the shell's 127); -EACCES or
 * -ENOEXEC it cannot be executed (126); -EPERM ptrace is not permitted here; anything
 * else: segen failed.  What was observed before a failure stays in @t.
 *
 * INT, TERM and HUP are blocked afterwards: the caller writes its results and ends.
 */
int segen_tracer_run(const struct segen_tracer_opts *opts, struct segen_trace *t,
		     size_t *ret_run, struct segen_tracer_result *ret,
		     struct segen_error *err);
