/*
 * generate-fixture.h: observations, a base and a policy for the tests of generate(), and
 * words to look at what comes out.
 */
#pragma once

#include "profile/base.h"
#include "generate/generate.h"

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

static _unused_ bool is_plain(const struct profile_rule *r)
{
	return r && r->action == SEGEN_ACT_ALLOW && !r->n_conds &&
	       gate_is_empty(&r->includes) && gate_is_empty(&r->excludes);
}

static _unused_ bool is_gated(const struct profile_rule *r, const char *cap)
{
	return r && r->action == SEGEN_ACT_ALLOW && r->includes.n_caps == 1 &&
	       !strcmp(r->includes.caps[0], cap);
}

static _unused_ bool is_refused(const struct profile_rule *r, int err)
{
	return r && r->action == SEGEN_ACT_ERRNO && profile_rule_errno(r) == err;
}

static _unused_ bool is_eq(const struct profile_rule *r, uint64_t value)
{
	return r && r->action == SEGEN_ACT_ALLOW && r->n_conds == 1 &&
	       r->conds[0].op == SEGEN_CMP_EQ && r->conds[0].value == value;
}

static _unused_ bool says(const struct profile_rule *r, const char *words)
{
	return r && r->comment && strstr(r->comment, words);
}

static _unused_ bool warns(const struct fixture *f, const char *words)
{
	for (size_t i = 0; i < f->report.n_warnings; i++)
		if (strstr(f->report.warnings[i].text, words))
			return true;
	return false;
}

static _unused_ const struct judged *judged(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->report.n_calls; i++)
		if (f->report.calls[i].name && !strcmp(f->report.calls[i].name, name))
			return &f->report.calls[i];
	return NULL;
}

static _unused_ bool is_class(const struct fixture *f, const char *name,
			      enum call_class class)
{
	const struct judged *j = judged(f, name);

	return j && j->class == class;
}
