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

/* The parser has checked the word against the row's choices. */
static int set_gates(void *opts, const char *value, struct segen_error *err _unused_)
{
	policy(opts)->gates = !strcmp(value, "all")    ? GATES_ALL
			      : !strcmp(value, "none") ? GATES_NONE
						       : GATES_OBSERVED;
	return 0;
}

static int set_refused(void *opts, const char *value, struct segen_error *err _unused_)
{
	policy(opts)->allow_refused = !strcmp(value, "allow");
	return 0;
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

static int set_no_init(void *opts, const char *value _unused_,
		       struct segen_error *err _unused_)
{
	policy(opts)->floor.no_init = true;
	return 0;
}

static int set_no_new_privs(void *opts, const char *value _unused_,
			    struct segen_error *err _unused_)
{
	policy(opts)->floor.no_new_privs = true;
	return 0;
}

static int set_drop_probes(void *opts, const char *value _unused_,
			   struct segen_error *err _unused_)
{
	policy(opts)->drop_probes = true;
	return 0;
}

static int set_portable(void *opts, const char *value _unused_,
			struct segen_error *err _unused_)
{
	policy(opts)->portable = true;
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
	 set_base, NULL},
	{"tie", 0, "CALLS=CAP", "allow these calls only with the capability CAP", set_tie,
	 NULL},
	{"allow", 0, "CALLS", "allow these calls, whatever the base says", set_allow,
	 NULL},
	{"deny", 0, "CALLS", "never allow these calls", set_deny, NULL},
	{"gates", 0, "WHICH",
	 "behind the base's gates: the calls observed (the default), all, or no gates",
	 set_gates, "observed|all|none"},
	{"refused", 0, "HOW", "calls that the base refuses: leave them out (the default)",
	 set_refused, "report|allow"},
	{"args", 0, "CALLS", "narrow these calls to the arguments seen; 'all'", set_args,
	 NULL},
	{"drop-probes", 0, NULL, "leave out calls that never succeeded", set_drop_probes,
	 NULL},
	{"min-runs", 0, "N", "leave out calls that fewer than N runs made", set_min_runs,
	 NULL},
	{"portable", 0, NULL,
	 "add what another libc, kernel or architecture calls instead", set_portable,
	 NULL},
	{"arch", 0, "LIST", "write for these architectures (default: those recorded)",
	 set_arch, NULL},
	{"runtime", 0, "RUNTIME",
	 "add what its versions call under the filter (default: the recorded, else any)",
	 set_runtime, "any|runc|crun|exact|none"},
	{"no-init", 0, NULL, "leave out what docker run --init calls", set_no_init, NULL},
	{"no-new-privileges", 0, NULL,
	 "for containers with that option only: fewer runtime calls", set_no_new_privs,
	 NULL},
};
