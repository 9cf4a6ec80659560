/* resolve.c: a profile for one target, as moby's setupSeccomp() does it. */
#include "target/resolve.h"

#include <errno.h>
#include <string.h>

/* What an engine makes of a key that another one obeys. */
struct dialect {
	bool default_errno; /* defaultErrnoRet, flags, listener*: passed on */
	bool words;	    /* "errno" and "defaultErrno" go before the numbers */
	bool min_kernel;
	bool nameless; /* rules without names are passed on */
	const char *const *mapped;
};

/* Architectures that archMap is consulted for; elsewhere the list stays empty. */
static const char *const mapped_docker[] = {
	"i386",	     "x86_64",	 "arm",	  "aarch64",	 "mips64",
	"mips64n32", "mipsel64", "ppc",	  "ppc64",	 "ppc64le",
	"riscv64",   "s390",	 "s390x", "mipsel64n32", NULL,
};
static const char *const mapped_docker_20_10[] = {
	"i386", "x86_64", "arm",     "aarch64", "mips64", "mips64n32",	 "mipsel64",
	"ppc",	"ppc64",  "ppc64le", "s390",	"s390x",  "mipsel64n32", NULL,
};
static const char *const mapped_podman[] = {
	"x86_64",   "aarch64",	   "mips64", "mips64n32",
	"mipsel64", "mipsel64n32", "s390x",  NULL,
};

/* moby, containers/common: seccomp_linux.go (nativeToSeccomp, setupSeccomp). */
static const struct dialect dialects[] = {
	[ENGINE_DOCKER] = {true, false, true, true, mapped_docker},
	[ENGINE_DOCKER_20_10] = {false, false, true, true, mapped_docker_20_10},
	[ENGINE_PODMAN] = {true, true, false, false, mapped_podman},
};

static bool has(char *const *v, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i], s) == 0)
			return true;
	return false;
}

/* Whether the target's kernel is at least @version, which reading has checked. */
static bool kernel_reaches(const struct target *t, const char *version)
{
	unsigned kernel = 0, major = 0;

	profile_kernel_parse(version, &kernel, &major);
	if (t->kernel_major != kernel)
		return t->kernel_major > kernel;
	return t->kernel_minor >= major;
}

/* One hit is enough. */
static bool excluded(const struct gate *g, const struct target *t)
{
	if (has(g->arches, g->n_arches, t->arch->docker))
		return true;
	for (size_t i = 0; i < g->n_caps; i++)
		if (segen_strset_has(&t->caps, g->caps[i]))
			return true;
	return g->min_kernel && dialects[t->engine].min_kernel &&
	       kernel_reaches(t, g->min_kernel);
}

/* All must hold; of several architectures one. */
static bool included(const struct gate *g, const struct target *t)
{
	if (g->n_arches && !has(g->arches, g->n_arches, t->arch->docker))
		return false;
	for (size_t i = 0; i < g->n_caps; i++)
		if (!segen_strset_has(&t->caps, g->caps[i]))
			return false;
	return !g->min_kernel || !dialects[t->engine].min_kernel ||
	       kernel_reaches(t, g->min_kernel);
}

bool resolve_rule_applies(const struct profile_rule *r, const struct target *t)
{
	return !excluded(&r->excludes, t) && included(&r->includes, t);
}

/* "errno" words become numbers where they count and vanish elsewhere. */
static int flat_errno(const char *word, int err, const struct target *t)
{
	if (word && dialects[t->engine].words)
		return profile_errno_by_word(word);
	return err;
}

/* Only what the runtime is told, and with @comments the words for people. */
static void add_flat_rule(struct profile *flat, const struct profile_rule *from,
			  const struct target *t, bool comments)
{
	struct profile_rule *r = profile_add_rule(flat);

	if (comments && from->comment)
		r->comment = xstrdup(from->comment);
	r->action = from->action;
	r->err = flat_errno(from->err_word, from->err, t);
	for (size_t i = 0; i < from->n_names; i++)
		profile_rule_add_name(r, from->names[i]);
	for (size_t i = 0; i < from->n_conds; i++)
		profile_rule_add_cond(r, &from->conds[i]);
}

/* The first archMap entry of the native architecture, with its subs. */
static void map_arches(struct profile *flat, const struct profile *p,
		       const struct target *t)
{
	const char *const *m = dialects[t->engine].mapped;

	while (*m && strcmp(*m, t->arch->name) != 0)
		m++;
	for (size_t i = 0; *m && i < p->n_arch_map; i++) {
		const struct profile_arch *a = &p->arch_map[i];

		if (strcmp(a->name, t->arch->oci) != 0)
			continue;
		profile_string_add(&flat->architectures, &flat->n_architectures, a->name);
		for (size_t k = 0; k < a->n_subs; k++)
			profile_string_add(&flat->architectures, &flat->n_architectures,
					   a->subs[k]);
		return;
	}
}

static void copy_strings(char ***to, size_t *n_to, char *const *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		profile_string_add(to, n_to, from[i]);
}

/* Empty members vanish on the way through Go's encoder. */
static void flat_header(struct profile *flat, const struct profile *p,
			const struct target *t)
{
	*flat = (struct profile){.def = p->def, .def_err = PROFILE_NO_ERRNO};
	copy_strings(&flat->architectures, &flat->n_architectures, p->architectures,
		     p->n_architectures);
	map_arches(flat, p, t);
	if (!dialects[t->engine].default_errno)
		return;
	flat->def_err = flat_errno(p->def_err_word, p->def_err, t);
	copy_strings(&flat->flags, &flat->n_flags, p->flags, p->n_flags);
	if (p->listener_path && *p->listener_path)
		flat->listener_path = xstrdup(p->listener_path);
	if (p->listener_metadata && *p->listener_metadata)
		flat->listener_metadata = xstrdup(p->listener_metadata);
}

static int flatten(const struct profile *p, const struct target *t, bool comments,
		   struct profile *ret_flat, struct segen_error *err)
{
	if (p->n_architectures && p->n_arch_map)
		return segen_fail(err, -EINVAL,
				  "both 'architectures' and 'archMap' are specified in "
				  "the seccomp profile, use either 'architectures' or "
				  "'archMap'");
	flat_header(ret_flat, p, t);
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct profile_rule *rule = &p->rules[i];

		if (resolve_rule_applies(rule, t) &&
		    (rule->n_names || dialects[t->engine].nameless))
			add_flat_rule(ret_flat, rule, t, comments);
	}
	return 0;
}

int resolve(const struct profile *p, const struct target *t, struct profile *ret_flat,
	    struct segen_error *err)
{
	return flatten(p, t, false, ret_flat, err);
}

int resolve_commented(const struct profile *p, const struct target *t,
		      struct profile *ret_flat, struct segen_error *err)
{
	int r = flatten(p, t, true, ret_flat, err);

	if (r == 0 && p->comment)
		ret_flat->comment = xstrdup(p->comment);
	return r;
}
