/* edit.c: apply the user's --tie, --allow, --deny and --refused to a base. */
#include "generate/edit.h"

#include <string.h>

static bool allows(const struct profile_rule *r)
{
	return profile_action_allows(r->action);
}

static bool is_plain(const struct profile_rule *r)
{
	return allows(r) && !r->n_conds && gate_is_empty(&r->includes) &&
	       gate_is_empty(&r->excludes);
}

static void remove_name(struct profile_rule *r, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_names; i++) {
		if (strcmp(r->names[i], name) != 0)
			r->names[n++] = r->names[i];
		else
			free(r->names[i]);
	}
	r->n_names = n;
}

static void remove_rule(struct profile *p, size_t i)
{
	profile_rule_done(&p->rules[i]);
	memmove(&p->rules[i], &p->rules[i + 1], (p->n_rules - i - 1) * sizeof(*p->rules));
	p->n_rules--;
}

/* Take @name out of its rules: of all, or only of those that allow it. */
static void remove_call(struct profile *p, const char *name, bool all)
{
	for (size_t i = 0; i < p->n_rules;) {
		struct profile_rule *r = &p->rules[i];

		if (profile_rule_has(r, name) && (all || allows(r))) {
			remove_name(r, name);
			if (!r->n_names) {
				remove_rule(p, i);
				continue;
			}
		}
		i++;
	}
}

/* --- rules where people look for them --------------------------------------------- */

/* A new rule at @at; the pointer is valid until the next change. */
static struct profile_rule *insert_rule(struct profile *p, size_t at)
{
	struct profile_rule *last = profile_add_rule(p);
	struct profile_rule new = *last;

	memmove(&p->rules[at + 1], &p->rules[at],
		(p->n_rules - 1 - at) * sizeof(*p->rules));
	p->rules[at] = new;
	return &p->rules[at];
}

/*
 * Gates of the user's own stand between the plain groups and the base's special cases:
 * before personality, which is the first of these in Docker's profiles.
 */
static size_t place_for_gate(const struct profile *p)
{
	size_t after_plain = 0;

	for (size_t i = 0; i < p->n_rules; i++) {
		if (profile_rule_has(&p->rules[i], "personality") && p->rules[i].n_conds)
			return i;
		if (is_plain(&p->rules[i]))
			after_plain = i + 1;
	}
	return after_plain;
}

/* In alphabetical order where the rule is, else at the end. */
static void insert_name(struct profile_rule *r, const char *name)
{
	size_t i = r->n_names;
	char *new;

	profile_rule_add_name(r, name);
	new = r->names[i];
	for (; i > 0 && strcmp(r->names[i - 1], name) > 0; i--)
		r->names[i] = r->names[i - 1];
	r->names[i] = new;
}

/* Take @name out of all rules that allow it. */
static void edit_deny(struct profile *p, const char *name)
{
	struct profile_rule *r;

	remove_call(p, name, false);
	if (!profile_action_allows(p->def))
		return;
	r = profile_add_rule(p);
	profile_rule_add_name(r, name);
	r->action = SEGEN_ACT_ERRNO;
}

/*
 * Allow @name, with @conds (all must hold; none: whatever the arguments).  Without
 * conditions all its other rules go.
 */
static void edit_allow(struct profile *p, const char *name,
		       const struct segen_cond *conds, size_t n)
{
	struct profile_rule *r = NULL;

	if (n) {
		r = profile_add_rule(p);
		for (size_t i = 0; i < n; i++)
			profile_rule_add_cond(r, &conds[i]);
		profile_rule_add_name(r, name);
		return;
	}
	remove_call(p, name, true);
	for (size_t i = 0; i < p->n_rules && !r; i++)
		if (is_plain(&p->rules[i]) && p->rules[i].action == SEGEN_ACT_ALLOW)
			r = &p->rules[i];
	if (!r)
		r = insert_rule(p, place_for_gate(p));
	insert_name(r, name);
}

/* --- ties ------------------------------------------------------------------------- */

static void add_cap(struct gate *g, const char *cap)
{
	profile_string_add(&g->caps, &g->n_caps, cap);
}

static void drop_caps(struct gate *g)
{
	for (size_t i = 0; i < g->n_caps; i++)
		free(g->caps[i]);
	free(g->caps);
	g->caps = NULL;
	g->n_caps = 0;
}

