/* lint-repair.c: the one right repair of findings, done. */
#include "inspect/lint.h"

#include "profile/profile-io.h"

#include <errno.h>
#include <string.h>

#define PASSES 4

static void replace(char **v, size_t n, const struct repair *r)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i], r->from) != 0)
			continue;
		free(v[i]);
		v[i] = xstrdup(r->to);
	}
}

/* Names keep their places until all repairs are done; an empty one is to go. */
static void blank(struct profile_rule *rule, const struct repair *r)
{
	if (r->index < rule->n_names && !strcmp(rule->names[r->index], r->from))
		*rule->names[r->index] = '\0';
}

static void take_out(struct profile *p, const char *name)
{
	for (size_t i = 0; i < p->n_rules; i++)
		for (size_t k = 0; k < p->rules[i].n_names; k++)
			if (!strcmp(p->rules[i].names[k], name))
				*p->rules[i].names[k] = '\0';
}

/* Refusals of the same calls would count as well, so they go. */
static void add_rule(struct profile *p, const struct repair *r)
{
	struct profile_rule *rule;

	for (size_t i = 0; i < r->names.n; i++)
		take_out(p, r->names.v[i]);
	rule = profile_add_rule(p);
	if (r->kind == REPAIR_ENOSYS) {
		rule->action = SEGEN_ACT_ERRNO;
		rule->err = ENOSYS;
		rule->comment =
			xstrdup("libraries fall back to older calls on ENOSYS only");
	} else if (r->comment) {
		rule->comment = xstrdup(r->comment);
	}
	for (size_t i = 0; i < r->names.n; i++)
		profile_rule_add_name(rule, r->names.v[i]);
}

static void rename_call(struct profile_rule *rule, const struct repair *r)
{
	if (r->index >= rule->n_names)
		return;
	free(rule->names[r->index]);
	rule->names[r->index] = xstrdup(r->to);
}

static void repair_one(struct profile *p, const struct repair *r)
{
	struct profile_rule *rule = r->rule < p->n_rules ? &p->rules[r->rule] : NULL;

	if (r->kind == REPAIR_ALLOW || r->kind == REPAIR_ENOSYS)
		add_rule(p, r);
	if (!rule)
		return;
	switch (r->kind) {
	case REPAIR_NONE:
	case REPAIR_ALLOW:
	case REPAIR_ENOSYS: return;
	case REPAIR_RENAME: rename_call(rule, r); return;
	case REPAIR_DROP_NAME: blank(rule, r); return;
	case REPAIR_DROP_ERRNO: rule->err = PROFILE_NO_ERRNO; return;
	case REPAIR_CAP:
		replace(rule->includes.caps, rule->includes.n_caps, r);
		replace(rule->excludes.caps, rule->excludes.n_caps, r);
		return;
	case REPAIR_ARCH:
		replace(rule->includes.arches, rule->includes.n_arches, r);
		replace(rule->excludes.arches, rule->excludes.n_arches, r);
		return;
	}
}

static void drop_blank_names(struct profile_rule *r)
{
	size_t n = 0;

	for (size_t k = 0; k < r->n_names; k++) {
		if (*r->names[k])
			r->names[n++] = r->names[k];
		else
			free(r->names[k]);
	}
	r->n_names = n;
}

/* A rule that named something and does not any more goes. */
static void drop_blank(struct profile *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_rules; i++) {
		size_t before = p->rules[i].n_names;

		drop_blank_names(&p->rules[i]);
		if (before && !p->rules[i].n_names)
			profile_rule_done(&p->rules[i]);
		else
			p->rules[n++] = p->rules[i];
	}
	p->n_rules = n;
}

static void repair_all(struct profile *p, const struct lint *l, enum repair_kind from,
		       enum repair_kind to)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].repair.kind >= from && l->v[i].repair.kind <= to)
			repair_one(p, &l->v[i].repair);
}

/*
 * Repairs that point to places come first, then those that add rules.  What is to be
 * allowed comes last, so that a call that a runtime needs is not refused with ENOSYS.
 */
static size_t repair_once(struct profile *p, const struct lint *l)
{
	size_t done = 0;

	repair_all(p, l, REPAIR_RENAME, REPAIR_ARCH);
	repair_all(p, l, REPAIR_ENOSYS, REPAIR_ENOSYS);
	repair_all(p, l, REPAIR_ALLOW, REPAIR_ALLOW);
	for (size_t i = 0; i < l->n; i++)
		done += l->v[i].repair.kind != REPAIR_NONE;
	drop_blank(p);
	return done;
}

size_t lint_repair(struct profile *p, const struct lint_options *o)
{
	size_t sum = 0, done = 1;

	/* A call that is added moves runc's ENOSYS, a name set right may be there twice.
	 */
	for (unsigned pass = 0; done && pass < PASSES; pass++) {
		_cleanup_(segen_buf_done) struct segen_buf text = {};
		_cleanup_(lint_done) struct lint l = {};
		struct lint_options now = *o;

		profile_format(p, PROFILE_PRETTY, &text);
		now.text = text.s;
		now.len = text.len;
		lint_profile(p, &now, &l);
		done = repair_once(p, &l);
		sum += done;
	}
	return sum;
}
