/* selection.c: select the calls of a profile, each with its reason. */
#include "generate/selection.h"

#include <segen/syscall.h>

#include <string.h>

#include "facts/facts.h"
#include "facts/floor.h"

void selection_done(struct selection *w)
{
	for (size_t i = 0; i < w->n; i++) {
		free(w->v[i].name);
		free(w->v[i].comment);
		free(w->v[i].detail);
		free(w->v[i].calls);
	}
	free(w->v);
	*w = (struct selection){};
}

/* The place of @name, or where it belongs. */
static size_t place_of(const struct selection *w, const char *name)
{
	size_t lo = 0, hi = w->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(w->v[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct selected *selection_find(const struct selection *w, const char *name)
{
	size_t i = place_of(w, name);

	return i < w->n && !strcmp(w->v[i].name, name) ? &w->v[i] : NULL;
}

static struct selected *select_call(struct selection *w, const char *name,
				    enum reason reason, const char *comment)
{
	size_t i = place_of(w, name);
	struct selected *to;

	if (i < w->n && !strcmp(w->v[i].name, name)) {
		/* These make the call with arguments of their own. */
		w->v[i].unseen_use |= reason == REASON_FLOOR ||
				      reason == REASON_FALLBACK ||
				      reason == REASON_PORTABLE || reason == REASON_GATED;
		return &w->v[i];
	}
	GROW(w->v, w->n, w->cap);
	to = &w->v[i];
	memmove(to + 1, to, (w->n - i) * sizeof(*to));
	w->n++;
	*to = (struct selected){
		.name = xstrdup(name),
		.reason = reason,
		.comment = xstrdup(comment),
		.unseen_use = reason > REASON_RUNTIME,
	};
	return to;
}

/* --- from the trace --------------------------------------------------------------- */

static size_t runs_of(const struct segen_call *c, unsigned phases)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_seen; i++)
		n += !!(c->seen[i].phases & phases);
	return n;
}

/* In how many runs the call was seen, under any ABI. */
static size_t runs_of_name(const struct selected *w, size_t n_runs)
{
	_cleanup_free_ bool *seen = xcalloc(n_runs + 1, sizeof(*seen));
	size_t n = 0;

	for (size_t i = 0; i < w->n_calls; i++)
		for (size_t k = 0; k < w->calls[i]->n_seen; k++)
			if (w->calls[i]->seen[k].run < n_runs)
				seen[w->calls[i]->seen[k].run] = true;
	for (size_t i = 0; i < n_runs; i++)
		n += seen[i];
	return n;
}

static void add_call(struct selected *w, const struct segen_call *c)
{
	GROW(w->calls, w->n_calls, w->cap_calls);
	w->calls[w->n_calls++] = c;
}

static const char *runtime_comment(void)
{
	return "runtime: recorded between the filter and the start of the workload";
}

static void select_observed(struct selection *w, const struct segen_call *c,
			    const char *name)
{
	unsigned workload = SEGEN_PHASE_WORKLOAD | SEGEN_PHASE_EXEC;
	bool runtime = runs_of(c, SEGEN_PHASE_RUNTIME) && !runs_of(c, workload);
	struct selected *to;

	if (runtime) {
		to = select_call(w, name, REASON_RUNTIME, runtime_comment());
	} else {
		to = select_call(w, name, REASON_OBSERVED, "observed");
		if (to->reason == REASON_RUNTIME) {
			to->reason = REASON_OBSERVED;
			free(to->comment);
			to->comment = xstrdup("observed");
		}
	}
	add_call(to, c);
}

/* Whether the rules that it was recorded under refused the call each time. */
static bool always_refused(const struct selected *w)
{
	uint64_t made = 0, refused = 0;

	for (size_t i = 0; i < w->n_calls; i++) {
		for (size_t k = 0; k < w->calls[i]->n_seen; k++) {
			made += w->calls[i]->seen[k].count;
			refused += w->calls[i]->seen[k].refused;
		}
	}
	return made && refused >= made;
}

/* What happened, in how many of several runs. */
static char *observed_comment(const struct selected *w, size_t n_runs)
{
	bool refused = always_refused(w);
	const char *verb = refused ? "tried" : "observed";
	const char *end = refused ? " and refused in the recording" : "";
	size_t n = runs_of_name(w, n_runs);

	if (n_runs < 2)
		return xasprintf("%s%s", verb, end);
	if (n == n_runs)
		return xasprintf("%s in all %zu runs%s", verb, n, end);
	return xasprintf("%s in %zu of %zu runs%s", verb, n, n_runs, end);
}

static void comment_observed(struct selection *w, const struct segen_trace *t)
{
	for (size_t i = 0; i < w->n; i++) {
		struct selected *to = &w->v[i];

		if (to->reason != REASON_OBSERVED)
			continue;
		free(to->comment);
		to->comment = observed_comment(to, t->n_runs);
	}
}

static void drop_selected(struct selection *w, size_t i)
{
	struct selection one = {.v = xcalloc(1, sizeof(*one.v)), .n = 1};

	one.v[0] = w->v[i];
	memmove(&w->v[i], &w->v[i + 1], (w->n - i - 1) * sizeof(*w->v));
	w->n--;
	selection_done(&one);
}

static void drop_rare(struct selection *w, const struct segen_trace *t,
		      const struct gen_policy *p, struct gen_report *report)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	for (size_t i = 0; i < w->n;) {
		if (w->v[i].reason != REASON_OBSERVED ||
		    runs_of_name(&w->v[i], t->n_runs) >= p->min_runs) {
			i++;
			continue;
		}
		segen_buf_printf(&b, "%s%s", b.len ? ", " : "", w->v[i].name);
		drop_selected(w, i);
	}
	if (b.len)
		gen_warn(report, WEIGHT_LEFT_OUT,
			 "seen in fewer than %u runs and left out: %s", p->min_runs, b.s);
}

