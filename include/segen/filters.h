/*
 * filters.h: the seccomp filters that a running process is under, as the kernel has them,
 * and what they answer call by call.
 *
 * Nothing is written into the process; it stands still for as long as it takes to copy
 * its filters.
 */
#pragma once

#include <segen/rules.h>

#include <sys/types.h>

struct segen_filters {
	struct segen_program *v; /* the oldest first */
	size_t n, cap;
};

/*
 * None: the process is under none, or the kernel was built without CHECKPOINT_RESTORE.
 * -ESRCH: no such process; -EPERM: without CAP_SYS_ADMIN, under a filter of one's own, or
 * traced by another.
 */
int segen_filters_read(pid_t pid, struct segen_filters *ret, struct segen_error *err);
void segen_filters_done(struct segen_filters *f);

/* How much of a call all filters together let through; as enum lets of a profile. */
enum segen_lets {
	SEGEN_LETS_NONE,
	SEGEN_LETS_SOME, /* depending on arguments */
	SEGEN_LETS_ALL,
};

struct segen_filters_reply {
	enum segen_lets lets;
	struct segen_verdict refusal; /* of what is not let through */
};

/*
 * Every way through the programs that some arguments may take is gone: where several
 * filters look at arguments of the same call, more may seem to be let through than is.
 */
struct segen_filters_reply segen_filters_reply(const struct segen_filters *f,
					       const struct segen_arch *arch, int nr);
