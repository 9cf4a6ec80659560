/*
 * audit.h: what a profile exposes, and what of it a workload used.  Pure.
 *
 * One picture of one profile with all traces together: text, JSON, SARIF, markdown and a
 * page show the same.
 */
#pragma once

#include "facts/call-facts.h"
#include "inspect/answers.h"
#include "inspect/coverage.h"
#include "inspect/view.h"

#include <segen/trace.h>

/* How exposed a filter leaves the kernel. */
struct exposure {
	unsigned points, of; /* weights of the calls let in, and of all calls */
	size_t calls;	     /* let in, for some arguments at least */
};
/* 0.0 to 10.0: ten times points by all points. */
double exposure_score(const struct exposure *e);

struct audit_class {
	enum risk risk;
	struct segen_strset all;  /* calls of the class that are let in */
	struct segen_strset some; /* for some arguments only: these weigh 1 */
	size_t docker;		  /* calls of it that Docker's default lets in whole */
};

/* A call that was recorded, as far as it matters here. */
struct audit_call {
	char *name;
	const struct segen_arch *arch;
	uint64_t count, refused;
	struct segen_strset programs;
	const char *gate; /* static: "CAP_SYS_ADMIN", if Docker ties it to one; or NULL */
};

struct audit_calls {
	struct audit_call *v; /* by ABI and name */
	size_t n, cap;
};

struct audit {
	const char *path; /* of the profile, for people */
	size_t n_calls;	  /* that the architecture has */
	struct exposure own, docker, unconfined;
	struct audit_class classes[RISK_N];

	/* With a trace: */
	bool traced;
	size_t n_used; /* let in and recorded, of the target's architecture */
	struct segen_strset unused; /* let in, not recorded, nothing asks for them */
	struct segen_strset unseen; /* let in, not recorded: essential, or of a runtime */
	struct audit_calls risky;   /* recorded, of a class above ordinary, and let in */
	struct audit_calls refused; /* recorded, and refused when they were */
	struct audit_calls
		missing;	   /* recorded with success, and refused by the profile */
	struct audit_calls probes; /* never succeeded */
	struct segen_strset held, used; /* capabilities; used: by calls that show it */
	bool caps_known;
	bool no_new_privs;	    /* the traces' containers had it */
	struct segen_strset images; /* of the traces' containers, with their digests */
	struct coverage coverage;
};

struct audit_input {
	const char *path;
	const struct profile *profile;	   /* or NULL: */
	const struct answering *answering; /* what answers in its place */
	const struct profile *docker;
	const struct segen_trace *trace; /* or NULL */
	const struct target *target;
};
/* -EINVAL: an engine would refuse the profile. */
int audit_init(struct audit *a, const struct audit_input *in, struct segen_error *err);
void audit_done(struct audit *a);

/* What --fail-on can name; bits. */
enum audit_finding {
	AUDIT_RISKY = 1,   /* a risky call was used */
	AUDIT_UNUSED = 2,  /* something is let in that nothing asks for */
	AUDIT_REFUSED = 4, /* something was refused when it was recorded */
	AUDIT_NEW = 8,	   /* something that succeeded is not let in */
	AUDIT_UNSEEN = 16, /* calls are left to be seen, or runs are too few to say */
};
unsigned audit_findings(const struct audit *a);
/* The bits of a comma list of words; -EINVAL names the unknown word. */
int audit_findings_parse(const char *list, unsigned *ret, struct segen_error *err);

/* "docker run --cap-drop=ALL --cap-add=... --security-opt seccomp=FILE IMAGE"; owned. */
char *audit_docker_run(const struct audit *a);
