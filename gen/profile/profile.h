/*
 * profile.h: a seccomp profile in memory, with all that Docker's format has.
 *
 * The model is shared by reading, editing, resolving, generating and writing.  A
 * resolved ("flat") profile is the same struct without gates.  Unknown keys are kept.
 * Source of the format: moby profiles/seccomp/seccomp.go, OCI runtime-spec
 * config-linux.md; podman's dialect: containers/common pkg/seccomp.
 *
 * Ownership: a profile owns all it holds; functions copy what they are given.
 */
#pragma once

#include <segen/error.h>
#include <segen/rules.h>
#include <segen/util.h>

#define PROFILE_NO_ERRNO (-1)
#define PROFILE_MAX_ERRNO 4094 /* libseccomp refuses more (db.c, MAX_ERRNO) */
#define PROFILE_MAX_TRACE 65535

/* includes/excludes: all lists in the file's order, empty when absent. */
struct gate {
	char **caps;
	size_t n_caps;
	char **arches;
	size_t n_arches;
	char *min_kernel; /* "4.8", or NULL */
	char *extra;	  /* unknown keys: a JSON object as text, or NULL */
};

struct profile_rule {
	char **names;
	size_t n_names, cap_names;
	bool by_name; /* the file said "name": "x", the deprecated form */
	enum segen_action action;
	int err;	/* errnoRet, or PROFILE_NO_ERRNO */
	char *err_word; /* podman's "errno": "ENOSYS", or NULL; it wins over @err */
	struct segen_cond *conds;
	size_t n_conds;
	char **conds_extra; /* unknown keys of the first conditions, or NULL each */
	size_t n_conds_extra;
	char *comment; /* or NULL */
	struct gate includes, excludes;
	bool null_args; /* the file said "args": null, as some Engines' profiles do */
	bool wordy; /* written with empty keys, as Engines up to 20.10 publish rules */
	char *extra;
};

struct profile_arch {
	char *name; /* "SCMP_ARCH_X86_64" */
	char **subs;
	size_t n_subs;
	char *extra;
};

struct profile {
	char *comment; /* a value that engines ignore, as JSON text, or NULL */
	enum segen_action def;
	int def_err;	    /* defaultErrnoRet, or PROFILE_NO_ERRNO */
	char *def_err_word; /* podman's "defaultErrno", or NULL */
	char **architectures;
	size_t n_architectures;
	struct profile_arch *arch_map; /* excludes architectures */
	size_t n_arch_map;
	char **flags;
	size_t n_flags;
	bool has_flags; /* an empty list differs from none: no SPEC_ALLOW */
	char *listener_path, *listener_metadata;
	struct profile_rule *rules;
	size_t n_rules, cap_rules;
	char *extra;
};

void profile_done(struct profile *p);
void profile_rule_done(struct profile_rule *r);
void gate_done(struct gate *g);

/* Deep copies. */
void profile_copy(struct profile *to, const struct profile *from);
void profile_rule_copy(struct profile_rule *to, const struct profile_rule *from);
void gate_copy(struct gate *to, const struct gate *from);

/* What the file says about itself, before everything else. */
void profile_set_comment(struct profile *p, const char *text);

bool gate_is_empty(const struct gate *g);
bool gate_equal(const struct gate *a, const struct gate *b);

/* Append a copy of @s to a list of strings (caps, arches, subs, ...). */
void profile_string_add(char ***v, size_t *n, const char *s);

/* Append an archMap entry; the pointer is valid until the next one is added. */
struct profile_arch *profile_add_arch(struct profile *p, const char *name);
/* Neither architectures nor an archMap. */
void profile_clear_arches(struct profile *p);

/* Append an empty ALLOW rule; the pointer is valid until the next one is added. */
struct profile_rule *profile_add_rule(struct profile *p);
void profile_rule_add_name(struct profile_rule *r, const char *name);
bool profile_rule_has(const struct profile_rule *r, const char *name);
void profile_rule_add_cond(struct profile_rule *r, const struct segen_cond *c);

/* The errno the rule (or the default) answers with: words and absent values settled. */
int profile_rule_errno(const struct profile_rule *r);
int profile_default_errno(const struct profile *p);
/* Whether the call goes through: ALLOW, LOG. */
bool profile_action_allows(enum segen_action a);
/* Whether libseccomp takes @err with the action. */
bool profile_errno_fits(enum segen_action a, int err);
/* "ENOSYS" or "38", podman's two spellings; -ENOENT when it is neither. */
int profile_errno_by_word(const char *word);

/* "SCMP_ACT_ERRNO" and back; "SCMP_CMP_EQ" and back; negative or NULL when unknown. */
const char *profile_action_name(enum segen_action a);
int profile_action_by_name(const char *name);
const char *profile_cmp_name(enum segen_cmp c);
int profile_cmp_by_name(const char *name);

/* Whether a runtime accepts "SCMP_ARCH_..." (OCI runtime-spec, config-linux.md). */
bool profile_arch_known(const char *oci);

/*
 * minKernel as moby reads it: two numbers up to 255, not both 0; "" is 0.0.
 * -EINVAL: it would be refused.
 */
int profile_kernel_parse(const char *s, unsigned *ret_kernel, unsigned *ret_major);
