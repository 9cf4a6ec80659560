/* test-floor.c: what a profile gets for the runtime that nobody saw, and when. */
#include "facts/facts.h"
#include "helpers/generate-fixture.h"
#include "target/resolve.h"

#include "tap.h"

static void test_floor(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	f.policy.floor.runtime = FLOOR_ANY;
	run(&f);
	ok(says(rule_of(&f, "capset", 0), "runtime floor: runc >= 1.1 and crun >= 1.8"),
	   "the floor of both runtimes");
	ok(says(rule_of(&f, "setpgid", 0), "docker-init"), "and of docker-init");
	f.policy.floor.runtime = FLOOR_CRUN;
	f.policy.floor.no_init = true;
	run(&f);
	ok(rule_of(&f, "setresuid", 0) && !rule_of(&f, "setuid", 0) &&
		   !rule_of(&f, "setpgid", 0),
	   "the floor of one");
	f.policy.floor.runtime = FLOOR_RUNC;
	f.policy.floor.no_new_privs = true;
	run(&f);
	ok(rule_of(&f, "fstatfs", 0) && !rule_of(&f, "setuid", 0),
	   "the floor under no-new-privileges");
	f.policy.floor.runtime = FLOOR_NONE;
	run(&f);
	ok(!rule_of(&f, "fstatfs", 0), "no floor");
	stop(&f);
}

/* A floor or essential call that the base refuses does not come in by the back door. */
static void test_floor_refused(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	f.policy.floor.runtime = FLOOR_RUNC;
	gen_policy_calls(&f.policy.deny, "capset,restart_syscall", NULL);
	run(&f);
	ok(!rule_of(&f, "capset", 0) && warns(&f, "capset"), "a denied floor call warns");
	ok(!rule_of(&f, "restart_syscall", 0) && warns(&f, "restart_syscall"),
	   "a denied essential call warns");
	stop(&f);
}

/* --- traces of containers --------------------------------------------------------- */

/* A container, as it is recorded by its runtime; @call is made under the filter. */
static size_t add_container(struct fixture *f, const char *runtime, const char *call)
{
	size_t run;

	add_run(f, f->arch->name);
	run = f->t.n_runs - 1;
	f->t.runs[run]->observe = SEGEN_OBSERVE_CONTAINER;
	f->t.runs[run]->runtime = runtime ? xstrdup(runtime) : NULL;
	segen_call_seen(see_in(f, run, call, 0), run)->phases = SEGEN_PHASE_RUNTIME;
	return run;
}

/* Whether some rule's comment has @words in it. */
static bool has_comment(const struct fixture *f, const char *words)
{
	for (size_t i = 0; i < f->p.n_rules; i++)
		if (says(&f->p.rules[i], words))
			return true;
	return false;
}

static void test_recorded(void)
{
	struct fixture f;

	start(&f, "x86_64");
	f.policy.floor.runtime = FLOOR_AUTO;
	see(&f, "munmap");
	run(&f);
	ok(says(rule_of(&f, "pselect6", 0), "crun"),
	   "recorded outside: the floor of any runtime");
	add_container(&f, "runc", "capset");
	run(&f);
	ok(says(rule_of(&f, "capset", 0), "runtime:"),
	   "recorded by runc: the runtime's own calls say so");
	ok(says(rule_of(&f, "statx", 0), "runtime floor: runc >= 1.2"),
	   "recorded by runc: a newer runc's calls are there");
	ok(says(rule_of(&f, "sched_yield", 0), "now and then"),
	   "recorded by runc: what it calls now and then says so");
	ok(!has_comment(&f, "crun"), "recorded by runc: nothing is there for crun");
	ok(!has_comment(&f, "docker-init"), "recorded by runc: it had no docker-init");
	ok(says(rule_of(&f, "munmap", 0), "observed"),
	   "recorded by runc: what was observed says that");
	ok(!rule_of(&f, "munmap", 1), "recorded by runc: a call is in one rule");
	f.policy.floor.no_new_privs = true;
	run(&f);
	ok(rule_of(&f, "statx", 0), "no-new-privileges: what it needs is there");
	ok(!rule_of(&f, "setuid", 0), "no-new-privileges: what it does not need is not");
	f.policy.floor.no_new_privs = false;
	f.policy.floor.runtime = FLOOR_EXACT;
	run(&f);
	ok(rule_of(&f, "capset", 0), "exact: what was recorded is there");
	ok(!has_comment(&f, "runtime floor"), "exact: nothing else is");
	stop(&f);
}

static void take_from_base(struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->base.n_rules; i++) {
		struct profile_rule *r = &f->base.rules[i];

		for (size_t k = r->n_names; k-- > 0;) {
			if (strcmp(r->names[k], name) != 0)
				continue;
			free(r->names[k]);
			r->names[k] = r->names[--r->n_names];
		}
	}
}

static void test_recorded_refused(void)
{
	struct fixture f;

	start(&f, "x86_64");
	f.policy.floor.runtime = FLOOR_AUTO;
	see(&f, "read");
	add_container(&f, "runc", "sched_yield");
	gen_policy_calls(&f.policy.deny, "tgkill", NULL);
	run(&f);
	ok(!rule_of(&f, "tgkill", 0), "refused: what is denied is out");
	ok(warns(&f, "may not start"), "refused: there is a warning");
	ok(warns(&f, "tgkill"), "refused: the warning names the call");
	take_from_base(&f, "madvise");
	run(&f);
	ok(!rule_of(&f, "madvise", 0), "refused: the floor is never wider than the base");
	ok(warns(&f, "madvise"), "refused: by the base, with a warning");
	stop(&f);
}

