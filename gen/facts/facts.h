/*
 * facts.h: what is known about system calls, runtimes and libcs, as const tables.
 *
 * The rows are in the .def files of this folder; each says where it is from.  Must not
 * know: profiles, traces.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Whose calls stand between the filter and the workload. */
enum floor_part {
	PART_RUNC,
	PART_CRUN,
	PART_DOCKER_INIT, /* docker run --init */
};

/* When a runtime makes the call; bits.  NNP: under no-new-privileges. */
enum floor_when {
	WHEN_RUN = 1,
	WHEN_RUN_NNP = 2,
	WHEN_EXEC = 4,
	WHEN_EXEC_NNP = 8,
	WHEN_PLAIN = WHEN_RUN | WHEN_EXEC,
	WHEN_NNP = WHEN_RUN_NNP | WHEN_EXEC_NNP,
	WHEN_ALWAYS = WHEN_PLAIN | WHEN_NNP,
	WHEN_RARE = 16,	     /* a matter of timing: not in every start */
	WHEN_TOLERATED = 32, /* a refusal is tolerated: profiles need not allow it */
};

enum floor_evidence {
	EVIDENCE_MEASURED, /* seen, and enforced with everything else killed */
	EVIDENCE_SOURCE,   /* read in the runtime's source */
};

struct floor_fact {
	const char *name;
	enum floor_part part;
	const char *since; /* first version that does, "1.1" */
	const char *until; /* first version that no longer does; NULL: none */
	unsigned when;
	enum floor_evidence evidence;
};
const struct floor_fact *floor_facts(size_t *ret_n);

/*
 * Add what @part of @version ("1.3.6"; NULL: of any) calls under the filter in the modes
 * @when (bits of enum floor_when): what is a matter of timing only with WHEN_RARE in it,
 * what it does without when refused only with WHEN_TOLERATED.
 */
struct segen_strset;
void floor_names(enum floor_part part, const char *version, unsigned when,
		 struct segen_strset *ret);

/* The word for people: "runc", "crun", "docker-init". */
const char *floor_part_name(enum floor_part p);

/* A call that any workload may make although a trace did not see it. */
struct essential_fact {
	const char *name;
	const char *why;
};
const struct essential_fact *essential_facts(size_t *ret_n);

/* A call that is asked for first and has a fallback that only ENOSYS leads to. */
struct probe_fact {
	const char *name;
	const char *fallback; /* what is done instead */
};
const struct probe_fact *probe_facts(size_t *ret_n);
bool is_probe_fact(const char *name);

/* A call that is made instead of @name where that answers ENOSYS. */
struct fallback_fact {
	const char *name;
	const char *call;
};
const struct fallback_fact *fallback_facts(size_t *ret_n);

/* Which difference makes the twin appear; bits. */
enum twin_reason {
	TWIN_LIBC = 1,
	TWIN_KERNEL = 2,
	TWIN_ARCH = 4,
};

/* Two calls of which either is used in the other's place.  No order in a pair. */
struct twin_fact {
	const char *a, *b;
	unsigned reasons;
};
const struct twin_fact *twin_facts(size_t *ret_n);

/*
 * Calls that do one job: who is kept from one of them can take another.  @part: it does
 * the job only in part or on a detour, which @how explains.
 */
struct job_fact {
	const char *job;
	const char *name;
	bool part;
	const char *how; /* only with @part */
};
const struct job_fact *job_facts(size_t *ret_n);
