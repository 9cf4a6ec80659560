/* base.c: Docker's default profile, built from base.def. */
#include "profile/base.h"

#include <segen/arch.h>

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/socket.h>

#include "profile/profile-io.h"

/* The flags of clone() that make a namespace; CLONE_NEWTIME is none of its flags. */
#define NAMESPACES                                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET)

#define ENGINE(major, minor) ((major)*100u + (minor))
#define NEWEST ENGINE(9999, 0)

/* The Engines that a row is for: from the first, up to but without the second. */
struct range {
	unsigned since, until;
};
#define ALWAYS                \
	{                     \
		0, NEWEST + 1 \
	}
#define SINCE(major, minor)                      \
	{                                        \
		ENGINE(major, minor), NEWEST + 1 \
	}
#define UNTIL(major, minor)             \
	{                               \
		0, ENGINE(major, minor) \
	}

enum gate_id {
#define ARCH_MAP(arch, range)
#define GATE(id, ...) GATE_##id,
#define CALL(gate, name, ...)
#include "profile/base.def"
#undef ARCH_MAP
#undef GATE
#undef CALL
};

struct base_gate {
	const char *cap, *not_cap;
	const char *arches[4], *not_arches[4];
	const char *min_kernel;
	struct segen_cond cond; /* absent when all zero: no row compares with NE */
	int err;		/* 0: allow */
	const char *comment;
};

static const struct base_gate gates[] = {
#define ARCH_MAP(arch, range)
#define GATE(id, ...) [GATE_##id] = {__VA_ARGS__},
#define CALL(gate, name, ...)
#include "profile/base.def"
#undef ARCH_MAP
#undef GATE
#undef CALL
};

static const struct {
	enum gate_id gate;
	const char *name;
	struct range range;
} calls[] = {
#define ARCH_MAP(arch, range)
#define GATE(id, ...)
#define CALL(gate, name, ...) {GATE_##gate, #name, __VA_ARGS__},
#include "profile/base.def"
#undef ARCH_MAP
#undef GATE
#undef CALL
};

static const struct {
	const char *arch;
	struct range range;
} arch_map[] = {
#define ARCH_MAP(arch, ...) {#arch, __VA_ARGS__},
#define GATE(id, ...)
#define CALL(gate, name, ...)
#include "profile/base.def"
#undef ARCH_MAP
#undef GATE
#undef CALL
};

static bool in_range(struct range r, unsigned engine)
{
	return engine >= r.since && engine < r.until;
}

static void add_arch_map(struct profile *p, unsigned engine)
{
	for (size_t i = 0; i < ARRAY_SIZE(arch_map); i++) {
		const struct segen_arch *a = segen_arch_by_name(arch_map[i].arch);
		struct profile_arch *to;

		if (!in_range(arch_map[i].range, engine))
			continue;
		to = profile_add_arch(p, a->oci);
		for (size_t k = 0; k < ARRAY_SIZE(a->subs) && a->subs[k]; k++)
			profile_string_add(&to->subs, &to->n_subs,
					   segen_arch_by_name(a->subs[k])->oci);
	}
}

static void add_arches(struct gate *to, const char *const arches[], size_t n)
{
	for (size_t i = 0; i < n && arches[i]; i++)
		profile_string_add(&to->arches, &to->n_arches, arches[i]);
}

static void add_gate(struct profile_rule *r, const struct base_gate *g)
{
	if (g->cap)
		profile_string_add(&r->includes.caps, &r->includes.n_caps, g->cap);
	if (g->not_cap)
		profile_string_add(&r->excludes.caps, &r->excludes.n_caps, g->not_cap);
	add_arches(&r->includes, g->arches, ARRAY_SIZE(g->arches));
	add_arches(&r->excludes, g->not_arches, ARRAY_SIZE(g->not_arches));
	if (g->min_kernel)
		r->includes.min_kernel = xstrdup(g->min_kernel);
	if (g->cond.op)
		profile_rule_add_cond(r, &g->cond);
	if (g->comment)
		r->comment = xstrdup(g->comment);
	if (g->err) {
		r->action = SEGEN_ACT_ERRNO;
		r->err = g->err;
	}
}

/* One rule for each gate with calls behind it on this Engine; its rows stand together. */
static void add_rules(struct profile *p, unsigned engine)
{
	struct profile_rule *r = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (i && calls[i].gate != calls[i - 1].gate)
			r = NULL;
		if (!in_range(calls[i].range, engine))
			continue;
		if (!r) {
			r = profile_add_rule(p);
			add_gate(r, &gates[calls[i].gate]);
		}
		profile_rule_add_name(r, calls[i].name);
	}
}

/* defaultErrnoRet came with Engine 23.0; older ones ignore it. */
static void base_of(struct profile *ret, unsigned engine)
{
	*ret = (struct profile){
		.def = SEGEN_ACT_ERRNO,
		.def_err = engine < ENGINE(23, 0) ? PROFILE_NO_ERRNO : EPERM,
	};
	add_arch_map(ret, engine);
	add_rules(ret, engine);
}

void base_default(struct profile *ret)
{
	base_of(ret, NEWEST);
}

/* As podman does: the administrator's file before the distribution's. */
static int load_podman(struct profile *ret, struct segen_strset *notes,
		       struct segen_error *err)
{
	static const char *const paths[] = {
		"/etc/containers/seccomp.json",
		"/usr/share/containers/seccomp.json",
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (access(paths[i], F_OK) == 0)
			return profile_read(paths[i], ret, notes, err);
	return segen_fail(err, -ENOENT,
			  "podman's profile is neither '%s' nor '%s'; install "
			  "containers-common or give a file to --base",
			  paths[0], paths[1]);
}

int base_load(const char *spec, struct profile *ret, struct segen_strset *notes,
	      struct segen_error *err)
{
	if (strcmp(spec, "docker") == 0)
		base_of(ret, NEWEST);
	else if (strcmp(spec, "docker-20.10") == 0)
		base_of(ret, ENGINE(20, 10));
	else if (strcmp(spec, "podman") == 0)
		return load_podman(ret, notes, err);
	else
		return profile_read(spec, ret, notes, err);
	return 0;
}
