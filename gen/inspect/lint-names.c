/* lint-names.c: rules on the words of a profile: names of calls, gates, keys. */
#include "inspect/lint-run.h"

#include "facts/call-facts.h"

#include <segen/suggest.h>
#include <segen/syscall.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

/* The name without blanks around it and in small letters, if that is a call; owned. */
static char *clean(const char *word)
{
	size_t lead = strspn(word, " \t\r\n");
	char *s = xstrdup(word + lead);
	size_t n = strlen(s);

	while (n && isspace((unsigned char)s[n - 1]))
		s[--n] = '\0';
	for (size_t i = 0; i < n; i++)
		s[i] = (char)tolower((unsigned char)s[i]);
	if (segen_syscall_known(s))
		return s;
	free(s);
	return NULL;
}

static void check_name(struct lint_run *run, const struct lint_rule *rule, size_t i,
		       size_t k)
{
	const char *name = run->p->rules[i].names[k];
	_cleanup_free_ char *path = lint_name_path(run, i, k);
	char *right = clean(name);
	const char *near = right ? right : call_nearest(name);
	struct finding *f;

	f = lint_add(run, rule, path, "no system call is called '%s'%s%s%s", name,
		     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	if (!right)
		return;
	f->fix = xasprintf("write \"%s\"", right);
	f->repair = (struct repair){
		.kind = REPAIR_RENAME, .rule = i, .index = k, .to = right};
}

void lint_unknown_name(struct lint_run *run, const struct lint_rule *rule)
{
	const struct profile *p = run->p;

	for (size_t i = 0; i < p->n_rules; i++)
		for (size_t k = 0; k < p->rules[i].n_names; k++)
			if (!segen_syscall_known(p->rules[i].names[k]))
				check_name(run, rule, i, k);
}

void lint_new_name(struct lint_run *run, const struct lint_rule *rule)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	const struct profile *flat = &run->view.flat;

	for (size_t i = 0; i < flat->n_rules; i++)
		for (size_t k = 0; k < flat->rules[i].n_names; k++)
			if ((flat->rules[i].action == SEGEN_ACT_ALLOW ||
			     flat->rules[i].action == SEGEN_ACT_LOG) &&
			    segen_syscall_is_new(run->o->target->arch,
						 flat->rules[i].names[k]))
				segen_strset_add(&names, flat->rules[i].names[k]);
	lint_list(&b, &names);
	if (names.n)
		lint_add(run, rule, "$.syscalls",
			 "allowed only where libseccomp is newer than 2.5.4: %s", b.s);
}

/* --- gates -------------------------------------------------------------------------- */

static void check_caps(struct lint_run *run, const struct lint_rule *rule, size_t i,
		       const struct gate *g, const char *key)
{
	for (size_t k = 0; k < g->n_caps; k++) {
		_cleanup_free_ char *path = NULL;
		const char *right = cap_name(g->caps[k]);
		struct finding *f;

		if (right && !strcmp(right, g->caps[k]))
			continue;
		path = xasprintf("$.syscalls[%zu].%s.caps[%zu]", i, key, k);
		f = lint_add(run, rule, path,
			     "'%s' is never in a bounding set, so the rule %s",
			     g->caps[k],
			     strcmp(key, "includes") ? "is not closed by it"
						     : "never applies");
		if (!right)
			continue;
		f->fix = xasprintf("write \"%s\"", right);
		f->repair = (struct repair){.kind = REPAIR_CAP,
					    .rule = i,
					    .from = xstrdup(g->caps[k]),
					    .to = xstrdup(right)};
	}
}

void lint_cap_word(struct lint_run *run, const struct lint_rule *rule)
{
	for (size_t i = 0; i < run->p->n_rules; i++) {
		check_caps(run, rule, i, &run->p->rules[i].includes, "includes");
		check_caps(run, rule, i, &run->p->rules[i].excludes, "excludes");
	}
}

/* The word that gates have for it; NULL: none is known. */
static const struct segen_arch *by_docker_word(const char *word)
{
	size_t n;
	const struct segen_arch *v = segen_arches(&n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(v[i].docker, word))
			return &v[i];
	return NULL;
}

/* moby's names for what segen and libseccomp have no ABI of. */
static bool is_other_word(const char *word)
{
	return !strcmp(word, "loongarch64") || !strcmp(word, "mips3l64n32");
}

static void check_arches(struct lint_run *run, const struct lint_rule *rule, size_t i,
			 const struct gate *g, const char *key)
{
	for (size_t k = 0; k < g->n_arches; k++) {
		_cleanup_free_ char *path = NULL;
		const struct segen_arch *meant;
		struct finding *f;

		if (by_docker_word(g->arches[k]) || is_other_word(g->arches[k]))
			continue;
		path = xasprintf("$.syscalls[%zu].%s.arches[%zu]", i, key, k);
		meant = segen_arch_by_name(g->arches[k]);
		f = lint_add(run, rule, path, "'%s' never matches in a gate",
			     g->arches[k]);
		if (!meant)
			continue;
		f->fix = xasprintf("write \"%s\"", meant->docker);
		f->repair = (struct repair){.kind = REPAIR_ARCH,
					    .rule = i,
					    .from = xstrdup(g->arches[k]),
					    .to = xstrdup(meant->docker)};
	}
}

