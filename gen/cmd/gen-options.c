/* gen-options.c: the options that shape a profile. */
#include "cmd/gen-options.h"

#include <errno.h>
#include <string.h>

void gen_opts_init(struct gen_opts *o)
{
	gen_policy_init(&o->policy);
	o->base = o->policy.base_name = "docker";
}

void gen_opts_done(struct gen_opts *o)
{
	gen_policy_done(&o->policy);
}

static struct gen_policy *policy(void *opts)
{
	return &((struct gen_opts *)opts)->policy;
}

static int set_base(void *opts, const char *value, struct segen_error *err _unused_)
{
	((struct gen_opts *)opts)->base = policy(opts)->base_name = value;
	return 0;
}

static int set_tie(void *opts, const char *value, struct segen_error *err)
{
	return gen_policy_tie(policy(opts), value, err);
}

static int set_allow(void *opts, const char *value, struct segen_error *err)
{
	return gen_policy_calls(&policy(opts)->allow, value, err);
}

static int set_deny(void *opts, const char *value, struct segen_error *err)
{
	return gen_policy_calls(&policy(opts)->deny, value, err);
}

static int set_args(void *opts, const char *value, struct segen_error *err)
{
	return gen_policy_args(policy(opts), value, err);
}

static int set_runtime(void *opts, const char *value, struct segen_error *err _unused_)
{
	policy(opts)->floor.runtime = !strcmp(value, "runc")	? FLOOR_RUNC
				      : !strcmp(value, "crun")	? FLOOR_CRUN
				      : !strcmp(value, "exact") ? FLOOR_EXACT
				      : !strcmp(value, "none")	? FLOOR_NONE
								: FLOOR_ANY;
	return 0;
}

static int set_min_runs(void *opts, const char *value, struct segen_error *err)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || errno || !n || n > UINT32_MAX)
		return segen_fail(err, -EINVAL, "'%s' is not a number of runs", value);
	policy(opts)->min_runs = n;
	return 0;
}

static int set_arch(void *opts, const char *value, struct segen_error *err)
{
	return gen_policy_arches(policy(opts), value, err);
}

const struct option_row gen_options[GEN_OPTIONS_N] = {
	{"base", 'b', "BASE",
	 "never allow more than this profile: docker (the default), docker-20.10, podman "
	 "or a file",
	 OPTION_CALL(set_base)},
	{"tie", 0, "CALLS=CAP", "allow these calls only with capability CAP",
	 OPTION_CALL(set_tie)},
	{"allow", 0, "CALLS", "allow these calls, whatever the base says",
	 OPTION_CALL(set_allow)},
	{"deny", 0, "CALLS", "never allow these calls", OPTION_CALL(set_deny)},
	{"gates", 0, "WHICH",
	 "gated calls: those observed (the default), all of the base, or drop the gates",
	 OPTION_WORD(struct gen_opts, policy.gates, "observed|all|none")},
	{"refused", 0, "HOW",
	 "calls that the base refuses: report them (the default) or allow them",
	 OPTION_EITHER(struct gen_opts, policy.allow_refused, "report|allow")},
	{"args", 0, "CALLS",
	 "allow these calls with the arguments seen only; 'all': every such call",
	 OPTION_CALL(set_args)},
	{"drop-probes", 0, NULL, "leave out calls that never succeeded",
	 OPTION_FLAG(struct gen_opts, policy.drop_probes)},
	{"min-runs", 0, "N", "leave out calls that fewer than N runs made",
	 OPTION_CALL(set_min_runs)},
	{"portable", 0, NULL,
	 "add the calls that another libc, kernel or architecture uses instead",
	 OPTION_FLAG(struct gen_opts, policy.portable)},
	{"arch", 0, "LIST", "write for these architectures (default: those recorded)",
	 OPTION_CALL(set_arch)},
	{"runtime", 0, "RUNTIME",
	 "allow calls the runtime makes before the workload starts (default: the recorded runtime, else any)",
	 OPTION_CALL_WORD(set_runtime, "any|runc|crun|exact|none")},
	{"no-init", 0, NULL, "leave out the calls of docker run --init",
	 OPTION_FLAG(struct gen_opts, policy.floor.no_init)},
	{"no-new-privileges", 0, NULL,
	 "for containers with that option only: fewer runtime calls",
	 OPTION_FLAG(struct gen_opts, policy.floor.no_new_privs)},
};
