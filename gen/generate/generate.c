/* generate.c: observations + base + policy -> profile. */
#include "generate/generate.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

#include "facts/facts.h"
#include "generate/bypass.h"
#include "generate/checks.h"
#include "generate/classify.h"
#include "generate/compose.h"
#include "generate/edit.h"
#include "generate/provenance.h"
#include "generate/selection.h"
#include "target/resolve.h"

/* All that the steps of one generation share. */
struct generation {
	const struct gen_policy *policy;
	const struct segen_trace *trace;
	struct target target; /* the policy's, on the first native architecture */
	struct gen_arches arches;
	struct profile edited;	 /* the base with the policy's edits */
	struct rule_index rules; /* of @edited */
	struct gate_scope scope;
	struct selection selection;
	struct composer out;
	struct segen_strset killed; /* calls with fallbacks for which the base kills */
	struct gen_report *report;
};

static void generation_done(struct generation *g)
{
	composer_done(&g->out);
	segen_strset_done(&g->killed);
	selection_done(&g->selection);
	rule_index_done(&g->rules);
	profile_done(&g->edited);
}

/* --- one call --------------------------------------------------------------------- */

static bool is_unknown(const struct generation *g, const char *name)
{
	for (size_t i = 0; i < g->report->n_calls; i++)
		if (g->report->calls[i].class == CLASS_UNKNOWN &&
		    g->report->calls[i].name && !strcmp(g->report->calls[i].name, name))
			return true;
	return false;
}

/* The errno for @name where it is refused; negative: as the answer says. */
static int refusal(const struct generation *g, const char *name, const struct answer *a)
{
	if (a->kind == ANSWER_ALWAYS && a->verdict.action != SEGEN_ACT_ERRNO)
		return -1;
	if (is_probe_fact(name) || is_unknown(g, name))
		return ENOSYS;
	if (a->kind == ANSWER_ALWAYS)
		return a->verdict.err;
	return g->edited.def == SEGEN_ACT_ERRNO ? profile_default_errno(&g->edited) : -1;
}

static bool kills(enum segen_action a)
{
	return a == SEGEN_ACT_KILL_PROCESS || a == SEGEN_ACT_KILL_THREAD ||
	       a == SEGEN_ACT_TRAP;
}

/* @absent: the call is not selected, so that what the base allows is refused, too. */
static void settle_refusals(const struct generation *g, const char *name, bool absent,
			    struct gate_space *s)
{
	for (size_t i = 0; i < gate_cell_count(&s->axes); i++) {
		struct answer *a = &s->answers[i];
		int err;

		if (answer_allows(a) && !absent)
			continue;
		err = answer_allows(a) ? ENOSYS : refusal(g, name, a);
		if (err < 0)
			continue;
		answer_done(a);
		/* EPERM is the default of a profile that does not kill. */
		a->kind = err == EPERM && !kills(g->edited.def) ? ANSWER_DEFAULT
								: ANSWER_ALWAYS;
		a->verdict = (struct segen_verdict){SEGEN_ACT_ERRNO, err};
	}
}

/* --gates=all adds groups with a gate: the call's other rules do not count. */
static struct rule_ref *only_gated(const struct rule_ref *rules, size_t *n)
{
	struct rule_ref *v = xcalloc(*n + 1, sizeof(*v));
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (!gate_is_empty(&rules[i].rule->includes) ||
		    rules[i].rule->action != SEGEN_ACT_ALLOW)
			v[kept++] = rules[i];
	*n = kept;
	return v;
}

static bool narrowed(const struct gate_space *s)
{
	for (size_t i = 0; i < gate_cell_count(&s->axes); i++)
		if (s->answers[i].kind == ANSWER_ALWAYS && answer_allows(&s->answers[i]))
			return false;
	return true;
}

static void warn_wide(struct gen_report *r, const struct selected *w)
{
	if (w->unseen_use)
		gen_warn(
			r, WEIGHT_WIDE,
			"the arguments of '%s' are not narrowed: it is also allowed for reasons other than the recording (see --runtime, --portable, --gates and --allow)",
			w->name);
	else
		gen_warn(
			r, WEIGHT_WIDE,
			"the arguments of '%s' are not narrowed: not all values are known (record with --all-args or --mode=full), or there are too many",
			w->name);
}

/* What the profile is to answer to one call. */
struct worked_out {
	struct gate_space space;
	struct gated_answers answers; /* borrow from @space */
	bool too_wide;		      /* --args could not narrow it */
};

static void worked_out_done(struct worked_out *o)
{
	gated_answers_done(&o->answers);
	gate_space_done(&o->space);
}

/* -E2BIG: more gates than can be sorted out.  @absent: see settle_refusals(). */
static int work_out(const struct generation *g, const struct selected *w, bool absent,
		    struct worked_out *ret)
{
	_cleanup_free_ struct rule_ref *gated = NULL;
	const struct rule_ref *rules;
	struct gate_scope scope = g->scope;
	struct seen_args seen;
	size_t n;
	int r;