void lint_arch_word(struct lint_run *run, const struct lint_rule *rule)
{
	for (size_t i = 0; i < run->p->n_rules; i++) {
		check_arches(run, rule, i, &run->p->rules[i].includes, "includes");
		check_arches(run, rule, i, &run->p->rules[i].excludes, "excludes");
	}
}

void lint_gates(struct lint_run *run, const struct lint_rule *rule)
{
	size_t n = 0, kernels = 0, first = 0;
	_cleanup_free_ char *path = NULL;

	for (size_t i = 0; i < run->p->n_rules; i++) {
		const struct profile_rule *r = &run->p->rules[i];

		if (gate_is_empty(&r->includes) && gate_is_empty(&r->excludes))
			continue;
		if (!n++)
			first = i;
		kernels += r->includes.min_kernel || r->excludes.min_kernel;
	}
	if (!n)
		return;
	path = lint_rule_path(first);
	lint_add(run, rule, path,
		 "%zu rules have includes or excludes%s; elsewhere than in Docker and "
		 "Podman they apply to all containers",
		 n, kernels ? " (minKernel counts in Docker only)" : "");
}

/* --- keys --------------------------------------------------------------------------- */

/* Keys that some engine knows, and segen's own; by the path without indices. */
static const char *const known_keys[] = {
	"$.defaultAction",
	"$.defaultErrnoRet",
	"$.defaultErrno",
	"$.architectures",
	"$.archMap",
	"$.archMap.architecture",
	"$.archMap.subArchitectures",
	"$.flags",
	"$.listenerPath",
	"$.listenerMetadata",
	"$.syscalls",
	"$.syscalls.name",
	"$.syscalls.names",
	"$.syscalls.action",
	"$.syscalls.errnoRet",
	"$.syscalls.errno",
	"$.syscalls.args",
	"$.syscalls.args.index",
	"$.syscalls.args.value",
	"$.syscalls.args.valueTwo",
	"$.syscalls.args.op",
	"$.syscalls.comment",
	"$.syscalls.includes",
	"$.syscalls.includes.caps",
	"$.syscalls.includes.arches",
	"$.syscalls.includes.minKernel",
	"$.syscalls.excludes",
	"$.syscalls.excludes.caps",
	"$.syscalls.excludes.arches",
	"$.syscalls.excludes.minKernel",
	"$.segen-ignore",
	"$.syscalls.segen-ignore",
};

static char *without_indices(const char *path)
{
	char *s = xstrdup(path), *to = s;

	for (const char *p = s; *p; p++) {
		if (*p == '[')
			p += strcspn(p, "]");
		else
			*to++ = *p;
	}
	*to = '\0';
	return s;
}

static bool is_known_key(const char *plain)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_keys); i++)
		if (!strcasecmp(plain, known_keys[i]))
			return true;
	return false;
}

/* The key of the same object that is nearest, or NULL. */
static const char *nearest_key(const char *plain)
{
	const char *dot = strrchr(plain, '.');
	size_t prefix = (size_t)(dot - plain) + 1;
	struct suggest s = suggest_init(dot + 1, strlen(dot + 1));

	for (size_t i = 0; i < ARRAY_SIZE(known_keys); i++)
		if (!strncmp(known_keys[i], plain, prefix) &&
		    !strchr(known_keys[i] + prefix, '.'))
			suggest_offer(&s, known_keys[i] + prefix);
	return s.best;
}

/* A key like '_comment' is a remark for people. */
static bool is_remark(const char *key)
{
	return *key == '_' || *key == '$' || !strcasecmp(key, "comment") ||
	       !strcasecmp(key, "comments") || !strcasecmp(key, "description");
}

void lint_unknown_key(struct lint_run *run, const struct lint_rule *rule)
{
	for (size_t i = 0; i < run->places.n; i++) {
		const struct place *p = &run->places.v[i];
		_cleanup_free_ char *plain = without_indices(p->path);
		const char *dot = strrchr(plain, '.'), *near;
		_cleanup_free_ char *parent = NULL;

		if (!p->key || !dot || is_known_key(plain) || is_remark(dot + 1))
			continue;
		/* What is in an unknown object was said of the object. */
		parent = xstrndup(plain, (size_t)(dot - plain));
		if (strcmp(parent, "$") != 0 && !is_known_key(parent))
			continue;
		near = nearest_key(plain);
		lint_add(run, rule, p->path, "no engine knows the key '%s'%s%s%s",
			 dot + 1, near ? "; did you mean '" : "", near ? near : "",
			 near ? "'?" : "");
	}
}
