/* profile.c: build, copy and free profiles; the format's words. */
#include "profile/profile.h"

#include <segen/json-write.h>
#include <segen/syscall.h>

#include <string.h>

static const char *const action_words[] = {
	[SEGEN_ACT_ALLOW] = "SCMP_ACT_ALLOW",
	[SEGEN_ACT_LOG] = "SCMP_ACT_LOG",
	[SEGEN_ACT_ERRNO] = "SCMP_ACT_ERRNO",
	[SEGEN_ACT_TRACE] = "SCMP_ACT_TRACE",
	[SEGEN_ACT_NOTIFY] = "SCMP_ACT_NOTIFY",
	[SEGEN_ACT_TRAP] = "SCMP_ACT_TRAP",
	[SEGEN_ACT_KILL_THREAD] = "SCMP_ACT_KILL", /* known to every version */
	[SEGEN_ACT_KILL_PROCESS] = "SCMP_ACT_KILL_PROCESS",
};

static const char *const cmp_words[] = {
	[SEGEN_CMP_NE] = "SCMP_CMP_NE",
	[SEGEN_CMP_LT] = "SCMP_CMP_LT",
	[SEGEN_CMP_LE] = "SCMP_CMP_LE",
	[SEGEN_CMP_EQ] = "SCMP_CMP_EQ",
	[SEGEN_CMP_GE] = "SCMP_CMP_GE",
	[SEGEN_CMP_GT] = "SCMP_CMP_GT",
	[SEGEN_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
};

static void strings_done(char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
}

static char *string_copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static char **strings_copy(char *const *v, size_t n)
{
	char **to = n ? xcalloc(n, sizeof(*to)) : NULL;

	for (size_t i = 0; i < n; i++)
		to[i] = string_copy(v[i]);
	return to;
}

static bool strings_equal(char *const *a, size_t n_a, char *const *b, size_t n_b)
{
	if (n_a != n_b)
		return false;
	for (size_t i = 0; i < n_a; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

void profile_string_add(char ***v, size_t *n, const char *s)
{
	*v = xreallocarray(*v, *n + 1, sizeof(**v));
	(*v)[(*n)++] = xstrdup(s);
}

void gate_done(struct gate *g)
{
	strings_done(g->caps, g->n_caps);
	strings_done(g->arches, g->n_arches);
	free(g->min_kernel);
	free(g->extra);
	*g = (struct gate){};
}

void gate_copy(struct gate *to, const struct gate *from)
{
	*to = (struct gate){
		.caps = strings_copy(from->caps, from->n_caps),
		.n_caps = from->n_caps,
		.arches = strings_copy(from->arches, from->n_arches),
		.n_arches = from->n_arches,
		.min_kernel = string_copy(from->min_kernel),
		.extra = string_copy(from->extra),
	};
}

bool gate_is_empty(const struct gate *g)
{
	return !g->n_caps && !g->n_arches && !g->min_kernel && !g->extra;
}

static bool text_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool gate_equal(const struct gate *a, const struct gate *b)
{
	return text_equal(a->min_kernel, b->min_kernel) &&
	       strings_equal(a->caps, a->n_caps, b->caps, b->n_caps) &&
	       strings_equal(a->arches, a->n_arches, b->arches, b->n_arches) &&
	       text_equal(a->extra, b->extra);
}

void profile_rule_done(struct profile_rule *r)
{
	strings_done(r->names, r->n_names);
	free(r->conds);
	free(r->err_word);
	strings_done(r->conds_extra, r->n_conds_extra);
	free(r->comment);
	gate_done(&r->includes);
	gate_done(&r->excludes);
	free(r->extra);
	*r = (struct profile_rule){};
}

void profile_rule_copy(struct profile_rule *to, const struct profile_rule *from)
{
	*to = *from;
	to->names = strings_copy(from->names, from->n_names);
	to->cap_names = from->n_names;
	to->err_word = string_copy(from->err_word);
	to->conds = NULL;
	if (from->n_conds) {
		to->conds = xcalloc(from->n_conds, sizeof(*to->conds));
		memcpy(to->conds, from->conds, from->n_conds * sizeof(*to->conds));
	}
	to->conds_extra = strings_copy(from->conds_extra, from->n_conds_extra);
	to->comment = string_copy(from->comment);
	gate_copy(&to->includes, &from->includes);
	gate_copy(&to->excludes, &from->excludes);
	to->extra = string_copy(from->extra);
}

static void profile_arch_done(struct profile_arch *a)
{
	free(a->name);
	strings_done(a->subs, a->n_subs);
	free(a->extra);
}

void profile_clear_arches(struct profile *p)
{
	strings_done(p->architectures, p->n_architectures);
	for (size_t i = 0; i < p->n_arch_map; i++)
		profile_arch_done(&p->arch_map[i]);
	free(p->arch_map);
	p->architectures = NULL;
	p->arch_map = NULL;
	p->n_architectures = p->n_arch_map = 0;
}

void profile_done(struct profile *p)
{
	free(p->comment);
	free(p->def_err_word);
	profile_clear_arches(p);
	strings_done(p->flags, p->n_flags);
	free(p->listener_path);
	free(p->listener_metadata);
	for (size_t i = 0; i < p->n_rules; i++)
		profile_rule_done(&p->rules[i]);
	free(p->rules);
	free(p->extra);
	*p = (struct profile){};
}

/* All but the rules. */
static void copy_header(struct profile *to, const struct profile *from)
{
	*to = (struct profile){
		.comment = string_copy(from->comment),
		.def = from->def,
		.def_err = from->def_err,
		.def_err_word = string_copy(from->def_err_word),
		.architectures = strings_copy(from->architectures, from->n_architectures),
		.n_architectures = from->n_architectures,
		.flags = strings_copy(from->flags, from->n_flags),
		.n_flags = from->n_flags,
		.has_flags = from->has_flags,
		.listener_path = string_copy(from->listener_path),
		.listener_metadata = string_copy(from->listener_metadata),
		.extra = string_copy(from->extra),
	};
	for (size_t i = 0; i < from->n_arch_map; i++) {
		const struct profile_arch *a = &from->arch_map[i];
		struct profile_arch *copy = profile_add_arch(to, a->name);

		copy->subs = strings_copy(a->subs, a->n_subs);
		copy->n_subs = a->n_subs;
		copy->extra = string_copy(a->extra);
	}
}

void profile_copy(struct profile *to, const struct profile *from)
{
	copy_header(to, from);
	for (size_t i = 0; i < from->n_rules; i++)
		profile_rule_copy(profile_add_rule(to), &from->rules[i]);
}

void profile_set_comment(struct profile *p, const char *text)
{
	struct segen_buf b = {};

	segen_json_quote(&b, text);
	free(p->comment);
	p->comment = b.s;
}

struct profile_arch *profile_add_arch(struct profile *p, const char *name)
{
	struct profile_arch *a;

	p->arch_map = xreallocarray(p->arch_map, p->n_arch_map + 1, sizeof(*a));
	a = &p->arch_map[p->n_arch_map++];
	*a = (struct profile_arch){.name = xstrdup(name)};
	return a;
}

struct profile_rule *profile_add_rule(struct profile *p)
{
	struct profile_rule *r;

	GROW(p->rules, p->n_rules, p->cap_rules);
	r = &p->rules[p->n_rules++];
	*r = (struct profile_rule){.action = SEGEN_ACT_ALLOW, .err = PROFILE_NO_ERRNO};
	return r;
}

void profile_rule_add_name(struct profile_rule *r, const char *name)
{
	GROW(r->names, r->n_names, r->cap_names);
	r->names[r->n_names++] = xstrdup(name);
}

bool profile_rule_has(const struct profile_rule *r, const char *name)
{
	for (size_t i = 0; i < r->n_names; i++)
		if (strcmp(r->names[i], name) == 0)
			return true;
	return false;
}

void profile_rule_add_cond(struct profile_rule *r, const struct segen_cond *c)
{
	r->conds = xreallocarray(r->conds, r->n_conds + 1, sizeof(*r->conds));
	r->conds[r->n_conds++] = *c;
}

/* Podman's word is a name or a decimal number; reading has checked it. */
int profile_errno_by_word(const char *word)
{
	char *end;
	unsigned long n = strtoul(word, &end, 10);

	if (*word >= '0' && *word <= '9' && !*end && n <= PROFILE_MAX_ERRNO)
		return (int)n;
	return segen_errno_by_name(word);
}

bool profile_action_allows(enum segen_action a)
{
	return a == SEGEN_ACT_ALLOW || a == SEGEN_ACT_LOG;
}

bool profile_errno_fits(enum segen_action a, int err)
{
	return err <= (a == SEGEN_ACT_TRACE ? PROFILE_MAX_TRACE : PROFILE_MAX_ERRNO);
}

static int settle_errno(enum segen_action action, const char *word, int err)
{
	if (action != SEGEN_ACT_ERRNO && action != SEGEN_ACT_TRACE)
		return 0;
	if (word && profile_errno_by_word(word) >= 0)
		return profile_errno_by_word(word);
	return err == PROFILE_NO_ERRNO ? EPERM : err;
}

int profile_rule_errno(const struct profile_rule *r)
{
	return settle_errno(r->action, r->err_word, r->err);
}

int profile_default_errno(const struct profile *p)
{
	return settle_errno(p->def, p->def_err_word, p->def_err);
}

const char *profile_action_name(enum segen_action a)
{
	return (size_t)a < ARRAY_SIZE(action_words) ? action_words[a] : NULL;
}

int profile_action_by_name(const char *name)
{
	if (strcmp(name, "SCMP_ACT_KILL_THREAD") == 0)
		return SEGEN_ACT_KILL_THREAD;
	for (size_t i = 0; i < ARRAY_SIZE(action_words); i++)
		if (strcmp(action_words[i], name) == 0)
			return (int)i;
	return -ENOENT;
}

const char *profile_cmp_name(enum segen_cmp c)
{
	return (size_t)c < ARRAY_SIZE(cmp_words) ? cmp_words[c] : NULL;
}

int profile_cmp_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(cmp_words); i++)
		if (strcmp(cmp_words[i], name) == 0)
			return (int)i;
	return -ENOENT;
}

/* In the specification, but known to newer releases of libseccomp only. */
static const char *const other_arches[] = {
	"SCMP_ARCH_PARISC64",
	"SCMP_ARCH_M68K",
	"SCMP_ARCH_SH",
	"SCMP_ARCH_SHEB",
};

bool profile_arch_known(const char *oci)
{
	const struct segen_arch *a = segen_arch_by_name(oci);

	for (size_t i = 0; i < ARRAY_SIZE(other_arches); i++)
		if (strcmp(other_arches[i], oci) == 0)
			return true;
	return a && strcmp(a->oci, oci) == 0;
}

/* Go's ParseUint(s, 10, 8) up to @end: digits only, at most 255. */
static int parse_u8(const char *s, const char *end, unsigned *ret)
{
	unsigned n = 0;

	if (s == end)
		return -EINVAL;
	for (; s < end; s++) {
		if (*s < '0' || *s > '9')
			return -EINVAL;
		n = 10 * n + (unsigned)(*s - '0');
		if (n > 255)
			return -EINVAL;
	}
	*ret = n;
	return 0;
}

int profile_kernel_parse(const char *s, unsigned *ret_kernel, unsigned *ret_major)
{
	const char *dot = strchr(s, '.');
	unsigned kernel = 0, major = 0;

	if (*s && (!dot || parse_u8(s, dot, &kernel) < 0 ||
		   parse_u8(dot + 1, s + strlen(s), &major) < 0 || !(kernel | major)))
		return -EINVAL;
	*ret_kernel = kernel;
	*ret_major = major;
	return 0;
}
