/* lint-start.c: rules on what runtimes and programs need to run at all. */
#include "inspect/lint-run.h"

#include "facts/start-fails.h"

#include <errno.h>
#include <string.h>

/* Calls that one runtime lacks. */
struct lacks {
	struct segen_strset names;
	struct segen_buf words;
};

static void lacks_done(struct lacks *l)
{
	segen_strset_done(&l->names);
	segen_buf_done(&l->words);
}

static void lack(struct lacks *l, const char *name, const char *says)
{
	if (!segen_strset_add(&l->names, name))
		return;
	segen_buf_printf(&l->words, "%s%s", l->words.len ? ", " : "", name);
	if (says)
		segen_buf_printf(&l->words, " (\"%s\")", says);
}

/* Refused calls that end the start of @part from version @since on. */
static void find_needed(const struct lint_run *run, enum floor_part part,
			const char *since, unsigned when, struct lacks *ret)
{
	size_t n;
	const struct start_fact *f = start_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].part == part && !strcmp(f[i].since, since) &&
		    (f[i].when & when) && lint_refused(run, f[i].name))
			lack(ret, f[i].name, f[i].says);
}

/* Versions of a runtime. */
struct range {
	const char *since, *until; /* NULL: to this day */
};

static bool same_range(const struct range *r, const char *since, const char *until)
{
	if (strcmp(r->since, since) != 0)
		return false;
	return r->until && until ? !strcmp(r->until, until) : r->until == until;
}

/* Where a refusal kills, every call that is made is needed. */
static void find_killed(const struct lint_run *run, enum floor_part part,
			const struct range *range, unsigned when, struct lacks *ret)
{
	size_t n;
	const struct floor_fact *f = floor_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].part == part && same_range(range, f[i].since, f[i].until) &&
		    (f[i].when & when) && !(f[i].when & WHEN_RARE) &&
		    lint_refused(run, f[i].name) &&
		    lint_kills(view_reply_name(&run->view, f[i].name).verdict))
			lack(ret, f[i].name, "killed");
}

static void report_start(struct lint_run *run, const struct lint_rule *rule,
			 enum floor_part part, const struct range *range, struct lacks *l)
{
	struct finding *f;

	if (!l->names.n)
		return;
	f = lint_add(run, rule, "$.syscalls",
		     "%s %s and %s%s cannot start a container%s: it is refused %s",
		     floor_part_name(part), range->since,
		     range->until ? "newer, before " : "newer",
		     range->until ? range->until : "",
		     run->o->no_new_privs ? " with no-new-privileges" : "", l->words.s);
	f->fix = xstrdup("allow them; segen lint --fix does");
	f->repair = (struct repair){
		.kind = REPAIR_ALLOW,
		.comment = xasprintf("%s needs them to start a container",
				     floor_part_name(part)),
		.names = l->names,
	};
	l->names = (struct segen_strset){};
}

struct ranges {
	struct range v[32];
	size_t n;
};

static void add_range(struct ranges *r, const char *since, const char *until)
{
	for (size_t i = 0; i < r->n; i++)
		if (same_range(&r->v[i], since, until))
			return;
	if (r->n < ARRAY_SIZE(r->v))
		r->v[r->n++] = (struct range){since, until};
}

/* The versions that rows name, each once. */
static void versions(enum floor_part part, struct ranges *ret)
{
	size_t n;
	const struct start_fact *s = start_facts(&n);
	const struct floor_fact *f;

	for (size_t i = 0; i < n; i++)
		if (s[i].part == part)
			add_range(ret, s[i].since, NULL);
	f = floor_facts(&n);
	for (size_t i = 0; i < n; i++)
		if (f[i].part == part)
			add_range(ret, f[i].since, f[i].until);
}

void lint_allows_nothing(struct lint_run *run, const struct lint_rule *rule)
{
	if (!lint_lets_any(run))
		lint_add(run, rule, "$.syscalls",
			 "no call is allowed on %s: no container can start",
			 run->o->target->arch->name);
}

static void check_part(struct lint_run *run, const struct lint_rule *rule,
		       enum floor_part part)
{
	unsigned when = run->o->no_new_privs ? WHEN_RUN_NNP : WHEN_RUN;
	struct ranges ranges = {};