static bool same_conds(const struct profile_rule *a, const struct profile_rule *b)
{
	if (a->n_conds != b->n_conds)
		return false;
	for (size_t i = 0; i < a->n_conds; i++)
		if (a->conds[i].index != b->conds[i].index ||
		    a->conds[i].op != b->conds[i].op ||
		    a->conds[i].value != b->conds[i].value ||
		    a->conds[i].value_two != b->conds[i].value_two)
			return false;
	return true;
}

static bool same_rule(const struct profile_rule *a, const struct profile_rule *b)
{
	return a->action == b->action && profile_rule_errno(a) == profile_rule_errno(b) &&
	       same_conds(a, b) && gate_equal(&a->includes, &b->includes) &&
	       gate_equal(&a->excludes, &b->excludes);
}

/* Add @name to the rule of @list that is like @r, or to a new one. */
static void add_to_list(struct profile *list, const struct profile_rule *r,
			const char *name)
{
	struct profile_rule *to;

	for (size_t i = 0; i < list->n_rules; i++) {
		if (!same_rule(&list->rules[i], r))
			continue;
		if (!profile_rule_has(&list->rules[i], name))
			profile_rule_add_name(&list->rules[i], name);
		return;
	}
	to = profile_add_rule(list);
	profile_rule_copy(to, r);
	while (to->n_names)
		free(to->names[--to->n_names]);
	profile_rule_add_name(to, name);
}

/* @r with @cap as its only capability: allowed with it, or refused without it. */
static void tied_copy(struct profile_rule *to, const struct profile_rule *r,
		      const char *cap)
{
	profile_rule_copy(to, r);
	drop_caps(&to->includes);
	drop_caps(&to->excludes);
	add_cap(allows(r) ? &to->includes : &to->excludes, cap);
}

static bool has_conditions(const struct profile *base, const char *name)
{
	for (size_t i = 0; i < base->n_rules; i++)
		if (base->rules[i].n_conds && allows(&base->rules[i]) &&
		    profile_rule_has(&base->rules[i], name))
			return true;
	return false;
}

/*
 * The rules for @name with its gate in place of the base's capabilities.  Conditions on
 * arguments stay; the unconditional rules beside them are dropped.
 */
static void tie_call(struct profile *list, const struct profile *base, const char *name,
		     const char *cap)
{
	bool conditions = has_conditions(base, name), any = false;

	for (size_t i = 0; i < base->n_rules; i++) {
		const struct profile_rule *r = &base->rules[i];
		_cleanup_(profile_rule_done) struct profile_rule tied = {};

		if (!profile_rule_has(r, name))
			continue;
		if (allows(r) ? conditions && !r->n_conds : r->n_conds > 0)
			continue;
		any |= allows(r);
		tied_copy(&tied, r, cap);
		add_to_list(list, &tied, name);
	}
	if (!any) {
		_cleanup_(profile_rule_done) struct profile_rule tied = {};

		tied.action = SEGEN_ACT_ALLOW;
		tied.err = PROFILE_NO_ERRNO;
		add_cap(&tied.includes, cap);
		add_to_list(list, &tied, name);
	}
}

static void insert_tied(struct profile *p, const struct profile *list)
{
	size_t at = place_for_gate(p);

	for (size_t i = 0; i < list->n_rules; i++) {
		struct profile_rule *r = insert_rule(p, at + i);

		profile_rule_done(r);
		profile_rule_copy(r, &list->rules[i]);
	}
}

/* Where the default allows, the tied call needs a rule that refuses it without the cap.
 */
static void close_default(struct profile *list, const struct profile *base,
			  const char *name, const char *cap)
{
	_cleanup_(profile_rule_done) struct profile_rule r = {};

	if (!profile_action_allows(base->def))
		return;
	r.action = SEGEN_ACT_ERRNO;
	r.err = PROFILE_NO_ERRNO;
	add_cap(&r.excludes, cap);
	add_to_list(list, &r, name);
}

