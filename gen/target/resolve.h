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

/*
 * The same as numbers, the way runc and libseccomp understand a flat profile.  Names
 * that an ABI does not have are skipped, as the runtimes do.  @runc_stub: with runc's
 * ENOSYS for numbers above the highest named one.
 */
int resolve_rules(const struct profile *flat, const struct target *t, bool runc_stub,
		  struct segen_rules *ret, struct segen_error *err);

/* The same of @t->arch alone, with runc's stub: a part of the work where that is enough.
 */
int resolve_rules_native(const struct profile *flat, const struct target *t,
			 struct segen_rules *ret, struct segen_error *err);

/* Whether the rule's gates are open for the target. */
bool resolve_rule_applies(const struct profile_rule *r, const struct target *t);
