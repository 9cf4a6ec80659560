/*
 * resolve.h: what the engine makes of a profile for one target.  Pure.
 *
 * The algorithm is moby's setupSeccomp (profiles/seccomp/seccomp_linux.go): excludes any,
 * includes all, architectures from archMap, rule order kept.
 */
#pragma once

#include "profile/profile.h"
#include "target/target.h"

/*
 * The flat profile that the engine hands to the runtime: architectures, rules without
 * gates, in order.  -EINVAL with the engine's own reason where it would refuse.
 */
int resolve(const struct profile *p, const struct target *t, struct profile *ret_flat,
	    struct segen_error *err);

/* The same with the comments of the profile and of its rules. */
int resolve_commented(const struct profile *p, const struct target *t,
		      struct profile *ret_flat, struct segen_error *err);

/*
 * The same as numbers, the way runc and libseccomp understand a flat profile.  Names
 * that an ABI does not have are skipped, as the runtimes do.  @runc_stub: with runc's
 * ENOSYS for numbers above the highest named one.
 */
int resolve_rules(const struct profile *flat, const struct target *t, bool runc_stub,
		  struct segen_rules *ret, struct segen_error *err);

/* Whether the rule's gates are open for the target. */
bool resolve_rule_applies(const struct profile_rule *r, const struct target *t);

/*
 * The rules that a command is recorded under.  Those of the native ABI are worked out
 * before the command starts; those of the others, which take longer and which few
 * commands use, when the tracer asks for them.
 */
struct policy_rules {
	struct target here; /* borrows the capabilities */
	struct profile flat;
	struct segen_rules native, all;
};

/*
 * The answers of @base to a container like @target, on this machine; @target must outlive
 * @r.  -EINVAL where the engine would refuse the profile.
 */
int policy_rules_init(struct policy_rules *r, const struct profile *base,
		      const struct target *target, struct segen_error *err);
void policy_rules_done(struct policy_rules *r);

/* @ctx is a struct policy_rules: what segen_tracer_opts.policy_all is to be. */
const struct segen_rules *policy_rules_all(void *ctx);