void edit_base(const struct profile *base, const struct gen_policy *policy,
	       struct profile *ret)
{
	profile_copy(ret, base);
	for (size_t i = 0; i < policy->n_ties; i++)
		for (size_t k = 0; k < policy->ties[i].names.n; k++)
			remove_call(ret, policy->ties[i].names.v[k], true);
	for (size_t i = 0; i < policy->n_ties; i++) {
		_cleanup_(profile_done) struct profile list = {};
		const struct tie *t = &policy->ties[i];

		for (size_t k = 0; k < t->names.n; k++) {
			tie_call(&list, base, t->names.v[k], t->cap);
			close_default(&list, base, t->names.v[k], t->cap);
		}
		insert_tied(ret, &list);
	}
	for (size_t i = 0; i < policy->allow.n; i++)
		edit_allow(ret, policy->allow.v[i], NULL, 0);
	for (size_t i = 0; i < policy->deny.n; i++)
		edit_deny(ret, policy->deny.v[i]);
}

/* --- refused calls that were asked for -------------------------------------------- */

/* The one argument that the base's rules for @name look at, or -1. */
static int cond_index(const struct profile *p, const char *name)
{
	int index = -1;

	for (size_t i = 0; i < p->n_rules; i++) {
		const struct profile_rule *r = &p->rules[i];

		for (size_t k = 0; profile_rule_has(r, name) && k < r->n_conds; k++) {
			if (index >= 0 && (int)r->conds[k].index != index)
				return -1;
			index = (int)r->conds[k].index;
		}
	}
	return index;
}

/* Only the values seen, where the base allows the call for other ones. */
static void allow_refused(struct profile *p, const struct judged *j)
{
	int index = cond_index(p, j->name);
	const struct segen_values *v = NULL;

	if (index >= 0)
		v = segen_call_values(j->call, (unsigned)index);
	if (!v || v->many || !v->n) {
		edit_allow(p, j->name, NULL, 0);
		return;
	}
	for (unsigned i = 0; i < v->n; i++) {
		struct segen_cond c = {.index = v->index, .op = SEGEN_CMP_EQ};

		c.value = v->v[i];
		edit_allow(p, j->name, &c, 1);
	}
}

static bool is_tied(const struct gen_policy *p, const char *name)
{
	for (size_t i = 0; i < p->n_ties; i++)
		if (segen_strset_has(&p->ties[i].names, name))
			return true;
	return false;
}

void edit_allow_refused(struct profile *p, const struct gen_report *report,
			const struct gen_policy *policy)
{
	for (size_t i = 0; i < report->n_calls; i++) {
		const struct judged *j = &report->calls[i];
		bool refused = j->class == CLASS_REFUSED || j->class == CLASS_UNKNOWN ||
			       j->some_refused;

		if (refused && j->name && !segen_strset_has(&policy->deny, j->name) &&
		    !segen_strset_has(&policy->allow, j->name) &&
		    !is_tied(policy, j->name))
			allow_refused(p, j);
	}
}

/* --- what a run under a profile was denied ---------------------------------------- */

/* Rules that refuse it go, and those with conditions if it is allowed without any. */
static void make_room(struct profile *p, const struct profile *more, const char *name)
{
	bool plain = false;

	for (size_t i = 0; i < more->n_rules; i++)
		plain |= is_plain(&more->rules[i]) &&
			 profile_rule_has(&more->rules[i], name);
	for (size_t i = 0; i < p->n_rules;) {
		struct profile_rule *r = &p->rules[i];

		if (profile_rule_has(r, name) && (plain || !allows(r))) {
			remove_name(r, name);
			if (!r->n_names) {
				remove_rule(p, i);
				continue;
			}
		}
		i++;
	}
}

static void widen_by(struct profile *p, const struct profile_rule *r, const char *name)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		if (!same_rule(&p->rules[i], r))
			continue;
		if (!profile_rule_has(&p->rules[i], name))
			insert_name(&p->rules[i], name);
		return;
	}
	add_to_list(p, r, name);
}

void edit_widen(const struct profile *p, const struct profile *more,
		const struct segen_strset *names, struct profile *ret)
{
	profile_copy(ret, p);
	for (size_t n = 0; n < names->n; n++) {
		make_room(ret, more, names->v[n]);
		for (size_t i = 0; i < more->n_rules; i++)
			if (profile_rule_has(&more->rules[i], names->v[n]))
				widen_by(ret, &more->rules[i], names->v[n]);
	}
}
