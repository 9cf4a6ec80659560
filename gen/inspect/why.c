/* why.c: why a call is in a profile or not. */
#include "inspect/why.h"

#include "facts/arg-words.h"
#include "inspect/words.h"
#include "target/resolve.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

static void why_rule_done(struct why_rule *r)
{
	free(r->answer);
	free(r->gates);
	free(r->conds);
}

void why_done(struct why *w)
{
	for (size_t i = 0; i < w->n_profiles; i++) {
		for (size_t k = 0; k < w->profiles[i].n_rules; k++)
			why_rule_done(&w->profiles[i].rules[k]);
		free(w->profiles[i].rules);
		free(w->profiles[i].answer);
		free(w->profiles[i].reason);
	}
	for (size_t i = 0; i < w->n_seen; i++) {
		segen_strset_done(&w->seen[i].programs);
		segen_strset_done(&w->seen[i].outcomes);
		segen_strset_done(&w->seen[i].values);
	}
	free(w->profiles);
	free(w->seen);
	segen_strset_done(&w->remove);
	sheet_done(&w->sheet);
	*w = (struct why){};
}

static void add(struct segen_strset *set, char *s)
{
	segen_strset_add(set, s);
	free(s);
}

static char *taken(struct segen_buf *b)
{
	char *s = b->len ? TAKE_PTR(b->s) : NULL;

	segen_buf_done(b);
	*b = (struct segen_buf){};
	return s;
}

/* --- profiles ------------------------------------------------------------------------
 */

static void add_rule(struct why_profile *wp, const struct profile *p, size_t index,
		     size_t name, const struct target *t)
{
	const struct profile_rule *r = &p->rules[index];
	struct segen_buf b = {};
	struct why_rule *w;

	GROW(wp->rules, wp->n_rules, wp->cap_rules);
	w = &wp->rules[wp->n_rules++];
	*w = (struct why_rule){
		.index = index,
		.name = name,
		.applies = resolve_rule_applies(r, t),
		.comment = r->comment,
	};
	words_verdict(&b, (struct segen_verdict){r->action, profile_rule_errno(r)});
	w->answer = taken(&b);
	words_gates(&b, &r->includes, &r->excludes);
	w->gates = taken(&b);
	if (r->n_conds)
		arg_words_conds(&b, r->names[name], r->conds, r->n_conds);
	w->conds = taken(&b);
}

static void add_rules(struct why_profile *wp, const struct profile *p, const char *name,
		      const struct target *t)
{
	for (size_t i = 0; i < p->n_rules; i++)
		for (size_t k = 0; k < p->rules[i].n_names; k++)
			if (!strcmp(p->rules[i].names[k], name))
				add_rule(wp, p, i, k, t);
}

/* The comment of the rule that decides, where its author left one. */
static const char *comment_of(const struct why_profile *wp)
{
	for (size_t i = 0; i < wp->n_rules; i++)
		if (wp->rules[i].applies && wp->rules[i].comment)
			return wp->rules[i].comment;
	for (size_t i = 0; i < wp->n_rules; i++)
		if (wp->rules[i].comment)
			return wp->rules[i].comment;
	return NULL;
}

/* Without a comment: what asks for the call, as far as it is known. */
static char *reason_from_facts(const struct why *w)
{
	struct segen_buf b = {};

	if (w->n_seen)
		segen_buf_puts(&b, "it is in a trace");
	else if (w->sheet.essential)
		segen_buf_printf(&b, "essential: %s", w->sheet.essential);
	else if (w->sheet.runtimes.n)
		segen_buf_printf(&b, "a runtime needs it: %s", w->sheet.runtimes.v[0]);
	else if (w->docker.lets != LETS_NONE)
		segen_buf_puts(&b, "Docker's default profile allows it as well");
	else if (w->sheet.n_base)
		segen_buf_puts(&b,
			       "Docker's default profile allows it for other containers");
	else
		segen_buf_puts(
			&b,
			"its author's choice: no trace, runtime or default of Docker's asks for it");
	return b.s;
}

static void add_profile(struct why *w, const struct why_profile_in *in,
			const struct target *t)
{
	struct why_profile *wp = &w->profiles[w->n_profiles++];
	struct segen_buf b = {};
	const char *comment;

	*wp = (struct why_profile){.path = in->path,
				   .reply = view_reply_name(&in->view, w->sheet.name)};
	if (wp->reply.lets == LETS_SOME)
		segen_buf_puts(&b, "allowed for some arguments");
	else
		words_verdict(&b, wp->reply.verdict);
	wp->answer = taken(&b);
	add_rules(wp, in->view.profile, w->sheet.name, t);
	w->found |= wp->n_rules > 0;
	comment = comment_of(wp);
	if (comment)
		wp->reason = xstrdup(comment);
	else if (wp->reply.lets != LETS_NONE || wp->n_rules)
		wp->reason = reason_from_facts(w);
}

/* --- traces --------------------------------------------------------------------------
 */

static void add_outcomes(struct why_seen *s)
{
	for (size_t i = 0; i < s->call->n_seen; i++) {
		const struct segen_observation *o = &s->call->seen[i];

		s->phases |= o->phases;
		s->refused += o->refused;
		for (size_t k = 0; k < o->n_outcomes; k++) {
			const char *name = segen_errno_name(o->outcomes[k].err);

			add(&s->outcomes,
			    !o->outcomes[k].err ? xstrdup("success")
			    : name		? xstrdup(name)
				   : xasprintf("errno %d", o->outcomes[k].err));
		}
	}
}

