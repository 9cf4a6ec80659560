/* checks.c: look at a finished profile for what the user may not expect. */
#include "generate/checks.h"

#include <segen/syscall.h>

#include <string.h>

#include "answer/rule-index.h"
#include "facts/call-facts.h"
#include "facts/facts.h"
#include "target/resolve.h"

/* Whether the call is allowed with some arguments; @x: of a profile without gates. */
static bool allows(const struct rule_index *x, const char *name)
{
	_cleanup_(rule_split_done) struct rule_split s;
	size_t n;
	const struct rule_ref *rules = rule_index_find(x, name, &n);

	rule_split_init(&s, x->p, rules, n);
	if (s.always)
		return segen_verdict_lets(s.verdict);
	return s.allow.n || segen_verdict_lets(s.def);
}

/* --- the start ---------------------------------------------------------------------- */

/* What the runtime of some container made between the filter and its start. */
static void add_recorded(struct segen_strset *to, const struct segen_trace *t)
{
	for (size_t i = 0; i < t->n_calls; i++) {
		const struct segen_call *c = t->calls[i];
		_cleanup_free_ char *name = segen_syscall_name(c->arch, c->nr);
		bool runtime = false;

		for (size_t k = 0; k < c->n_seen; k++)
			runtime |= !!(c->seen[k].phases & SEGEN_PHASE_RUNTIME);
		if (name && runtime && !segen_trace_is_probe(t, c))
			segen_strset_add(to, name);
	}
}

static void add_selected(struct segen_strset *to, const struct selection *s,
			 enum reason reason)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].reason == reason)
			segen_strset_add(to, s->v[i].name);
}

/* The calls that a start needs. */
static void add_start(struct segen_strset *to, const struct checks *k)
{
	static const struct segen_trace none = {};
	const struct segen_trace *t = k->trace ? k->trace : &none;
	size_t n;
	struct floor_call *v = floor_calls(&k->policy->floor, t, &n);

	for (size_t i = 0; i < n; i++)
		segen_strset_add(to, v[i].name);
	floor_calls_free(v, n);
	add_recorded(to, t);
	add_selected(to, k->selection, REASON_FLOOR);
	segen_strset_add(to, "execve");
}

static void add_essential(struct segen_strset *to)
{
	size_t n;
	const struct essential_fact *f = essential_facts(&n);

	for (size_t i = 0; i < n; i++)
		segen_strset_add(to, f[i].name);
}

/* Keep those that natives[@native] has and that are refused. */
static void keep_refused(const struct checks *k, size_t native,
			 const struct rule_index *x, const struct segen_strset *names,
			 struct segen_strset *to)
{
	for (size_t i = 0; i < names->n; i++)
		if (segen_syscall_nr(k->arches->natives[native], names->v[i]) >= 0 &&
		    !allows(x, names->v[i]))
			segen_strset_add(to, names->v[i]);
}

/* What a container needs of a profile, or lacks. */
struct needs {
	struct segen_strset start, essential;
};

static void needs_done(struct needs *n)
{
	segen_strset_done(&n->start);
	segen_strset_done(&n->essential);
}

static void find_refused(const struct checks *k, const struct profile *p,
			 const struct target *target, const struct needs *needs,
			 struct needs *ret)
{
	for (size_t i = 0; i < k->arches->n_natives; i++) {
		_cleanup_(profile_done) struct profile flat = {};
		_cleanup_(rule_index_done) struct rule_index x = {};
		struct target t = *target;

		t.arch = k->arches->natives[i];
		if (resolve(p, &t, &flat, NULL) < 0)
			continue;
		rule_index_init(&x, &flat);
		keep_refused(k, i, &x, &needs->start, &ret->start);
		keep_refused(k, i, &x, &needs->essential, &ret->essential);
	}
}

void check_start(const struct checks *k, const struct profile *p,
		 const struct target *target, struct gen_report *report)
{
	_cleanup_(needs_done) struct needs needs = {}, refused = {};

	add_start(&needs.start, k);
	add_essential(&needs.essential);
	find_refused(k, p, target, &needs, &refused);
	segen_strset_remove(&refused.start, "exit_group"); /* said below */
	if (segen_strset_remove(&refused.start, "execve"))
		gen_warn(
			report, WEIGHT_START,
			"no program can start: the base, --deny or --tie refuses execve");
	gen_warn_list(report, WEIGHT_START, &refused.start,
		      "the container may not start: its runtime makes calls that the "
		      "base, --deny or --tie refuses");
	if (segen_strset_remove(&refused.essential, "exit_group"))
		gen_warn(report, WEIGHT_BREAK,
			 "programs cannot end: the base, --deny or --tie refuses "
			 "exit_group");
	gen_warn_list(report, WEIGHT_BREAK, &refused.essential,
		      "the workload may break: the base, --deny or --tie refuses calls "
		      "that every program may make");
}

