/*
 * arches.h: for which architectures and ABIs a profile is written.
 */
#pragma once

#include "generate/report.h"
#include "profile/profile.h"

#define GEN_NATIVES 8
#define GEN_ABIS 32

struct gen_arches {
	/* Architectures of hosts, the first one leads. */
	const struct segen_arch *natives[GEN_NATIVES];
	size_t n_natives;
	/* All that the profile lists: natives and the sub-architectures wanted. */
	const struct segen_arch *abis[GEN_ABIS];
	size_t n_abis;
	/* Hosts of which the trace holds no call. */
	bool unseen[GEN_NATIVES];
};

/*
 * From --arch, else from what @trace (may be NULL) holds, else the target's.  Only what
 * @base lists; the rest is a warning of @report.
 */
int gen_arches_init(struct gen_arches *a, const struct segen_trace *trace,
		    const struct profile *base, const struct gen_policy *policy,
		    struct gen_report *report, struct segen_error *err);

/* Whether @name is a call of some ABI of the profile, or of natives[@native]'s. */
bool gen_arches_have(const struct gen_arches *a, const char *name);
bool gen_native_has(const struct gen_arches *a, size_t native, const char *name);

/* Into @p in place of its own: architectures for one host, archMap for several. */
void gen_arches_write(const struct gen_arches *a, struct profile *p);
