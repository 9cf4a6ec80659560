/* lint-rules.c: rules on how the rules of a profile work together. */
#include "inspect/lint-run.h"

#include "facts/arg-words.h"
#include "inspect/words.h"

#include <errno.h>
#include <string.h>

static bool lets(const struct profile_rule *r)
{
	return r->action == SEGEN_ACT_ALLOW || r->action == SEGEN_ACT_LOG;
}

static bool same_answer(const struct profile_rule *a, const struct profile_rule *b)
{
	return a->action == b->action && profile_rule_errno(a) == profile_rule_errno(b);
}

/* --- comparisons -------------------------------------------------------------------- */

/*
 * On a 64-bit architecture: what lets in all but some values lets them in with high bits,
 * what refuses some values does not refuse them with high bits.
 */
static bool is_loose(const struct profile_rule *r, const struct segen_cond *c)
{
	if (lets(r))
		return c->op == SEGEN_CMP_NE || c->op == SEGEN_CMP_GT ||
		       c->op == SEGEN_CMP_GE;
	return c->op == SEGEN_CMP_EQ || c->op == SEGEN_CMP_LT || c->op == SEGEN_CMP_LE;
}

void lint_high_bits(struct lint_run *run, const struct lint_rule *rule)
{
	const struct profile *p = run->p;

	for (size_t i = 0; i < p->n_rules; i++) {
		const struct profile_rule *r = &p->rules[i];

		if (!lets(r) && !segen_verdict_lets(run->view.rules.def))
			continue;
		for (size_t k = 0; k < r->n_conds && r->n_names; k++) {
			_cleanup_(segen_buf_done) struct segen_buf b = {};
			_cleanup_free_ char *path = NULL;
			struct finding *f;

			if (!is_loose(r, &r->conds[k]) || r->conds[k].value > UINT32_MAX)
				continue;
			path = xasprintf("$.syscalls[%zu].args[%zu]", i, k);
			arg_words_conds(&b, r->names[0], &r->conds[k], 1);
			f = lint_add(run, rule, path,
				     "%s: \"%s\" %s a value with high bits set",
				     r->names[0], b.s,
				     lets(r) ? "lets in" : "does not catch");
			f->fix =
				xstrdup("compare with SCMP_CMP_EQ, or SCMP_CMP_MASKED_EQ "
					"and the mask 0xffffffff, value by value");
		}
	}
}

void lint_or(struct lint_run *run, const struct lint_rule *rule)
{
	for (size_t i = 0; i < run->p->n_rules; i++) {
		const struct profile_rule *r = &run->p->rules[i];
		_cleanup_free_ char *path = xasprintf("$.syscalls[%zu].args", i);
		unsigned seen = 0, twice = 0;

		for (size_t k = 0; k < r->n_conds; k++) {
			twice |= seen & 1u << r->conds[k].index;
			seen |= 1u << r->conds[k].index;
		}
		if (twice)
			lint_add(run, rule, path,
				 "an argument is compared twice: each condition alone is "
				 "enough");
	}
}

/* --- two rules for one call ----------------------------------------------------------
 */

/* A name in the rules that apply for the target. */
struct named {
	const char *name;
	const struct profile_rule *rule; /* of the flat profile */
	size_t origin, index;
};

static int by_name(const void *pa, const void *pb)
{
	const struct named *a = pa, *b = pb;
	int r = strcmp(a->name, b->name);

	if (r)
		return r;
	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

static struct named *names_of(const struct lint_run *run, size_t *ret_n)
{
	const struct profile *flat = &run->view.flat;
	struct named *v = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < flat->n_rules; i++)
		for (size_t k = 0; k < flat->rules[i].n_names; k++) {
			GROW(v, n, cap);
			v[n++] = (struct named){flat->rules[i].names[k], &flat->rules[i],
						run->view.origin[i], k};
		}
	if (n)
		qsort(v, n, sizeof(*v), by_name);
	*ret_n = n;
	return v;
}

/* The rule without conditions that decides for a call; @v are all that name it. */
static const struct named *decides(const struct named *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!v[i].rule->n_conds)
			return &v[i];
	return NULL;
}

static size_t same_name(const struct named *v, size_t n)
{
	size_t k = 1;

	while (k < n && !strcmp(v[k].name, v[0].name))
		k++;
	return k;
}

static bool same_conds(const struct profile_rule *a, const struct profile_rule *b)
{
	for (size_t i = 0; a->n_conds == b->n_conds && i < a->n_conds; i++)
		if (a->conds[i].index != b->conds[i].index ||
		    a->conds[i].op != b->conds[i].op ||
		    a->conds[i].value != b->conds[i].value ||
		    a->conds[i].value_two != b->conds[i].value_two)
			return false;
	return a->n_conds == b->n_conds;
}

static void shadow(struct lint_run *run, const struct lint_rule *rule,
		   const struct named *first, const struct named *v)
{
	_cleanup_free_ char *path = lint_name_path(run, v->origin, v->index);

	lint_add(run, rule, path,
		 "%s: syscalls[%zu] decides alone; this rule has no effect", v->name,
		 first->origin);
}

void lint_shadowed(struct lint_run *run, const struct lint_rule *rule)
{
	size_t n;
	_cleanup_free_ struct named *v = names_of(run, &n);

	for (size_t i = 0; i < n;) {
		size_t k = same_name(v + i, n - i);
		const struct named *first = decides(v + i, k);

		for (size_t j = i; first && j < i + k; j++)
			if (&v[j] != first &&
			    !(same_answer(v[j].rule, first->rule) && !v[j].rule->n_conds))
				shadow(run, rule, first, &v[j]);
		i += k;
	}
}