	rules = rule_index_find(&g->rules, w->name, &n);
	if (w->reason == REASON_GATED) {
		gated = only_gated(rules, &n);
		rules = gated;
	}
	scope.narrow = segen_strset_has(&g->policy->args, w->name);
	seen_args_init(&seen, w->name, w->calls, w->n_calls, w->unseen_use);
	*ret = (struct worked_out){};
	r = gate_space_init(&ret->space, &g->edited, rules, n, &seen, &scope);
	if (r < 0)
		return r;
	ret->too_wide = scope.narrow && !narrowed(&ret->space);
	settle_refusals(g, w->name, absent, &ret->space);
	gate_space_answers(&ret->space, &scope, &ret->answers);
	return 0;
}

static void compose_answers(struct generation *g, const struct selected *w,
			    const struct worked_out *o)
{
	for (size_t i = 0; i < o->answers.n; i++) {
		const struct answer *a = o->answers.v[i].answer;

		compose_call(&g->out, w->name, w, &o->answers.v[i]);
		if (is_probe_fact(w->name) && a->kind == ANSWER_ALWAYS &&
		    kills(a->verdict.action))
			segen_strset_add(&g->killed, w->name);
	}
}

static void compose_one(struct generation *g, const struct selected *w)
{
	_cleanup_(worked_out_done) struct worked_out o = {};

	if (work_out(g, w, false, &o) < 0) {
		gen_warn(
			g->report, WEIGHT_BREAK,
			"'%s' is left out: it is gated by too many capabilities, architectures and kernels to work out",
			w->name);
		return;
	}
	if (o.too_wide)
		warn_wide(g->report, w);
	compose_answers(g, w, &o);
}

/* --- all calls -------------------------------------------------------------------- */

static bool has_succeeded(const struct selected *w, const struct segen_trace *t)
{
	for (size_t i = 0; i < w->n_calls; i++)
		if (!segen_trace_is_probe(t, w->calls[i]))
			return true;
	return false;
}

static bool answers_enosys(const struct generation *g, const struct selected *w)
{
	_cleanup_(worked_out_done) struct worked_out o = {};

	if (work_out(g, w, false, &o) < 0)
		return false;
	for (size_t i = 0; i < o.answers.n; i++) {
		const struct answer *a = o.answers.v[i].answer;

		if (a->kind == ANSWER_ALWAYS && a->verdict.action == SEGEN_ACT_ERRNO &&
		    a->verdict.err == ENOSYS)
			return true;
	}
	return false;
}

/*
 * A call that succeeded in the recording, under other rules than the profile's: where the
 * profile answers ENOSYS, the program will make other calls, which no run has shown.
 */
static void add_fallbacks(struct generation *g)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};

	for (size_t i = 0; i < g->selection.n; i++) {
		const struct selected *w = &g->selection.v[i];

		if (is_probe_fact(w->name) && has_succeeded(w, g->trace) &&
		    answers_enosys(g, w))
			segen_strset_add(&names, w->name);
	}
	for (size_t i = 0; i < names.n; i++)
		selection_add_fallbacks(&g->selection, names.v[i], &g->arches);
}

static void compose_all(struct generation *g)
{
	for (size_t i = 0; i < g->selection.n; i++)
		compose_one(g, &g->selection.v[i]);
}

static bool base_kills(const struct generation *g, const char *name)
{
	size_t n;
	const struct rule_ref *rules = rule_index_find(&g->rules, name, &n);

	for (size_t i = 0; i < n; i++)
		if (kills(rules[i].rule->action))
			return true;
	return false;
}

/* A call with a fallback that is not selected: ENOSYS, unless a rule of the base kills.
 */
static void compose_absent(struct generation *g, const char *name)
{
	_cleanup_(worked_out_done) struct worked_out o = {};
	const struct selected w = {.name = (char *)name, .unseen_use = true};
	const struct answer enosys = {
		.kind = ANSWER_ALWAYS,
		.verdict = {SEGEN_ACT_ERRNO, ENOSYS},
	};

	if (base_kills(g, name) && work_out(g, &w, true, &o) == 0)
		compose_answers(g, &w, &o);
	else
		compose_call(&g->out, name, NULL,
			     &(struct gated_answer){.answer = &enosys});
}

static void compose_all_absent(struct generation *g)
{
	size_t n;
	const struct probe_fact *f = probe_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (gen_arches_have(&g->arches, f[i].name) &&
		    !selection_find(&g->selection, f[i].name))
			compose_absent(g, f[i].name);
}

/* What the base's killing means to programs that only try a call. */
static void warn_killed(const struct generation *g)
{
	gen_warn_list(
		g->report, WEIGHT_BREAK, &g->killed,
		"as in the base, a program that only tries one of these calls is killed, although it has a fallback");
	if (kills(g->edited.def))
		gen_warn(
			g->report, WEIGHT_LEFT_OUT,
			"the base kills on calls that it does not list; the profile answers ENOSYS to those that programs try first and that have a fallback");
}

/* Default, architectures, flags. */
static void write_header(const struct generation *g, struct profile *p)
{
	const struct profile *base = &g->edited;

	*p = (struct profile){.def = SEGEN_ACT_ERRNO, .def_err = PROFILE_NO_ERRNO};
	if (kills(base->def))
		p->def = base->def;
	gen_arches_write(&g->arches, p);
	for (size_t i = 0; i < base->n_flags; i++)
		profile_string_add(&p->flags, &p->n_flags, base->flags[i]);
	p->has_flags = base->has_flags;
}

