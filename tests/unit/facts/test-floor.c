/* test-floor.c: what a profile gets for the runtime that nobody saw, and when. */
#include "helpers/generate-fixture.h"

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

/* How many rules, and how many calls of them, have a comment with @words in it. */
static size_t count_names(const struct fixture *f, const char *words, size_t *ret_rules)
{
	size_t n = 0;

	*ret_rules = 0;
	for (size_t i = 0; i < f->p.n_rules; i++) {
		if (!says(&f->p.rules[i], words))
			continue;
		n += f->p.rules[i].n_names;
		(*ret_rules)++;
	}
	return n;
}

static bool has_no_floor(const struct fixture *f)
{
	size_t floor, init;

	count_names(f, "runtime floor", &floor);
	count_names(f, "docker-init", &init);
	return !floor && !init;
}

static bool has_timing(const struct fixture *f)
{
	return says(rule_of(f, "sched_yield", 0), "runtime timing: runc's Go runtime");
}

static void test_recorded(void)
{
	struct fixture f;
	size_t rules;

	start(&f, "x86_64");
	f.policy.floor.runtime = FLOOR_AUTO;
	see(&f, "munmap");
	run(&f);
	ok(rule_of(&f, "fstatfs", 0), "the floor is added to what was seen outside");
	add_container(&f, "runc", "capset");
	run(&f);
	ok(has_no_floor(&f) && !rule_of(&f, "fstatfs", 0),
	   "not to what a runtime recorded");
	ok(says(rule_of(&f, "capset", 0), "runtime:"), "the runtime's own calls say so");
	ok(has_timing(&f), "what runc happens to call now and then is added");
	ok(count_names(&f, "runtime timing", &rules) == 9 && rules == 1,
	   "all of it in one rule");
	ok(says(rule_of(&f, "munmap", 0), "observed") && !rule_of(&f, "munmap", 1) &&
		   says(rule_of(&f, "rt_sigreturn", 0), "essential") &&
		   !rule_of(&f, "rt_sigreturn", 1),
	   "but not what is there already");
	f.policy.floor.no_new_privs = true;
	run(&f);
	ok(has_timing(&f) && has_no_floor(&f), "under no-new-privileges as well");
	stop(&f);
}

static void take_from_base(struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->base.n_rules; i++) {
		struct profile_rule *r = &f->base.rules[i];

		/* The names are the table's. */
		for (size_t k = r->n_names; k-- > 0;)
			if (!strcmp(r->names[k], name))
				r->names[k] = r->names[--r->n_names];
	}
}

static void test_recorded_timing(void)
{
	struct fixture f;

	start(&f, "x86_64");
	f.policy.floor.runtime = FLOOR_AUTO;
	see(&f, "read");
	add_container(&f, "runc", "sched_yield");
	run(&f);
	ok(says(rule_of(&f, "sched_yield", 0), "runtime: recorded") &&
		   !rule_of(&f, "sched_yield", 1) &&
		   says(rule_of(&f, "tgkill", 0), "runtime timing"),
	   "timing: what was recorded is that");
	gen_policy_calls(&f.policy.deny, "tgkill", NULL);
	run(&f);
	ok(!rule_of(&f, "tgkill", 0) && warns(&f, "may not start") && warns(&f, "tgkill"),
	   "timing: what is denied is out, with a warning");
	take_from_base(&f, "madvise");
	run(&f);
	ok(!rule_of(&f, "madvise", 0) && warns(&f, "madvise"),
	   "timing: it is never wider than the base");
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
	ok(!rule_of(&f, "sched_yield", 0), "--runtime=none leaves timing out");
	f.policy.floor.runtime = FLOOR_CRUN;
	run(&f);
	ok(!rule_of(&f, "sched_yield", 0) && rule_of(&f, "pselect6", 0),
	   "--runtime=crun does, for the floor of crun");
	f.policy.floor.runtime = FLOOR_RUNC;
	run(&f);
	ok(says(rule_of(&f, "sched_yield", 0), "runtime floor"),
	   "--runtime=runc has it in the floor");
	stop(&f);
}

/* Which runtime it was decides, in each run that has its calls. */
static void test_recorded_by(void)
{
	static const struct {
		const char *runtime;
		bool timing;
	} cases[] = {
		{"runc", true},
		{"crun", false},
		{NULL, true},
		{"crunc", true},
		{"nvidia-container-runtime", true},
	};
	struct fixture f;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		start(&f, "x86_64");
		f.policy.floor.runtime = FLOOR_AUTO;
		see(&f, "read");
		add_container(&f, cases[i].runtime, "prctl");
		run(&f);
		ok(has_timing(&f) == cases[i].timing && has_no_floor(&f),
		   "recorded by %s: %s", cases[i].runtime ?: "some runtime",
		   cases[i].timing ? "timing" : "nothing is added");
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
	run(&f);
	ok(says(rule_of(&f, "sched_yield", 0), "runtime floor"),
	   "union: without a filter no start was recorded");
	add_container(&f, "crun", "prctl");
	run(&f);
	ok(!rule_of(&f, "sched_yield", 0) && has_no_floor(&f),
	   "union: the one start that was recorded is crun's");
	add_container(&f, "runc", "capset");
	add_container(&f, "crun", "prctl");
	run(&f);
	ok(has_timing(&f) && has_no_floor(&f), "union: one of several is runc's");
	see_in(&f, plain, "sched_yield", 0);
	run(&f);
	ok(says(rule_of(&f, "sched_yield", 0), "observed in 1 of 5 runs") &&
		   !rule_of(&f, "sched_yield", 1),
	   "union: what any of them has seen is observed");
	stop(&f);
}

static void test_recorded_elsewhere(void)
{
	struct fixture f;

	start(&f, "x86_64");
	f.policy.floor.runtime = FLOOR_AUTO;
	see(&f, "read");
	add_container(&f, "runc", "capset");
	gen_policy_arches(&f.policy, "amd64,arm64", NULL);
	run(&f);
	ok(is_plain(rule_of(&f, "sched_yield", 0)) && has_timing(&f) && has_no_floor(&f),
	   "timing: for two architectures");
	stop(&f);
}

int main(void)
{
	test_floor();
	test_floor_refused();
	test_recorded();
	test_recorded_timing();
	test_recorded_asked();
	test_recorded_by();
	test_recorded_union();
	test_recorded_elsewhere();
	return done();
}
