/* test-why.c: why a call is in a profile, from profiles and traces. */
#include "helpers/generate-fixture.h"
#include "inspect/why.h"
#include "profile/profile-io.h"
#include "tap.h"

static struct profile docker;

static void ask(const char *name, const struct profile *p, const struct segen_trace *t,
		const struct target *target, struct why *ret)
{
	_cleanup_(view_done) struct view base = {};
	struct why_profile_in pin = {.path = "p.json"};
	struct why_input in = {
		.profiles = &pin,
		.n_profiles = p ? 1 : 0,
		.trace = t,
		.target = target,
		.docker = &base,
	};
	struct segen_error err = {};

	view_init(&base, &docker, target, NULL);
	view_init(&pin.view, p, target, NULL);
	if (why_init(ret, name, &in, &err) < 0)
		printf("# %s\n", err.msg);
	view_done(&pin.view);
}

/* Observed, essential, of the runtime: a profile says it by itself. */
static void test_generated(void)
{
	struct fixture f;
	struct why w;
	bool all = true;

	start(&f, "x86_64");
	f.policy.floor.runtime = FLOOR_ANY;
	see(&f, "read");
	see_in(&f, 0, "mkdir", EEXIST);
	generate(&f.t, &f.base, &f.policy, &f.p, &f.report, &f.err);

	ask("read", &f.p, &f.t, &f.policy.target, &w);
	is_str(w.profiles[0].reason, "observed", "observed: the comment is the reason");
	is_int((int)w.profiles[0].reply.lets, LETS_ALL, "observed: it is let in");
	is_int((int)w.n_seen, 1, "observed: the trace has it");
	ok(segen_strset_has(&w.seen[0].outcomes, "success"), "observed: how it ended");
	why_done(&w);

	ask("mkdir", &f.p, &f.t, &f.policy.target, &w);
	ok(w.seen[0].probe, "mkdir: never succeeded");
	has_str(w.remove.v[0], "--drop-probes", "mkdir: the option that leaves it out");
	why_done(&w);

	ask("exit_group", &f.p, &f.t, &f.policy.target, &w);
	has_str(w.profiles[0].reason, "essential", "exit_group: is essential");
	is_int((int)w.remove.n, 0, "exit_group: nothing is offered to leave it out");
	why_done(&w);

	ask("capset", &f.p, &f.t, &f.policy.target, &w);
	has_str(w.profiles[0].reason, "runtime floor", "capset: a runtime needs it");
	has_str(w.remove.v[0], "--runtime", "capset: the option that leaves it out");
	why_done(&w);

	for (size_t i = 0; i < f.p.n_rules; i++)
		for (size_t k = 0; k < f.p.rules[i].n_names; k++) {
			ask(f.p.rules[i].names[k], &f.p, &f.t, &f.policy.target, &w);
			all &= w.found && w.profiles[0].reason && *w.profiles[0].reason;
			why_done(&w);
		}
	ok(all, "generated: every name has a reason");
	stop(&f);
}

/* A profile without comments: the reason is what asks for the call. */
static void test_by_hand(void)
{
	static const char text[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":"
		"[\"read\",\"capset\",\"exit_group\",\"bpf\",\"keyctl\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"},{\"names\":[\"socket\"],"
		"\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":1,"
		"\"op\":\"SCMP_CMP_EQ\"}]}]}";
	static const struct {
		const char *name, *reason;
	} want[] = {
		{"read", "runtime"},	       {"capset", "runtime"},
		{"exit_group", "essential"},   {"bpf", "other containers"},
		{"keyctl", "author's choice"}, {"socket", "as well"},
	};
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_(target_done) struct target t = {};
	struct why w;

	profile_parse(text, strlen(text), "test", &p, NULL, NULL);
	target_init_default(&t);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		ask(want[i].name, &p, NULL, &t, &w);
		has_str(w.profiles[0].reason, want[i].reason, "by hand: why %s",
			want[i].name);
		why_done(&w);
	}
	ask("socket", &p, NULL, &t, &w);
	is_int((int)w.profiles[0].reply.lets, LETS_SOME, "socket: for some arguments");
	is_str(w.profiles[0].rules[0].conds, "AF_UNIX", "socket: which, in words");
	why_done(&w);
	ask("write", &p, NULL, &t, &w);
	ok(!w.found, "write: is in none of the files");
	ok(!w.profiles[0].reason, "write: what is not in it has no reason");
	is_str(w.profiles[0].answer, "refused (EPERM)", "write: the answer");
	why_done(&w);
}

/* Of two rules with comments that of the one that applies is the reason. */
static void test_applies(void)
{
	static const char text[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"bpf\"],"
		"\"action\":\"SCMP_ACT_ALLOW\",\"comment\":\"for others\",\"includes\":"
		"{\"caps\":[\"CAP_BPF\"]}},{\"names\":[\"bpf\"],\"action\":"
		"\"SCMP_ACT_ALLOW\",\"comment\":\"for all\"}]}";
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_(target_done) struct target t = {};
	struct why w;

	profile_parse(text, strlen(text), "test", &p, NULL, NULL);
	target_init_default(&t);
	ask("bpf", &p, NULL, &t, &w);
	is_str(w.profiles[0].reason, "for all", "applies: the reason is that rule's");
	is_int((int)w.profiles[0].n_rules, 2, "applies: both rules are shown");
	ok(!w.profiles[0].rules[0].applies, "applies: the other one does not");
	is_str(w.profiles[0].rules[0].gates, "with CAP_BPF", "applies: under which gate");
	why_done(&w);
}

/* One of two runs made it. */
static void test_runs(void)
{
	struct fixture f;
	struct why w;

	start(&f, "x86_64");
	add_run(&f, "x86_64");
	see(&f, "read");
	see_in(&f, 1, "read", 0);
	see_in(&f, 1, "mkdir", 0);
	ask("mkdir", &f.base, &f.t, &f.policy.target, &w);
	is_int((int)w.seen[0].n_runs, 1, "runs: in how many it was seen");
	has_str(w.remove.v[0], "--min-runs 2", "runs: the option that leaves it out");
	why_done(&w);
	ask("read", &f.base, &f.t, &f.policy.target, &w);
	is_int((int)w.seen[0].n_runs, 2, "runs: both made the other");
	has_str(w.remove.v[0], "--deny read", "runs: which only --deny leaves out");
	why_done(&w);
	stop(&f);
}

int main(void)
{
	base_default(&docker);
	test_applies();
	test_runs();
	test_generated();
	test_by_hand();
	profile_done(&docker);
	return done();
}
