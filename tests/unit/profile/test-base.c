/* test-base.c: the embedded profiles against the published ones, call by call. */
#include "profile/base.h"
#include "profile/profile-io.h"
#include "target/resolve.h"

#include <segen/syscall.h>

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"

/* A line for each call of a flat profile: what it is answered, and when. */
static void describe_rule(const struct profile_rule *r, struct segen_strset *set)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	segen_buf_printf(&b, "%s %d", profile_action_name(r->action), r->err);
	for (size_t i = 0; i < r->n_conds; i++)
		segen_buf_printf(&b, " [%u %s %" PRIu64 " %" PRIu64 "]",
				 r->conds[i].index, profile_cmp_name(r->conds[i].op),
				 r->conds[i].value, r->conds[i].value_two);
	for (size_t i = 0; i < r->n_names; i++) {
		_cleanup_free_ char *line = xasprintf("%s: %s", r->names[i], b.s);

		segen_strset_add(set, line);
	}
}

static void describe(const struct profile *p, const struct target *t,
		     struct segen_strset *set)
{
	_cleanup_(profile_done) struct profile flat = {};
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	if (resolve(p, t, &flat, NULL) < 0)
		return;
	segen_buf_printf(&b, "default: %s %d", profile_action_name(flat.def),
			 flat.def_err);
	for (size_t i = 0; i < flat.n_architectures; i++)
		segen_buf_printf(&b, " %s", flat.architectures[i]);
	segen_strset_add(set, b.s);
	for (size_t i = 0; i < flat.n_rules; i++)
		describe_rule(&flat.rules[i], set);
}

/* The first line that only one of both has, or NULL. */
static const char *first_difference(const struct segen_strset *a,
				    const struct segen_strset *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!segen_strset_has(b, a->v[i]))
			return a->v[i];
	for (size_t i = 0; i < b->n; i++)
		if (!segen_strset_has(a, b->v[i]))
			return b->v[i];
	return NULL;
}

struct pair {
	const struct profile *ours, *published;
	unsigned compared, different;
};

static void compare(struct pair *p, const struct target *t)
{
	_cleanup_(segen_strset_done) struct segen_strset a = {}, b = {};
	const char *line;

	describe(p->ours, t, &a);
	describe(p->published, t, &b);
	p->compared++;
	line = first_difference(&a, &b);
	if (!line)
		return;
	p->different++;
	printf("# %s, kernel %u.%u, %zu capabilities: %s\n", t->arch->name,
	       t->kernel_major, t->kernel_minor, t->caps.n, line);
}

static void gate_caps(const struct profile *p, struct segen_strset *caps)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct profile_rule *r = &p->rules[i];

		for (size_t k = 0; k < r->includes.n_caps; k++)
			segen_strset_add(caps, r->includes.caps[k]);
		for (size_t k = 0; k < r->excludes.n_caps; k++)
			segen_strset_add(caps, r->excludes.caps[k]);
	}
}

/* Docker's default, none, all, and each one that a gate names. */
static void compare_caps(struct pair *p, struct target *t,
			 const struct segen_strset *caps)
{
	compare(p, t);
	target_set_caps(t, "none", NULL);
	compare(p, t);
	target_set_caps(t, "all", NULL);
	compare(p, t);
	for (size_t i = 0; i < caps->n; i++) {
		target_set_caps(t, caps->v[i], NULL);
		compare(p, t);
	}
}

static void compare_everywhere(struct pair *p)
{
	static const char *const kernels[] = {"4.7", "4.8"};
	_cleanup_(segen_strset_done) struct segen_strset caps = {};
	size_t n;
	const struct segen_arch *arches = segen_arches(&n);

	gate_caps(p->ours, &caps);
	gate_caps(p->published, &caps);
	segen_strset_add(&caps, "CAP_WAKE_ALARM"); /* one that no gate names */
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(kernels); k++) {
			_cleanup_(target_done) struct target t = {};

			target_init_default(&t);
			t.arch = &arches[i];
			target_set_kernel(&t, kernels[k], NULL);
			compare_caps(p, &t, &caps);
		}
	}
}

static void test_published(const char *spec, const char *file)
{
	const char *folder = getenv("SEGEN_REFERENCE");
	_cleanup_free_ char *path = xasprintf("%s/base/%s", folder ? folder : "", file);
	_cleanup_(profile_done) struct profile ours = {}, published = {};
	struct pair p = {&ours, &published, 0, 0};
	struct segen_error err = {};

	if (!folder || !*folder) {
		skip(spec,
		     "no folder with published profiles (meson option 'reference')");
		return;
	}
	is_int(base_load(spec, &ours, NULL, &err), 0, "base '%s': it loads", spec);
	if (!is_int(profile_read(path, &published, NULL, &err), 0,
		    "published '%s': it loads", file))
		return;
	compare_everywhere(&p);
	ok(p.compared > 500, "base '%s': compared for %u targets", spec, p.compared);
	is_int(p.different, 0, "base '%s': equals the published '%s'", spec, file);
}

/* A fact about a call that does not exist is a spelling mistake. */
static void test_names(void)
{
	_cleanup_(profile_done) struct profile p = {};
	/* Known to libseccomp from 2.5.5 on. */
	static const char *const newer[] = {"riscv_hwprobe"};
	unsigned unknown = 0;

	base_default(&p);
	for (size_t i = 0; i < p.n_rules; i++) {
		for (size_t k = 0; k < p.rules[i].n_names; k++) {
			const char *name = p.rules[i].names[k];

			if (segen_syscall_known(name) || strcmp(name, newer[0]) == 0)
				continue;
			printf("# unknown: %s\n", name);
			unknown++;
		}
	}
	is_int(unknown, 0, "base.def: every name is a system call");
}

static void test_gates(void)
{
	_cleanup_(profile_done) struct profile p = {};
	unsigned wrong = 0;

	base_default(&p);
	for (size_t i = 0; i < p.n_rules; i++) {
		const struct profile_rule *r = &p.rules[i];

		for (size_t k = 0; k < r->includes.n_caps; k++)
			wrong += cap_name(r->includes.caps[k]) == NULL;
		for (size_t k = 0; k < r->excludes.n_caps; k++)
			wrong += cap_name(r->excludes.caps[k]) == NULL;
		for (size_t k = 0; k < r->includes.n_arches; k++)
			wrong += segen_arch_by_name(r->includes.arches[k]) == NULL;
	}
	is_int(wrong, 0, "base.def: every gate names a capability or an architecture");
	is_int(p.n_rules, 33, "base.def: as many rules as published");
}

static void test_load(void)
{
	_cleanup_(profile_done) struct profile p = {};
	struct segen_error err = {};

	is_int(base_load("/nonexistent/base.json", &p, NULL, &err), -ENOENT,
	       "a missing base: ENOENT");
	has_str(err.msg, "/nonexistent/base.json",
		"a missing base: the message names it");
}

int main(void)
{
	test_names();
	test_gates();
	test_load();
	test_published("docker", "docker-latest.json");
	test_published("docker-20.10", "docker-20.10.json");
	return done();
}
