/* report.c: collect warnings and counts about a generated profile. */
#include "generate/report.h"

#include <segen/syscall.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "answer/rule-index.h"
#include "generate/selection.h"
#include "target/resolve.h"

void gen_report_done(struct gen_report *r)
{
	for (size_t i = 0; i < r->n_calls; i++) {
		free(r->calls[i].name);
		segen_strset_done(&r->calls[i].gates);
	}
	free(r->calls);
	for (size_t i = 0; i < r->n_warnings; i++)
		free(r->warnings[i].text);
	free(r->warnings);
	*r = (struct gen_report){};
}

static int compare_warnings(const struct gen_warning *a, const struct gen_warning *b)
{
	return a->weight != b->weight ? (int)a->weight - (int)b->weight
				      : strcmp(a->text, b->text);
}

void gen_warn(struct gen_report *r, enum gen_weight weight, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	struct gen_warning w = {.weight = weight};
	size_t i = r->n_warnings;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text)
		return;
	w.text = text;
	while (i > 0 && compare_warnings(&r->warnings[i - 1], &w) > 0)
		i--;
	if (i > 0 && compare_warnings(&r->warnings[i - 1], &w) == 0)
		return;
	GROW(r->warnings, r->n_warnings, r->cap_warnings);
	memmove(&r->warnings[i + 1], &r->warnings[i],
		(r->n_warnings - i) * sizeof(*r->warnings));
	r->n_warnings++;
	r->warnings[i] = (struct gen_warning){weight, TAKE_PTR(text)};
}

void gen_warn_list(struct gen_report *r, enum gen_weight weight,
		   const struct segen_strset *names, const char *what)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	for (size_t i = 0; i < names->n; i++)
		segen_buf_printf(&b, "%s%s", i ? ", " : "", names->v[i]);
	if (b.len)
		gen_warn(r, weight, "%s: %s", what, b.s);
}

/* Which calls of the target's own ABI are allowed, with whatever arguments. */
static size_t find_allowed(const struct profile *p, const struct target *t,
			   bool in[SEGEN_NR_TABLE])
{
	_cleanup_(profile_done) struct profile flat = {};
	bool named[SEGEN_NR_TABLE] = {};
	size_t n = 0;

	memset(in, 0, SEGEN_NR_TABLE * sizeof(*in));
	if (resolve(p, t, &flat, NULL) < 0)
		return 0;
	for (size_t i = 0; i < flat.n_rules; i++) {
		const struct profile_rule *r = &flat.rules[i];

		for (size_t k = 0; k < r->n_names; k++) {
			int nr = segen_syscall_nr(t->arch, r->names[k]);

			if (nr < 0 || nr >= SEGEN_NR_TABLE)
				continue;
			in[nr] |= profile_action_allows(r->action);
			named[nr] |= !r->n_conds;
		}
	}
	for (int nr = 0; nr < SEGEN_NR_TABLE; nr++) {
		if (profile_action_allows(flat.def) && !in[nr] && !named[nr]) {
			_cleanup_free_ char *name = segen_syscall_name(t->arch, nr);

			in[nr] = name;
		}
		n += in[nr];
	}
	return n;
}

static bool has_call(const struct rule_index *x, const char *name)
{
	size_t n;
	const struct rule_ref *v = rule_index_find(x, name, &n);

	for (size_t i = 0; i < n; i++)
		if (profile_action_allows(v[i].rule->action))
			return true;
	return false;
}

/* --allow drops the base's conditions and gates: say which. */
static void warn_allowed(struct gen_report *r, const struct profile *base,
			 const struct gen_policy *policy)
{
	for (size_t i = 0; i < base->n_rules; i++) {
		const struct profile_rule *rule = &base->rules[i];

		for (size_t k = 0; k < policy->allow.n; k++) {
			const char *name = policy->allow.v[k];

			if (!profile_action_allows(rule->action) ||
			    !profile_rule_has(rule, name))
				continue;
			if (rule->n_conds)
				gen_warn(r, WEIGHT_OPEN,
					 "'%s' is allowed with any arguments; the base "
					 "looks at them",
					 name);
			else if (rule->includes.n_caps)
				gen_warn(r, WEIGHT_OPEN,
					 "'%s' is allowed without a capability; the base "
					 "asks for %s",
					 name, rule->includes.caps[0]);
		}
	}
}

const char *gen_origin_name(enum gen_origin o)
{
	static const char *const names[N_ORIGINS] = {
		[ORIGIN_SEEN] = "seen",		[ORIGIN_ESSENTIAL] = "essential",
		[ORIGIN_INIT] = "init",		[ORIGIN_RUNTIME] = "runtime",
		[ORIGIN_FALLBACK] = "fallback", [ORIGIN_PORTABLE] = "portable",
		[ORIGIN_ASKED] = "asked for",	[ORIGIN_GATE] = "gated",
		[ORIGIN_BASE] = "of the base",
	};

	return names[o];
}

static enum gen_origin origin_of(const struct selected *s)
{
	switch (s->reason) {
	case REASON_OBSERVED: return ORIGIN_SEEN;
	case REASON_RUNTIME: return ORIGIN_RUNTIME;
	case REASON_ESSENTIAL: return ORIGIN_ESSENTIAL;
	case REASON_FLOOR:
		return strncmp(s->comment, "docker-init", strlen("docker-init")) == 0
			       ? ORIGIN_INIT
			       : ORIGIN_RUNTIME;
	case REASON_FALLBACK: return ORIGIN_FALLBACK;
	case REASON_PORTABLE: return ORIGIN_PORTABLE;
	case REASON_ASKED: return ORIGIN_ASKED;
	case REASON_GATED: return ORIGIN_GATE;
	}
	return ORIGIN_BASE;
}

/* Each call that is allowed, @in, once; what was not selected comes from the base. */
static void count_origins(struct gen_report *r, const struct selection *w,
			  const struct target *t, bool in[SEGEN_NR_TABLE])
{
	size_t counted = 0;

	for (size_t i = 0; i < w->n; i++) {
		int nr = segen_syscall_nr(t->arch, w->v[i].name);

		if (nr < 0 || nr >= SEGEN_NR_TABLE || !in[nr])
			continue;
		in[nr] = false;
		r->origins[origin_of(&w->v[i])]++;
		counted++;
	}
	r->origins[ORIGIN_BASE] = r->profile_allows - counted;
}

void gen_report_finish(struct gen_report *r, const struct profile *base,
		       const struct profile *p, const struct target *t,
		       const struct gen_policy *policy, const struct selection *selection)
{
	_cleanup_(rule_index_done) struct rule_index x = {};
	bool in[SEGEN_NR_TABLE];

	rule_index_init(&x, p);
	for (size_t i = 0; i < r->n_calls; i++)
		r->calls[i].in_profile =
			r->calls[i].name && has_call(&x, r->calls[i].name);
	r->base_allows = find_allowed(base, t, in);
	r->profile_allows = find_allowed(p, t, in);
	count_origins(r, selection, t, in);
	warn_allowed(r, base, policy);
}
