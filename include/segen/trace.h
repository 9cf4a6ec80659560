/*
 * trace.h: what was observed, in memory.
 *
 * A trace is a set of runs, and for each (ABI, call) what each run saw of it.  Everything
 * in it is a union over runs, so merging is associative, commutative and idempotent.
 * Must not know: ptrace, JSON, profiles.
 *
 * Ownership: a trace owns all it holds.  Pointers to calls, runs and strings stay valid
 * until segen_trace_done().
 */
#pragma once

#include <segen/arch.h>
#include <segen/error.h>
#include <segen/rules.h>
#include <segen/util.h>

#include <sys/types.h>

/*
 * What a trace keeps at most, whatever a workload does: its file can always be written
 * and read.  Of more programs those with the smallest names are kept, of more numbers
 * without a name, for each ABI, the smallest; a note in the run says so.
 */
#define SEGEN_RUNS_MAX 10000
#define SEGEN_PROGRAMS_MAX 10000
#define SEGEN_NAMELESS_MAX 256

#define SEGEN_VALUES_MAX 16 /* more distinct argument values than this: "many" */

/*
 * Hexadecimal digits: 8 for the second of the start, 16 at random.  Unique without
 * coordination, and the order of the ids is that of the runs.
 */
#define SEGEN_RUN_ID_LEN 24

/* In which part of a container's life a call was made; bits. */
enum segen_phase {
	SEGEN_PHASE_WORKLOAD = 1,
	SEGEN_PHASE_RUNTIME = 2, /* the runtime, between its filter and the execve */
	SEGEN_PHASE_EXEC = 4,	 /* docker exec, health check */
};

/* How a run was recorded; of the same run with two of them the later one counts. */
enum segen_mode {
	SEGEN_MODE_UNKNOWN,
	SEGEN_MODE_FAST,  /* a call is learned once, then allowed in the kernel */
	SEGEN_MODE_FULL,  /* every call stops: exact counts, every program's own set */
	SEGEN_MODE_KNOWN, /* it was not: these are the calls that a profile lets in */
};

/* Under which rules a run was made; of two of them the later one counts. */
enum segen_observe {
	SEGEN_OBSERVE_UNKNOWN,
	SEGEN_OBSERVE_BASE,	 /* the base's */
	SEGEN_OBSERVE_CONTAINER, /* those of its container */
	SEGEN_OBSERVE_FREE,	 /* none */
	SEGEN_OBSERVE_PROFILE,	 /* SEGEN_MODE_KNOWN: the profile's */
};

/* What the engine and the kernel say of the container a run was in. */
struct segen_container {
	bool known; /* else the rest, and an empty bounding set, mean nothing */
	struct segen_strset effective; /* capabilities of its first process */
	bool no_new_privs;
	char *profile; /* linux.seccomp of the OCI config.json, as text; NULL: none */
	char *namespace, *pod, *name; /* what Kubernetes calls it; NULL: not known */
};

/* One execution of segen trace. */
struct segen_run {
	char id[SEGEN_RUN_ID_LEN + 1];
	char **argv; /* the command, NULL-terminated; what looks secret is starred */
	enum segen_mode mode;
	enum segen_observe observe;
	char *runtime; /* that started the container: "runc"; NULL: none, not known */
	char *engine;  /* that had it do so: "docker"; NULL: none, not known */
	char *image;   /* of the container, as it was named; NULL: not known */
	char *image_id, *image_digest; /* "sha256:…" of its configuration, its manifest */
	bool known;  /* calls known before it were allowed from its start on */
	char *start; /* ISO 8601, UTC, seconds */
	uint64_t duration_ms;
	int exit; /* the exit status as a shell shows it; -1: not known */
	uint64_t processes, threads;
	char *kernel, *machine, *libseccomp; /* of the host */
	struct segen_strset caps; /* bounding set of the workload, where known */
	struct segen_container container;
	struct segen_strset notes; /* remarks: "setuid program ran without privileges" */
};

struct segen_outcome {
	int err; /* 0: succeeded; else the positive errno */
	uint64_t count;
};

/* What one run saw of one call. */
struct segen_observation {
	size_t run;	  /* index into trace->runs */
	uint64_t count;	  /* calls made */
	uint64_t refused; /* of these: refused by the rules segen ran it under */
	bool at_least;	  /* the counts are lower bounds (a filter allowed it) */
	unsigned phases;  /* enum segen_phase bits */
	struct segen_outcome
		*outcomes; /* sorted by err; calls that never returned: none */
	size_t n_outcomes, cap_outcomes;
	size_t *programs; /* sorted indices into trace->programs */
	size_t n_programs, cap_programs;
};

/* The values of an argument that matters (segen_arg_facts), over all runs. */
struct segen_values {
	unsigned index;
	bool many; /* more than SEGEN_VALUES_MAX: @v is empty and means nothing */
	unsigned n;
	uint64_t v[SEGEN_VALUES_MAX]; /* sorted */
};

struct segen_frame {
	char *module;	 /* path as the workload sees it */
	char *build_id;	 /* hexadecimal, or NULL */
	char *symbol;	 /* or NULL */
	uint64_t offset; /* from the symbol, else from the module's start */
};
void segen_frame_done(struct segen_frame *f);