static void test_recorded_asked(void)
{
	struct fixture f;

	start(&f, "x86_64");
	see(&f, "read");
	add_container(&f, "runc", "capset");
	f.policy.floor.runtime = FLOOR_NONE;
	run(&f);
	ok(!rule_of(&f, "sched_yield", 0), "asked for: --runtime=none adds nothing");
	f.policy.floor.runtime = FLOOR_CRUN;
	run(&f);
	ok(!rule_of(&f, "sched_yield", 0),
	   "asked for: --runtime=crun adds nothing of runc");
	ok(rule_of(&f, "pselect6", 0), "asked for: --runtime=crun adds crun's");
	stop(&f);
}

/* Which runtime it was decides, in each run that has its calls. */
static void test_recorded_by(void)
{
	static const struct {
		const char *runtime;
		const char *call, *other; /* that is there, that is not */
	} cases[] = {
		{"runc", "getppid", "pselect6"},
		{"crun", "pselect6", "getppid"},
		{NULL, "getppid", "pselect6"},
		{"crunc", "getppid", "pselect6"},
		{"nvidia-container-runtime", "getppid", "pselect6"},
	};
	struct fixture f;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *name = cases[i].runtime ?: "some runtime";

		start(&f, "x86_64");
		f.policy.floor.runtime = FLOOR_AUTO;
		see(&f, "read");
		add_container(&f, cases[i].runtime, "prctl");
		run(&f);
		ok(rule_of(&f, cases[i].call, 0), "recorded by %s: %s is there", name,
		   cases[i].call);
		ok(!rule_of(&f, cases[i].other, 0), "recorded by %s: %s is not", name,
		   cases[i].other);
		stop(&f);
	}
}

static void test_recorded_union(void)
{
	struct fixture f;
	size_t plain;

	start(&f, "x86_64");
	f.policy.floor.runtime = FLOOR_AUTO;
	see(&f, "read");
	plain = add_container(&f, "runc", "execve");
	f.t.runs[plain]->observe = SEGEN_OBSERVE_FREE;
	add_container(&f, "crun", "prctl");
	run(&f);
	ok(!rule_of(&f, "getppid", 0), "union: a start without a filter is not recorded");
	add_container(&f, "runc", "capset");
	run(&f);
	ok(rule_of(&f, "getppid", 0), "union: runc's floor, as one start was its");
	ok(rule_of(&f, "pselect6", 0), "union: crun's floor, as one start was its");
	stop(&f);
}

/* --- every version that was measured ---------------------------------------------- */

static const struct {
	enum floor_part part;
	const char *version;
} versions[] = {
	{PART_RUNC, "1.1.5"}, {PART_RUNC, "1.1.15"}, {PART_RUNC, "1.3.6"},
	{PART_CRUN, "1.8.1"}, {PART_CRUN, "1.21"},   {PART_CRUN, "1.28"},
};

static const struct {
	unsigned when;
	const char *word;
} modes[] = {
	{WHEN_RUN, "run"},
	{WHEN_EXEC, "exec"},
	{WHEN_RUN_NNP, "run with no-new-privileges"},
	{WHEN_EXEC_NNP, "exec with no-new-privileges"},
};

/* The resolved profile lets in every call of @version in mode @mode. */
static void holds(const struct fixture *f, size_t version, size_t mode)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	_cleanup_(segen_rules_done) struct segen_rules rules = {};
	const char *part = floor_part_name(versions[version].part);
	const uint64_t args[6] = {};

	if (!ok(resolve_rules(&f->p, &f->policy.target, false, &rules, NULL) == 0,
		"%s %s: the profile resolves", part, versions[version].version))
		return;
	floor_names(versions[version].part, versions[version].version,
		    modes[mode].when | WHEN_RARE, &names);
	ok(names.n, "%s %s, %s: there are calls", part, versions[version].version,
	   modes[mode].word);
	for (size_t i = 0; i < names.n; i++)
		ok(segen_verdict_lets(segen_rules_eval(
			   &rules, f->arch, segen_syscall_nr(f->arch, names.v[i]), args)),
		   "%s %s, %s: %s is let in", part, versions[version].version,
		   modes[mode].word, names.v[i]);
}

/* A profile of a start by one version holds under all of its runtime's. */
static void test_update(void)
{
	for (size_t v = 0; v < ARRAY_SIZE(versions); v++) {
		struct fixture f;

		start(&f, "x86_64");
		f.policy.floor.runtime = FLOOR_AUTO;
		see(&f, "read");
		add_container(&f, floor_part_name(versions[v].part), "execve");
		run(&f);
		for (size_t m = 0; m < ARRAY_SIZE(modes); m++)
			holds(&f, v, m);
		stop(&f);
	}
}

int main(void)
{
	test_floor();
	test_floor_refused();
	test_recorded();
	test_recorded_refused();
	test_recorded_asked();
	test_recorded_by();
	test_recorded_union();
	test_update();
	return done();
}
