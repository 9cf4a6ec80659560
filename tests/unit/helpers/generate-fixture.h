/*
 * generate-fixture.h: observations, a base and a policy for the tests of generate(), and
 * words to look at what comes out.
 */
#pragma once

#include "generate/generate.h"
#include "profile/base.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

/* A trace of one machine, a policy, and what comes out. */
struct fixture {
	struct profile base, p;
	struct gen_policy policy;
	struct segen_trace t;
	struct gen_report report;
	struct segen_error err;
	const struct segen_arch *arch;
};

static _unused_ void add_run(struct fixture *f, const char *machine)
{
	static const char *const argv[] = {"test", NULL};
	size_t run = segen_trace_add_run(&f->t, (char *const *)argv);

	free(f->t.runs[run]->machine);
	f->t.runs[run]->machine = xstrdup(machine);
}

static _unused_ void start(struct fixture *f, const char *machine)
{
	*f = (struct fixture){.arch = segen_arch_by_name(machine)};
	base_default(&f->base);
	gen_policy_init(&f->policy);
	target_set_arch(&f->policy.target, machine, NULL);
	target_set_kernel(&f->policy.target, "6.1", NULL);
	f->policy.floor.runtime = FLOOR_NONE;
	add_run(f, machine);
}

static _unused_ void again(struct fixture *f)
{
	profile_done(&f->p);
	gen_report_done(&f->report);
}

static _unused_ void stop(struct fixture *f)
{
	again(f);
	profile_done(&f->base);
	gen_policy_done(&f->policy);
	segen_trace_done(&f->t);
}

static _unused_ struct segen_call *see_in(struct fixture *f, size_t run, const char *name,
					  int err)
{
	struct segen_call *c =
		segen_trace_call(&f->t, f->arch, segen_syscall_nr(f->arch, name), NULL);
	struct segen_observation *s = segen_call_seen(c, run);

	s->count++;
	s->phases |= SEGEN_PHASE_WORKLOAD;
	segen_seen_outcome(s, err, 1);
	return c;
}

static _unused_ struct segen_call *see(struct fixture *f, const char *name)
{
	return see_in(f, 0, name, 0);
}

static _unused_ bool run(struct fixture *f)
{
	again(f);
	return generate(&f->t, &f->base, &f->policy, &f->p, &f->report, &f->err) == 0;
}

/* The n-th rule that names @name, or NULL. */
static _unused_ const struct profile_rule *rule_of(const struct fixture *f,
						   const char *name, unsigned n)
{
	for (size_t i = 0; i < f->p.n_rules; i++)
		if (profile_rule_has(&f->p.rules[i], name) && n-- == 0)
			return &f->p.rules[i];
	return NULL;
}

/* --- a profile in words ------------------------------------------------------------- */

static inline void put_list(struct segen_buf *b, const char *before, char *const *v,
			    size_t n)
{
	for (size_t i = 0; i < n; i++)
		segen_buf_printf(b, "%s%s", i ? "," : before, v[i]);
}

static inline void put_gate(struct segen_buf *b, const struct gate *g, bool includes)
{
	put_list(b, includes ? " with " : " without ", g->caps, g->n_caps);
	put_list(b, includes ? " on " : " not on ", g->arches, g->n_arches);
	if (g->min_kernel)
		segen_buf_printf(b, " %s %s", includes ? "since" : "before",
				 g->min_kernel);
}

static inline void put_rule(struct segen_buf *b, const struct profile_rule *r)
{
	static const char *const ops[] = {"!=", "<", "<=", "=", ">=", ">", "&"};

	if (r->action == SEGEN_ACT_ALLOW)
		segen_buf_puts(b, "allow");
	else if (r->action == SEGEN_ACT_ERRNO)
		segen_buf_puts(b, segen_errno_name(profile_rule_errno(r)));
	else
		segen_buf_puts(b, profile_action_name(r->action));
	for (size_t i = 0; i < r->n_conds; i++) {
		const struct segen_cond *c = &r->conds[i];

		segen_buf_printf(b, " %u%s%#llx", c->index, ops[c->op],
				 (unsigned long long)c->value);
		if (c->op == SEGEN_CMP_MASKED_EQ)
			segen_buf_printf(b, "=%#llx", (unsigned long long)c->value_two);
	}
	put_gate(b, &r->includes, true);
	put_gate(b, &r->excludes, false);
}

/*
 * All rules for @name, in order: "allow 0=0x2; ENOSYS without CAP_SYS_ADMIN"; "none".
 * Valid until the next call.
 */
static _unused_ const char *rules_of(const struct fixture *f, const char *name)
{
	static char text[1024];
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	const struct profile_rule *r;

	for (unsigned n = 0; (r = rule_of(f, name, n)); n++) {
		segen_buf_puts(&b, n ? "; " : "");
		put_rule(&b, r);
	}
	snprintf(text, sizeof(text), "%s", b.len ? b.s : "none");
	return text;
}

/* The comment of the first rule that names @name, or NULL. */
static _unused_ const char *comment_of(const struct fixture *f, const char *name)
{
	const struct profile_rule *r = rule_of(f, name, 0);

	return r ? r->comment : NULL;
}

static _unused_ bool is_plain(const struct profile_rule *r)
{
	return r && r->action == SEGEN_ACT_ALLOW && !r->n_conds &&
	       gate_is_empty(&r->includes) && gate_is_empty(&r->excludes);
}

static _unused_ bool says(const struct profile_rule *r, const char *words)
{
	return r && r->comment && strstr(r->comment, words);
}

/* All warnings, one per line; valid until the next call. */
static _unused_ const char *warnings_of(const struct fixture *f)
{
	static char text[8192];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < f->report.n_warnings && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n",
				      f->report.warnings[i].text);
	return text;
}

static _unused_ bool warns(const struct fixture *f, const char *words)
{
	return strstr(warnings_of(f), words);
}

static _unused_ const struct judged *judged(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->report.n_calls; i++)
		if (f->report.calls[i].name && !strcmp(f->report.calls[i].name, name))
			return &f->report.calls[i];
	return NULL;
}

/* "gated open: CAP_SYS_CHROOT"; "masked, some refused"; valid until the next call. */
static _unused_ const char *class_of(const struct fixture *f, const char *name)
{
	static const char *const words[] = {"allowed", "gated", "masked", "refused",
					    "unknown"};
	static char text[256];
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	const struct judged *j = judged(f, name);

	if (!j)
		return NULL;
	segen_buf_puts(&b, words[j->class]);
	if (j->class == CLASS_GATED)
		segen_buf_puts(&b, j->gate_open ? ", open" : ", shut");
	if (j->some_refused)
		segen_buf_puts(&b, ", some refused");
	put_list(&b, ": ", j->gates.v, j->gates.n);
	snprintf(text, sizeof(text), "%s", b.s);
	return text;
}