static void add_values(struct why_seen *s, const char *name)
{
	for (size_t i = 0; i < s->call->n_values; i++) {
		const struct segen_values *v = &s->call->values[i];

		if (v->many) {
			_cleanup_(segen_buf_done) struct segen_buf b = {};

			words_arg(&b, name, v->index);
			segen_buf_puts(&b, ": many values");
			segen_strset_add(&s->values, b.s);
		}
		for (unsigned k = 0; k < v->n; k++) {
			_cleanup_(segen_buf_done) struct segen_buf b = {};

			arg_words_value(&b, name, v->index, v->v[k],
					v->v[k] == s->call->first.args[v->index]
						? s->call->first.args
						: NULL);
			segen_strset_add(&s->values, b.s);
		}
	}
}

static void add_seen(struct why *w, const struct segen_trace *t,
		     const struct segen_call *c)
{
	struct why_seen *s;

	GROW(w->seen, w->n_seen, w->cap_seen);
	s = &w->seen[w->n_seen++];
	*s = (struct why_seen){
		.arch = c->arch,
		.call = c,
		.n_runs = c->n_seen,
		.probe = segen_trace_is_probe(t, c),
	};
	s->count = segen_call_count(c, &s->at_least);
	for (size_t i = 0; i < c->n_seen; i++)
		for (size_t k = 0; k < c->seen[i].n_programs; k++)
			segen_strset_add(&s->programs,
					 t->programs[c->seen[i].programs[k]]);
	add_outcomes(s);
	add_values(s, w->sheet.name);
	w->found = true;
}

static void add_abi(struct why *w, const struct segen_trace *t,
		    const struct segen_arch *arch)
{
	int nr = segen_syscall_nr(arch, w->sheet.name);
	const struct segen_call *c = nr < 0 ? NULL : segen_trace_find(t, arch, nr);

	if (c)
		add_seen(w, t, c);
}

static bool is_first_of_abi(const struct segen_trace *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (t->calls[k]->arch == t->calls[i]->arch)
			return false;
	return true;
}

/* The target's own ABI first. */
static void add_trace(struct why *w, const struct segen_trace *t,
		      const struct target *target)
{
	const struct segen_arch *last = NULL;

	add_abi(w, t, target->arch);
	for (size_t i = 0; i < t->n_calls; i++) {
		const struct segen_arch *arch = t->calls[i]->arch;

		if (arch == last || arch == target->arch)
			continue;
		last = arch;
		if (is_first_of_abi(t, i))
			add_abi(w, t, arch);
	}
}

/* --- what would leave it out ----------------------------------------------------------
 */

static bool begins(const char *s, const char *with)
{
	return s && !strncmp(s, with, strlen(with));
}

static void removal_of_rule(struct why *w, const char *reason)
{
	if (begins(reason, "runtime floor") || begins(reason, "runtime timing"))
		segen_strset_add(&w->remove,
				 "segen gen --runtime NAME keeps one runtime's "
				 "calls, --runtime none drops them all");
	else if (begins(reason, "docker-init"))
		segen_strset_add(&w->remove, "segen gen --no-init");
	else if (begins(reason, "portable"))
		segen_strset_add(&w->remove, "segen gen without --portable");
}

static void find_removal(struct why *w)
{
	bool allowed = false, probe = w->n_seen > 0, once = w->n_seen > 0;

	for (size_t i = 0; i < w->n_profiles; i++) {
		allowed |= w->profiles[i].reply.lets != LETS_NONE;
		removal_of_rule(w, w->profiles[i].reason);
	}
	for (size_t i = 0; i < w->n_seen; i++) {
		probe &= w->seen[i].probe;
		once &= w->trace->n_runs > 1 && w->seen[i].n_runs < w->trace->n_runs;
	}
	if (probe)
		segen_strset_add(&w->remove,
				 "segen gen --drop-probes: it never succeeded");
	if (once)
		add(&w->remove,
		    xasprintf("segen gen --min-runs %zu: not every run made it",
			      w->seen[0].n_runs + 1));
	if (allowed && !w->sheet.essential && !w->remove.n)
		add(&w->remove, xasprintf("segen gen --deny %s", w->sheet.name));
}

/* --- the whole ------------------------------------------------------------------------
 */

int why_init(struct why *w, const char *name, const struct why_input *in,
	     struct segen_error *err)
{
	int r;

	*w = (struct why){.trace = in->trace};
	r = sheet_init(&w->sheet, name, in->docker->profile);
	if (r < 0) {
		_cleanup_free_ char *hint = call_hint(name);

		return segen_fail(err, r, "no system call is called '%s'%s", name, hint);
	}
	w->docker = view_reply_name(in->docker, name);
	if (in->trace)
		add_trace(w, in->trace, in->target);
	w->profiles = xcalloc(in->n_profiles + 1, sizeof(*w->profiles));
	for (size_t i = 0; i < in->n_profiles; i++)
		add_profile(w, &in->profiles[i], in->target);
	find_removal(w);
	return 0;
}

void why_names(const struct why_input *in, struct segen_strset *ret)
{
	for (size_t i = 0; i < in->n_profiles; i++) {
		const struct profile *p = in->profiles[i].view.profile;

		for (size_t k = 0; k < p->n_rules; k++)
			for (size_t j = 0; j < p->rules[k].n_names; j++)
				if (segen_syscall_known(p->rules[k].names[j]))
					segen_strset_add(ret, p->rules[k].names[j]);
	}
	for (size_t i = 0; in->trace && i < in->trace->n_calls; i++) {
		const struct segen_call *c = in->trace->calls[i];
		char *name = segen_syscall_name(c->arch, c->nr);

		if (name)
			add(ret, name);
	}
}