/* A rule with SCMP_ACT_NOTIFY needs the address of the agent that it asks. */
static void write_listener(const struct generation *g, struct profile *p)
{
	for (size_t i = 0; i < p->n_rules; i++) {
		if (p->rules[i].action != SEGEN_ACT_NOTIFY || p->listener_path)
			continue;
		if (g->edited.listener_path)
			p->listener_path = xstrdup(g->edited.listener_path);
		if (g->edited.listener_metadata)
			p->listener_metadata = xstrdup(g->edited.listener_metadata);
	}
}

/*
 * The classes are the base's, so this comes before the user's options edit it; and
 * --refused=allow needs to know what the base refuses.
 */
static void judge_all(struct generation *g, const struct profile *base)
{
	_cleanup_(rule_index_done) struct rule_index rules = {};
	struct classifier k = {.base = &rules, .arches = &g->arches, .scope = g->scope};

	k.scope.target_only = k.scope.keep_unconditional = false;
	rule_index_init(&rules, base);
	classify(&k, g->trace, g->report);
}

static int from_trace(struct generation *g, const struct profile *base,
		      struct profile *ret, struct segen_error *err)
{
	_cleanup_free_ char *about = provenance(g->trace, g->policy->base_name);

	judge_all(g, base);
	edit_base(base, g->policy, &g->edited);
	if (g->policy->allow_refused)
		edit_allow_refused(&g->edited, g->report, g->policy);
	rule_index_init(&g->rules, &g->edited);
	selection_from_trace(&g->selection, g->trace, g->policy, g->report);
	if (!g->selection.n)
		return segen_fail(
			err, -ENODATA,
			"nothing is left of the trace: a profile without the workload's own calls would be useless");
	selection_from_facts(&g->selection, g->trace, &g->arches, g->policy);
	/* Before --gates=all, which would keep the gated rules of a fallback only. */
	add_fallbacks(g);
	selection_from_policy(&g->selection, &g->edited, g->policy);
	compose_all(g);
	compose_all_absent(g);
	warn_killed(g);
	write_header(g, ret);
	profile_set_comment(ret, about);
	compose_write(&g->out, ret);
	write_listener(g, ret);
	return 0;
}

/* --- no trace: the base itself ---------------------------------------------------- */

static int from_base(struct generation *g, const struct profile *base,
		     struct profile *ret, struct segen_error *err)
{
	edit_base(base, g->policy, &g->edited);
	if (g->policy->gates == GATES_NONE)
		return resolve(&g->edited, &g->target, ret, err);
	profile_copy(ret, &g->edited);
	if (g->policy->n_arches)
		gen_arches_write(&g->arches, ret);
	return 0;
}

static void check(const struct generation *g, const struct profile *base,
		  const struct profile *p)
{
	const struct checks k = {
		.base = base,
		.policy = g->policy,
		.arches = &g->arches,
		.trace = g->trace,
		.selection = &g->selection,
	};

	check_start(&k, p, &g->target, g->report);
	check_effect(&k, g->report);
	bypass_check(p, g->policy, &g->arches, g->report);
}

static int run(struct generation *g, const struct profile *base, struct profile *ret,
	       struct segen_error *err)
{
	int r;

	r = gen_arches_init(&g->arches, g->trace, base, g->policy, g->report, err);
	if (r < 0)
		return r;
	g->target = g->policy->target;
	g->target.arch = g->arches.natives[0];
	g->scope = (struct gate_scope){
		.natives = g->arches.natives,
		.n_natives = g->arches.n_natives,
		.target = &g->target,
		.target_only = g->policy->gates == GATES_NONE,
		.keep_unconditional = g->policy->gates == GATES_ALL,
	};
	r = g->trace ? from_trace(g, base, ret, err) : from_base(g, base, ret, err);
	if (r < 0)
		return r;
	check(g, base, ret);
	gen_report_finish(g->report, base, ret, &g->target, g->policy, &g->selection);
	return 0;
}

int generate(const struct segen_trace *trace, const struct profile *base,
	     const struct gen_policy *policy, struct profile *ret,
	     struct gen_report *ret_report, struct segen_error *err)
{
	_cleanup_(generation_done) struct generation g = {.policy = policy};
	_cleanup_(gen_report_done) struct gen_report report = {};
	_cleanup_(profile_done) struct profile p = {};
	int r;

	r = gen_policy_check(policy, err);
	if (r < 0)
		return r;
	g.report = &report;
	g.trace = trace;
	r = run(&g, base, &p, err);
	if (r < 0)
		return r;
	if (!p.n_rules)
		return segen_fail(err, -ENODATA,
				  profile_action_allows(p.def)
					  ? "the profile would allow every call"
					  : "the profile would allow no call at all; "
					    "nothing could start under it");
	*ret = p;
	p = (struct profile){};
	*ret_report = report;
	report = (struct gen_report){};
	return 0;
}