/* Where a call was seen first. */
struct segen_first {
	size_t run;
	uint64_t time_us; /* since the run began */
	size_t program;	  /* index into trace->programs; past its end: unknown */
	pid_t pid, tid;
	uint64_t args[6];
	struct segen_frame *frames; /* innermost first; none: unknown site */
	size_t n_frames;
};

/* Seen by one run at least. */
struct segen_call {
	const struct segen_arch *arch;
	int64_t nr;
	struct segen_observation *seen; /* sorted by run index */
	size_t n_seen, cap_seen;
	struct segen_values *values; /* sorted by index */
	size_t n_values, cap_values;
	struct segen_first first;
};

/* One run keeps so many denials: more than anybody reads. */
#define SEGEN_DENIALS_MAX 1000
/* Bytes of an argument's text that are kept. */
#define SEGEN_DENIAL_TEXT_MAX 256

/*
 * A call that a filter refused, and who wanted it.  One stands for all refusals of a call
 * with the same answer at the same place (program and stack) of a run.
 */
struct segen_denial {
	const struct segen_arch *arch;
	int64_t nr;
	struct segen_verdict verdict; /* LOG: it was let through, and logged */
	uint64_t count;
	struct segen_first at; /* the first of them */
	char *text[6]; /* what a pointer argument said; NULL: no text, or not read */
};

struct segen_denials {
	struct segen_denial *v;
	size_t n, cap;
};

struct segen_trace {
	struct segen_run **runs;
	size_t n_runs, cap_runs;
	char **programs; /* paths, interned; index is the identity */
	size_t n_programs, cap_programs;
	struct segen_call **calls; /* in order of first insertion */
	size_t n_calls, cap_calls;
	struct segen_denials denials;
	struct segen_trace_index *index; /* private to trace.c */
};

/* Zero-initialised is empty and valid. */
void segen_trace_done(struct segen_trace *t);

/*
 * A new run with a fresh id, start time now, the host's facts and the command line, its
 * secrets starred (secrets.h); the index is returned.
 */
size_t segen_trace_add_run(struct segen_trace *t, char *const *argv);

/* The index of the run with this id; an empty one is made when it is not there. */
size_t segen_trace_run(struct segen_trace *t, const char *id);

/* The index of a program path. */
size_t segen_trace_program(struct segen_trace *t, const char *path);
bool segen_trace_has_program(const struct segen_trace *t, const char *path);
/* Its path; of an index that is past the end, for messages: "a program". */
const char *segen_trace_program_name(const struct segen_trace *t, size_t program);

/* The call, or NULL. */
struct segen_call *segen_trace_find(const struct segen_trace *t,
				    const struct segen_arch *arch, int64_t nr);
/* The call, made when it is not there; *@ret_new says so (may be NULL). */
struct segen_call *segen_trace_call(struct segen_trace *t, const struct segen_arch *arch,
				    int64_t nr, bool *ret_new);
/* Release what @c holds: for a call that is in no trace. */
void segen_call_done(struct segen_call *c);
/* What @run saw of @c, made when it is not there. */
struct segen_observation *segen_call_seen(struct segen_call *c, size_t run);

/*
 * Add a denial, or its count to the one of its kind; takes what @d owns either way.
 * Returns its index in @t->denials, or SIZE_MAX: there are too many.
 */
size_t segen_trace_denied(struct segen_trace *t, struct segen_denial *d);
void segen_denial_done(struct segen_denial *d);
/* Whether two of one trace are refusals of one kind at one place of one run. */
bool segen_denial_same(const struct segen_denial *a, const struct segen_denial *b);

void segen_seen_outcome(struct segen_observation *s, int err, uint64_t count);
/* One outcome less of this kind, if there is one. */
void segen_seen_retract(struct segen_observation *s, int err);
void segen_seen_program(struct segen_observation *s, size_t program);
/* True: it is the first time that this value, or one too many, is seen. */
bool segen_call_value(struct segen_call *c, unsigned index, uint64_t value);
/* More values than are worth keeping. */
void segen_call_many_values(struct segen_call *c, unsigned index);
const struct segen_values *segen_call_values(const struct segen_call *c, unsigned index);

/* Sums over all runs. */
uint64_t segen_call_count(const struct segen_call *c, bool *ret_at_least);
/*
 * Whether it never succeeded: a probe.  A call that a filter allowed after failures only
 * may have, so it is none.
 */
bool segen_call_is_probe(const struct segen_call *c);
/* The same in @t, whose other runs may have allowed it since they knew it already. */
bool segen_trace_is_probe(const struct segen_trace *t, const struct segen_call *c);
/* Whether it was made in containers only, whose own filters refused it each time. */
bool segen_trace_is_refused(const struct segen_trace *t, const struct segen_call *c);

/*
 * Bring a trace into its one canonical form: runs by id, programs and calls by name, all
 * text valid UTF-8 (a byte that is not becomes "\xNN"), no program that no call was
 * made by, nothing beyond the bounds above.  Two traces that hold the same observations
 * are then equal field by field. Indices of runs and programs change; pointers to runs
 * and to calls that are kept stay valid.
 */
void segen_trace_sort(struct segen_trace *t);

/*
 * Unite @from into @into.  Associative, commutative and idempotent: the same run in both
 * is taken once (fieldwise maximum or union); of two first sights the one of the earlier
 * run (by id), then the earlier in time, is kept.
 */
void segen_trace_merge(struct segen_trace *into, const struct segen_trace *from);
