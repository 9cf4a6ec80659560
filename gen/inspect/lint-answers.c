/* lint-answers.c: rules on what a profile answers: too much, or in the wrong way. */
#include "inspect/lint-run.h"

#include "facts/call-facts.h"

#include <errno.h>
#include <string.h>

/* Classes from which on a call is worth a warning. */
#define DANGEROUS 10

/* --- refusals ------------------------------------------------------------------------
 */

/* Calls for which a libc itself has a fallback. */
static bool is_libc_probe(const struct probe_fact *f)
{
	return strstr(f->fallback, "glibc") || strstr(f->fallback, "musl");
}

void lint_enosys(struct lint_run *run, const struct lint_rule *rule)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	size_t n;
	const struct probe_fact *f = probe_facts(&n);
	struct finding *found;

	for (size_t i = 0; i < n; i++) {
		struct segen_verdict v = view_reply_name(&run->view, f[i].name).verdict;

		if (is_libc_probe(&f[i]) && lint_refused(run, f[i].name) &&
		    v.action == SEGEN_ACT_ERRNO && v.err != ENOSYS)
			segen_strset_add(&names, f[i].name);
	}
	if (!names.n || !lint_lets_any(run))
		return;
	lint_list(&b, &names);
	found = lint_add(run, rule, "$.syscalls", "not answered with ENOSYS: %s", b.s);
	found->fix = xstrdup("a rule with SCMP_ACT_ERRNO and errnoRet 38 for them");
	found->repair = (struct repair){.kind = REPAIR_ENOSYS, .names = names};
	names = (struct segen_strset){};
}

void lint_probe_killed(struct lint_run *run, const struct lint_rule *rule)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	size_t n;
	const struct probe_fact *f = probe_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (lint_refused(run, f[i].name) &&
		    lint_kills(view_reply_name(&run->view, f[i].name).verdict))
			segen_strset_add(&names, f[i].name);
	lint_list(&b, &names);
	if (names.n)
		lint_add(run, rule, "$.syscalls",
			 "killed where ENOSYS would make the program go on: %s", b.s)
			->fix =
			xstrdup("answer them with SCMP_ACT_ERRNO and errnoRet 38");
}

/* --- what is let in ------------------------------------------------------------------
 */

static void danger_of_class(struct lint_run *run, const struct lint_rule *rule,
			    enum risk risk)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	size_t n;
	const struct call_fact *f = call_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].risk == risk && lint_exists(run, f[i].name) &&
		    lint_lets_all(run, f[i].name) &&
		    view_reply_name(&run->docker_view, f[i].name).lets != LETS_ALL)
			segen_strset_add(&names, f[i].name);
	lint_list(&b, &names);
	if (names.n)
		lint_add(run, rule, "$.syscalls", "%s: can %s: %s", risk_fact(risk)->word,
			 risk_fact(risk)->what, b.s)
			->fix =
			xstrdup("leave them out, or behind a capability that only "
				"some containers have (segen gen --tie)");
}

void lint_danger(struct lint_run *run, const struct lint_rule *rule)
{
	if (segen_verdict_lets(run->view.rules.def))
		return; /* SG013 says it all */
	for (unsigned r = 0; r < RISK_N; r++)
		if (risk_fact((enum risk)r)->weight >= DANGEROUS)
			danger_of_class(run, rule, (enum risk)r);
}

void lint_default_allow(struct lint_run *run, const struct lint_rule *rule)
{
	if (segen_verdict_lets(run->view.rules.def))
		lint_add(run, rule, "$.defaultAction",
			 "the default allows everything that no rule refuses")
			->fix =
			xstrdup("allow only what is needed: segen trace, segen gen");
}

void lint_io_uring(struct lint_run *run, const struct lint_rule *rule)
{
	if (lint_exists(run, "io_uring_setup") &&
	    view_reply_name(&run->view, "io_uring_setup").lets != LETS_NONE &&
	    !segen_verdict_lets(run->view.rules.def))
		lint_add(
			run, rule, "$.syscalls",
			"io_uring_setup is allowed: files and sockets used through it bypass the filter")
			->fix =
			xstrdup("answer io_uring_* with ENOSYS; programs fall back");
}