void selection_from_trace(struct selection *w, const struct segen_trace *t,
			  const struct gen_policy *p, struct gen_report *report)
{
	for (size_t i = 0; i < t->n_calls; i++) {
		const struct segen_call *c = t->calls[i];
		_cleanup_free_ char *name = segen_syscall_name(c->arch, c->nr);

		/* A number without a name is never written. */
		if (!name || (p->drop_probes && segen_trace_is_probe(t, c)))
			continue;
		if (segen_trace_is_refused(t, c) && !p->allow_refused)
			continue;
		select_observed(w, c, name);
	}
	drop_rare(w, t, p, report);
	comment_observed(w, t);
}

/* --- from the tables -------------------------------------------------------------- */

static void set_detail(struct selected *to, const char *name, const char *of)
{
	if ((to->reason == REASON_PORTABLE || to->reason == REASON_FALLBACK) &&
	    !to->detail)
		to->detail = xasprintf("%s for %s", name, of);
}

/* The other one of the pair, or NULL when @name is not in it. */
static const char *other_of(const struct twin_fact *f, const char *name)
{
	if (!strcmp(f->a, name))
		return f->b;
	return strcmp(f->b, name) ? NULL : f->a;
}

/* What is used on natives[@native] instead of @name, for the architecture's sake. */
static void add_arch_twins(struct selection *w, const struct gen_arches *a, size_t native,
			   const char *name, enum reason reason, const char *comment)
{
	size_t n;
	const struct twin_fact *f = twin_facts(&n);

	for (size_t i = 0; i < n; i++) {
		const char *other = other_of(&f[i], name);

		if (other && (f[i].reasons & TWIN_ARCH) &&
		    gen_native_has(a, native, other))
			set_detail(select_call(w, other, reason, comment), other, name);
	}
}

static void add_floor(struct selection *w, const struct segen_trace *t,
		      const struct gen_arches *a, const struct gen_policy *p)
{
	size_t n;
	struct floor_call *v = floor_calls(&p->floor, t, &n);

	for (size_t i = 0; i < n; i++) {
		if (gen_arches_have(a, v[i].name))
			select_call(w, v[i].name, REASON_FLOOR, v[i].comment);
		for (size_t k = 0; k < a->n_natives; k++)
			if (segen_syscall_nr(a->natives[k], v[i].name) < 0)
				add_arch_twins(w, a, k, v[i].name, REASON_FLOOR,
					       v[i].comment);
	}
	floor_calls_free(v, n);
}

