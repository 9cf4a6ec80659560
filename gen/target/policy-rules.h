/*
 * policy-rules.h: the rules that a command is observed under, as far as they are needed.
 *
 * The native ABI's are worked out before the command starts; those of the others, which
 * take longer and which few commands use, when the tracer asks for them.
 */
#pragma once

#include "profile/profile.h"
#include "target/target.h"

struct observe {
	struct target here; /* borrows the capabilities */
	struct profile flat;
	struct segen_rules native, all;
};

/*
 * The answers of @base to a container like @target, on this machine; both must outlive
 * @o.  -EINVAL where the engine would refuse the profile.
 */
int observe_init(struct observe *o, const struct profile *base,
		 const struct target *target, struct segen_error *err);

/* @ctx is a struct observe: what segen_tracer_opts.policy_all is to be. */
const struct segen_rules *observe_all(void *ctx);

void observe_done(struct observe *o);