	versions(part, &ranges);
	for (size_t i = 0; i < ranges.n; i++) {
		_cleanup_(lacks_done) struct lacks l = {};

		if (!ranges.v[i].until)
			find_needed(run, part, ranges.v[i].since, when, &l);
		find_killed(run, part, &ranges.v[i], when, &l);
		report_start(run, rule, part, &ranges.v[i], &l);
	}
}

void lint_start(struct lint_run *run, const struct lint_rule *rule)
{
	if (!lint_lets_any(run))
		return;
	for (unsigned part = PART_RUNC; part <= PART_CRUN; part++)
		if (run->o->parts & 1u << part)
			check_part(run, rule, (enum floor_part)part);
}

static bool is_needed_to_start(const char *name, enum floor_part part, unsigned when)
{
	size_t n;
	const struct start_fact *f = start_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].part == part && (f[i].when & when) && !strcmp(f[i].name, name))
			return true;
	return false;
}

void lint_exec(struct lint_run *run, const struct lint_rule *rule)
{
	unsigned run_when = run->o->no_new_privs ? WHEN_RUN_NNP : WHEN_RUN;
	unsigned when = run->o->no_new_privs ? WHEN_EXEC_NNP : WHEN_EXEC;

	for (unsigned part = PART_RUNC; lint_lets_any(run) && part <= PART_CRUN; part++) {
		_cleanup_(segen_strset_done) struct segen_strset names = {}, start = {};
		_cleanup_(lacks_done) struct lacks l = {};
		struct finding *found;

		if (!(run->o->parts & 1u << part))
			continue;
		floor_names((enum floor_part)part, NULL, when, &names);
		floor_names((enum floor_part)part, NULL, run_when, &start);
		for (size_t i = 0; i < names.n; i++)
			if (!segen_strset_has(&start, names.v[i]) &&
			    !is_needed_to_start(names.v[i], (enum floor_part)part,
						run_when) &&
			    lint_refused(run, names.v[i]))
				lack(&l, names.v[i], NULL);
		if (!l.names.n)
			continue;
		found = lint_add(run, rule, "$.syscalls",
				 "%s makes calls in exec that are refused: %s",
				 floor_part_name((enum floor_part)part), l.words.s);
		found->fix = xstrdup("allow them if docker exec or health checks are "
				     "used");
	}
}

/* Without which programs end at once, or never. */
static const struct {
	const char *name, *says;
	enum lint_level level;
} essentials[] = {
	{"exit_group", "a process that tries to exit loops forever", LINT_ERROR},
	{"rt_sigreturn", "a signal handler ends in a crash, runc's own included",
	 LINT_ERROR},
	{"exit", "a thread cannot end", LINT_WARNING},
	{"restart_syscall", "a call interrupted by SIGSTOP fails", LINT_WARNING},
	{"arch_prctl", "a glibc or musl program ends at once with status 127",
	 LINT_WARNING},
	{"execve", "no program can be started", LINT_ERROR},
};

void lint_essential(struct lint_run *run, const struct lint_rule *rule)
{
	for (size_t i = 0; lint_lets_any(run) && i < ARRAY_SIZE(essentials); i++) {
		struct finding *f;

		if (!lint_refused(run, essentials[i].name))
			continue;
		f = lint_add(run, rule, "$.syscalls", "%s is refused: %s",
			     essentials[i].name, essentials[i].says);
		f->level = essentials[i].level;
		f->fix = xasprintf("allow %s", essentials[i].name);
		f->repair.kind = REPAIR_ALLOW;
		f->repair.comment = xstrdup("any program may need it");
		segen_strset_add(&f->repair.names, essentials[i].name);
	}
}

void lint_fork(struct lint_run *run, const struct lint_rule *rule)
{
	static const char *const names[] = {"clone", "clone3", "fork", "vfork"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!lint_lets_none(run, names[i]))
			return;
	if (lint_lets_any(run))
		lint_add(
			run, rule, "$.syscalls",
			"clone, clone3, fork and vfork are refused: no process or thread "
			"can be created");
}