static void add_essentials(struct selection *w, const struct gen_arches *a)
{
	size_t n;
	const struct essential_fact *f = essential_facts(&n);

	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *comment = xasprintf("essential: %s", f[i].why);

		if (gen_arches_have(a, f[i].name))
			select_call(w, f[i].name, REASON_ESSENTIAL, comment);
	}
}

/* The names now: the selection grows while the caller walks them. */
static char **names_of(const struct selection *w, enum reason up_to, size_t *ret_n)
{
	char **v = xcalloc(w->n + 1, sizeof(*v));
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].reason <= up_to)
			v[n++] = xstrdup(w->v[i].name);
	*ret_n = n;
	return v;
}

static void free_names(char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
}

/* For architectures that no run was recorded on. */
static void translate(struct selection *w, const struct gen_arches *a)
{
	size_t n;
	char **names = names_of(w, REASON_RUNTIME, &n);

	for (size_t k = 0; k < a->n_natives; k++) {
		_cleanup_free_ char *comment =
			xasprintf("for %s, not recorded there", a->natives[k]->name);

		for (size_t i = 0; a->unseen[k] && i < n; i++)
			add_arch_twins(w, a, k, names[i], REASON_PORTABLE, comment);
	}
	free_names(names, n);
}

static void add_twins(struct selection *w, const struct gen_arches *a)
{
	size_t n, n_facts;
	char **names = names_of(w, REASON_RUNTIME, &n);
	const struct twin_fact *f = twin_facts(&n_facts);

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < n_facts; k++) {
			const char *other = other_of(&f[k], names[i]);

			if (other && gen_arches_have(a, other))
				set_detail(select_call(w, other, REASON_PORTABLE,
						       "portable"),
					   other, names[i]);
		}
	}
	free_names(names, n);
}

void selection_from_facts(struct selection *w, const struct segen_trace *t,
			  const struct gen_arches *a, const struct gen_policy *p)
{
	add_essentials(w, a);
	add_floor(w, t, a, p);
	translate(w, a);
	if (p->portable)
		add_twins(w, a);
}

void selection_add_fallbacks(struct selection *w, const char *name,
			     const struct gen_arches *a)
{
	size_t n;
	const struct fallback_fact *f = fallback_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(f[i].name, name) && gen_arches_have(a, f[i].call))
			set_detail(select_call(w, f[i].call, REASON_FALLBACK,
					       "fallback on ENOSYS"),
				   f[i].call, name);
}

/* --- from the policy -------------------------------------------------------------- */

static void add_gated(struct selection *w, const struct profile *base)
{
	for (size_t i = 0; i < base->n_rules; i++) {
		const struct profile_rule *r = &base->rules[i];

		if (gate_is_empty(&r->includes) || r->action != SEGEN_ACT_ALLOW)
			continue;
		for (size_t k = 0; k < r->n_names; k++)
			if (segen_syscall_known(r->names[k]))
				select_call(w, r->names[k], REASON_GATED,
					    "gated in the base (--gates=all)");
	}
}

void selection_from_policy(struct selection *w, const struct profile *base,
			   const struct gen_policy *p)
{
	for (size_t i = 0; i < p->allow.n; i++)
		select_call(w, p->allow.v[i], REASON_ASKED, "asked for: --allow");
	for (size_t i = 0; i < p->n_ties; i++) {
		_cleanup_free_ char *comment =
			xasprintf("asked for: tied to %s", p->ties[i].cap);

		for (size_t k = 0; k < p->ties[i].names.n; k++)
			select_call(w, p->ties[i].names.v[k], REASON_ASKED, comment);
	}
	if (p->gates == GATES_ALL)
		add_gated(w, base);
}