/* --- refusals that another call undoes ------------------------------------------------
 */

/* A rule or a gate speaks of it: its refusal is meant. */
static bool is_closed(const struct lint_run *run, const char *name)
{
	bool gated = false;

	if (!lint_refused(run, name))
		return false;
	for (size_t i = 0; i < run->p->n_rules; i++) {
		const struct profile_rule *r = &run->p->rules[i];

		if (!profile_rule_has(r, name))
			continue;
		gated |= r->action == SEGEN_ACT_ALLOW && r->includes.n_caps;
		gated |= r->action == SEGEN_ACT_ERRNO && profile_rule_errno(r) != ENOSYS;
		gated |= r->action == SEGEN_ACT_KILL_PROCESS ||
			 r->action == SEGEN_ACT_KILL_THREAD;
	}
	return gated;
}

/* Half of the calls for a job are gone that Docker's profile has. */
static bool was_taken_out(const struct lint_run *run, const char *name)
{
	return lint_refused(run, name) &&
	       view_reply_name(&run->docker_view, name).lets == LETS_ALL &&
	       call_risk(name) == RISK_ORDINARY;
}

/* Calls that are new enough to have been forgotten. */
static bool is_latecomer(const char *name)
{
	return !strcmp(name, "fchmodat2") || !strcmp(name, "openat2") ||
	       !strcmp(name, "clone3") || !strcmp(name, "execveat") ||
	       !strcmp(name, "faccessat2");
}

/* All other calls of the job, which Docker's profile has, are refused. */
static bool all_others_out(const struct lint_run *run, const struct job_fact *f, size_t n,
			   size_t at)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (i == at || f[i].part || strcmp(f[i].job, f[at].job) != 0 ||
		    !lint_exists(run, f[i].name))
			continue;
		if (!lint_lets_none(run, f[i].name))
			return false;
		out += was_taken_out(run, f[i].name);
	}
	return out > 1;
}

static void undone(struct lint_run *run, const struct lint_rule *rule,
		   const struct job_fact *open, const struct segen_strset *closed)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	lint_list(&b, closed);
	lint_add(run, rule, "$.syscalls", "%s can %s, which %s %s refused for",
		 open->name, open->job, b.s, closed->n > 1 ? "are" : "is")
		->fix = xasprintf("refuse %s, too", open->name);
}

/* A condition on arguments that a call without it gets around. */
static void check_masked(struct lint_run *run, const struct lint_rule *rule,
			 const char *masked, const char *open)
{
	if (view_reply_name(&run->view, masked).lets == LETS_SOME &&
	    lint_exists(run, open) && lint_lets_all(run, open))
		lint_add(run, rule, "$.syscalls",
			 "%s is allowed for some arguments only, but %s for all", masked,
			 open)
			->fix = xasprintf("answer %s with ENOSYS", open);
}

/* Calls for the job of f[at] whose refusal is meant, or was when f[at] did not exist. */
static void check_open(struct lint_run *run, const struct lint_rule *rule,
		       const struct job_fact *f, size_t n, size_t at)
{
	_cleanup_(segen_strset_done) struct segen_strset closed = {};
	bool forgotten = is_latecomer(f[at].name) && all_others_out(run, f, n, at);

	for (size_t k = 0; k < n; k++) {
		if (k == at || f[k].part || strcmp(f[k].job, f[at].job) != 0)
			continue;
		if (forgotten && was_taken_out(run, f[k].name))
			segen_strset_add(&closed, f[k].name);
		if (is_closed(run, f[k].name) &&
		    call_risk(f[at].name) >= call_risk(f[k].name))
			segen_strset_add(&closed, f[k].name);
	}
	if (closed.n)
		undone(run, rule, &f[at], &closed);
}

void lint_twin(struct lint_run *run, const struct lint_rule *rule)
{
	size_t n;
	const struct job_fact *f = job_facts(&n);

	check_masked(run, rule, "clone", "clone3");
	check_masked(run, rule, "socket", "socketcall");
	for (size_t i = 0; i < n; i++)
		if (!f[i].part && lint_exists(run, f[i].name) &&
		    lint_lets_all(run, f[i].name))
			check_open(run, rule, f, n, i);
}