/* --- options without effect --------------------------------------------------------- */

/* How the base treats a call, whatever the arguments. */
struct standing {
	bool allowed;	/* by some rule, or by default */
	bool only_with; /* by rules that ask for this one capability */
};

static struct standing standing_of(const struct profile *base, const char *name,
				   const char *cap)
{
	struct standing s = {.allowed = profile_action_allows(base->def)};

	s.only_with = !s.allowed;
	for (size_t i = 0; i < base->n_rules; i++) {
		const struct profile_rule *r = &base->rules[i];

		if (!profile_action_allows(r->action) || !profile_rule_has(r, name))
			continue;
		s.allowed = true;
		s.only_with = s.only_with && cap && r->includes.n_caps == 1 &&
			      !strcmp(r->includes.caps[0], cap);
	}
	s.only_with = s.only_with && s.allowed;
	return s;
}

static void check_deny(const struct checks *k, struct gen_report *report)
{
	_cleanup_(segen_strset_done) struct segen_strset idle = {};
	const struct segen_strset *deny = &k->policy->deny;

	for (size_t i = 0; i < deny->n; i++)
		if (!standing_of(k->base, deny->v[i], NULL).allowed ||
		    (k->trace && !selection_find(k->selection, deny->v[i])))
			segen_strset_add(&idle, deny->v[i]);
	gen_warn_list(
		report, WEIGHT_LEFT_OUT, &idle,
		"--deny has no effect on calls that the profile does not allow anyway");
}

static bool was_not_seen(const struct checks *k, const char *name)
{
	const struct selected *w = selection_find(k->selection, name);

	return k->trace && w && w->reason == REASON_ASKED;
}

static void check_tie(const struct checks *k, const struct tie *t,
		      struct gen_report *report)
{
	_cleanup_(segen_strset_done) struct segen_strset idle = {}, wider = {},
							 unseen = {};

	for (size_t i = 0; i < t->names.n; i++) {
		const char *name = t->names.v[i];
		struct standing s = standing_of(k->base, name, t->cap);

		if (!s.allowed)
			segen_strset_add(&wider, name);
		else if (was_not_seen(k, name))
			segen_strset_add(&unseen, name);
		else if (s.only_with)
			segen_strset_add(&idle, name);
	}
	gen_warn_list(report, WEIGHT_OPEN, &wider,
		      "--tie allows calls, with the capability, that the base refuses");
	gen_warn_list(report, WEIGHT_LEFT_OUT, &unseen,
		      "--tie allows calls, with the capability, that the trace does not "
		      "have");
	gen_warn_list(
		report, WEIGHT_LEFT_OUT, &idle,
		"--tie has no effect on calls that the base already ties to this capability");
}

/* Why a call had better not be allowed, where that is serious, or NULL. */
static const char *serious_reason(const char *name)
{
	const struct call_fact *f = call_fact(name);

	return f && f->risk >= RISK_EXPLOIT ? f->why : NULL;
}

/* One warning for the calls with one reason. */
static void check_allow(const struct checks *k, struct gen_report *report)
{
	const struct segen_strset *allow = &k->policy->allow;

	for (size_t i = 0; i < allow->n; i++) {
		const char *why = serious_reason(allow->v[i]);
		_cleanup_(segen_strset_done) struct segen_strset same = {};
		_cleanup_free_ char *what = NULL;

		for (size_t n = 0; why && n < allow->n; n++)
			if (serious_reason(allow->v[n]) &&
			    !strcmp(serious_reason(allow->v[n]), why))
				segen_strset_add(&same, allow->v[n]);
		what = xasprintf("--allow opens (%s)", why ? why : "");
		gen_warn_list(report, WEIGHT_OPEN, &same, what);
	}
}

void check_effect(const struct checks *k, struct gen_report *report)
{
	check_allow(k, report);
	check_deny(k, report);
	for (size_t i = 0; i < k->policy->n_ties; i++)
		check_tie(k, &k->policy->ties[i], report);
}
