/*
 * answers.h: what a filter answers to each call of each ABI, whatever the filter is: a
 * profile, or what a process is under.  Pure.
 */
#pragma once

#include "inspect/view.h"

/* What can be asked of one call. */
struct answering {
	struct reply (*reply)(const void *ctx, const struct segen_arch *arch, int nr);
	const void *ctx;
};
/* Of a profile; @v must outlive it. */
struct answering answering_of(const struct view *v);

struct answers_group {
	char *answer; /* "allowed", "refused (EPERM)", "allowed for some arguments, else
			 …" */
	struct segen_strset calls;
};

struct answers_abi {
	const struct segen_arch *arch;
	struct answers_group *v;
	size_t n, cap;
};

struct answers {
	struct answers_abi *v; /* @arch and its sub-architectures */
	size_t n, cap;
};
void answers_init(struct answers *a, const struct answering *of,
		  const struct segen_arch *arch);
void answers_done(struct answers *a);