static void redundant(struct lint_run *run, const struct lint_rule *rule,
		      const struct named *v)
{
	_cleanup_free_ char *path = lint_name_path(run, v->origin, v->index);
	struct finding *f = lint_add(run, rule, path,
				     "%s is named before with the same "
				     "answer",
				     v->name);

	f->fix = xstrdup("remove it");
	f->repair = (struct repair){.kind = REPAIR_DROP_NAME,
				    .rule = v->origin,
				    .index = v->index,
				    .from = xstrdup(v->name)};
}

void lint_redundant(struct lint_run *run, const struct lint_rule *rule)
{
	size_t n;
	_cleanup_free_ struct named *v = names_of(run, &n);

	for (size_t i = 1; i < n; i++) {
		const struct named *a = &v[i - 1], *b = &v[i];

		if (!strcmp(a->name, b->name) && same_answer(a->rule, b->rule) &&
		    same_conds(a->rule, b->rule) &&
		    gate_is_empty(&run->p->rules[b->origin].includes) &&
		    gate_is_empty(&run->p->rules[b->origin].excludes) &&
		    gate_is_empty(&run->p->rules[a->origin].includes) &&
		    gate_is_empty(&run->p->rules[a->origin].excludes))
			redundant(run, rule, b);
	}
}

void lint_no_effect(struct lint_run *run, const struct lint_rule *rule)
{
	const struct profile *p = run->p;

	for (size_t i = 0; i < p->n_rules; i++) {
		const struct profile_rule *r = &p->rules[i];
		_cleanup_free_ char *path = lint_rule_path(i);

		if (!r->n_names)
			lint_add(run, rule, path, "the rule names no call");
		else if (r->action == p->def &&
			 profile_rule_errno(r) == profile_default_errno(p))
			lint_add(run, rule, path, "the rule repeats the default: %s",
				 r->names[0]);
	}
}

/* --- answers that go with an action ---------------------------------------------------
 */

void lint_errno_on_allow(struct lint_run *run, const struct lint_rule *rule)
{
	for (size_t i = 0; i < run->p->n_rules; i++) {
		const struct profile_rule *r = &run->p->rules[i];
		_cleanup_free_ char *path = xasprintf("$.syscalls[%zu].errnoRet", i);
		struct finding *f;

		if (r->err == PROFILE_NO_ERRNO || r->action == SEGEN_ACT_ERRNO ||
		    r->action == SEGEN_ACT_TRACE)
			continue;
		f = lint_add(run, rule, path, "errnoRet means nothing for %s",
			     profile_action_name(r->action));
		f->fix = xstrdup("remove it");
		f->repair = (struct repair){.kind = REPAIR_DROP_ERRNO, .rule = i};
	}
}

void lint_notify(struct lint_run *run, const struct lint_rule *rule)
{
	for (size_t i = 0; i < run->p->n_rules; i++) {
		const struct profile_rule *r = &run->p->rules[i];
		_cleanup_free_ char *path = xasprintf("$.syscalls[%zu].action", i);

		if (r->action != SEGEN_ACT_NOTIFY)
			continue;
		if (!run->p->listener_path)
			lint_add(run, rule, path,
				 "runc says \"listenerPath is not set\", crun answers "
				 "ENOSYS");
		if (profile_rule_has(r, "write"))
			lint_add(
				run, rule, path,
				"runc says \"SCMP_ACT_NOTIFY cannot be used for the write "
				"syscall\"");
	}
}

void lint_old_engine(struct lint_run *run, const struct lint_rule *rule)
{
	const struct profile *p = run->p;

	if (p->def_err != PROFILE_NO_ERRNO && p->def_err != EPERM &&
	    p->def == SEGEN_ACT_ERRNO)
		lint_add(run, rule, "$.defaultErrnoRet",
			 "Docker before 23.0 answers EPERM in its place");
	if (p->n_flags)
		lint_add(run, rule, "$.flags",
			 "Docker before 23.0 drops flags, runc before 1.2 refuses them");
	if (p->listener_path)
		lint_add(run, rule, "$.listenerPath", "Docker before 23.0 drops it");
}

static bool word_differs(const char *word, int err)
{
	return word &&
	       profile_errno_by_word(word) != (err == PROFILE_NO_ERRNO ? EPERM : err);
}

void lint_errno_words(struct lint_run *run, const struct lint_rule *rule)
{
	const struct profile *p = run->p;

	if (word_differs(p->def_err_word, p->def_err))
		lint_add(run, rule, "$.defaultErrno", "only Podman answers %s",
			 p->def_err_word);
	for (size_t i = 0; i < p->n_rules; i++) {
		_cleanup_free_ char *path = xasprintf("$.syscalls[%zu].errno", i);

		if (word_differs(p->rules[i].err_word, p->rules[i].err))
			lint_add(run, rule, path, "only Podman answers %s",
				 p->rules[i].err_word);
	}
}

void lint_abis(struct lint_run *run, const struct lint_rule *rule)
{
	const struct segen_arch *i386 = segen_arch_by_name("i386");

	if (strcmp(run->o->target->arch->name, "x86_64") != 0 ||
	    view_abi(&run->view, i386))
		return;
	lint_add(
		run, rule, "$.architectures",
		"SCMP_ARCH_X86 is not listed: a 32-bit program is killed at its first call");
}
