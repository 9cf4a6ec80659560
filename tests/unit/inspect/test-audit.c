/* test-audit.c: what a profile exposes, and what of it was used. */
#include "helpers/generate-fixture.h"
#include "inspect/audit.h"
#include "profile/profile-io.h"
#include "tap.h"

static struct profile docker;

static void audit(const struct profile *p, const struct segen_trace *t,
		  const struct target *target, struct audit *ret)
{
	struct audit_input in = {
		.path = "p.json",
		.profile = p,
		.docker = &docker,
		.trace = t,
		.target = target,
	};
	struct segen_error err = {};

	if (audit_init(ret, &in, &err) < 0)
		printf("# %s\n", err.msg);
}

static void parse(const char *text, struct profile *p)
{
	profile_parse(text, strlen(text), "test", p, NULL, NULL);
}

static bool has_call(const struct audit_calls *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].name, name))
			return true;
	return false;
}

static void test_exposure(void)
{
	_cleanup_(profile_done) struct profile all = {}, one = {}, some = {};
	_cleanup_(target_done) struct target t = {};
	struct audit a, b, c, d;
	unsigned sum = 0;

	parse("{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[]}", &all);
	parse("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"bpf\","
	      "\"read\"],\"action\":\"SCMP_ACT_ALLOW\"}]}",
	      &one);
	parse("{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"socket\"],"
	      "\"action\":\"SCMP_ACT_ALLOW\",\"args\":[{\"index\":0,\"value\":1,"
	      "\"op\":\"SCMP_CMP_EQ\"}]}]}",
	      &some);
	target_init_default(&t);
	target_set_arch(&t, "amd64", NULL);
	audit(&all, NULL, &t, &a);
	ok(exposure_score(&a.own) == 10.0, "unconfined: 10 of 10");
	is_int((int)a.own.points, (int)a.unconfined.points, "unconfined: all points");
	for (unsigned r = 0; r < RISK_N; r++)
		sum += (unsigned)a.classes[r].all.n * risk_fact((enum risk)r)->weight;
	is_int((int)a.own.points, (int)sum,
	       "unconfined: every point is a call times the weight of its class");
	ok(exposure_score(&a.docker) > 1 && exposure_score(&a.docker) < 5,
	   "docker: between the two");
	ok(!segen_strset_has(&a.classes[RISK_ORDINARY].all, "tuxcall"),
	   "unconfined: what no kernel has exposes nothing");
	audit(&one, NULL, &t, &b);
	is_int((int)b.own.points,
	       (int)(risk_fact(RISK_KERNEL_CODE)->weight +
		     risk_fact(RISK_ORDINARY)->weight),
	       "two calls: their weights");
	ok(segen_strset_has(&b.classes[RISK_KERNEL_CODE].all, "bpf"),
	   "two calls: the dangerous one stands in its class");
	audit(&some, NULL, &t, &c);
	is_int((int)c.own.points, 1, "some arguments: count as an ordinary call");
	ok(segen_strset_has(&c.classes[RISK_EXPLOIT].some, "socket"),
	   "some arguments: stand in the class all the same");
	audit(&docker, NULL, &t, &d);
	is_int((int)d.own.points, (int)d.docker.points, "docker against itself: equal");
	ok(!d.traced, "without a trace: nothing is said of use");
	is_int((int)audit_findings(&d), 0, "without a trace: no findings");
	audit_done(&a);
	audit_done(&b);
	audit_done(&c);
	audit_done(&d);
}

static void test_use(void)
{
	static const char text[] =
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"syscalls\":[{\"names\":[\"read\","
		"\"ptrace\",\"kcmp\",\"mkdir\",\"chown\",\"sync\",\"exit_group\",\"capset\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"}]}";
	_cleanup_(profile_done) struct profile p = {};
	struct fixture f;
	struct audit a;
	struct segen_call *keyctl;
	_cleanup_free_ char *line = NULL;

	parse(text, &p);
	start(&f, "x86_64");
	see(&f, "read");
	see(&f, "ptrace");
	see(&f, "chown");
	see(&f, "getpid");
	see_in(&f, 0, "mkdir", EEXIST);
	see_in(&f, 0, "access", ENOENT);
	see(&f, "kcmp")->seen[0].phases = SEGEN_PHASE_RUNTIME;
	target_add_caps(&f.policy.target, "SYS_PTRACE", NULL);
	keyctl = see_in(&f, 0, "keyctl", EPERM);
	keyctl->seen[0].refused = 1;
	f.t.runs[0]->image = xstrdup("app");
	f.t.runs[0]->image_digest = xstrdup("sha256:12");
	audit(&p, &f.t, &f.policy.target, &a);
	is_int((int)a.n_used, 5, "use: what is let in and recorded");
	ok(segen_strset_has(&a.unused, "sync"), "use: sync is unused");
	is_int((int)a.unused.n, 1, "use: nothing else is");
	ok(segen_strset_has(&a.unseen, "exit_group"), "use: exit_group is essential");
	ok(segen_strset_has(&a.unseen, "capset"), "use: capset is a runtime's");
	ok(has_call(&a.risky, "ptrace"), "use: ptrace is risky");
	is_int((int)a.risky.n, 1,
	       "use: nothing else is risky, the runtime's kcmp neither");
	ok(has_call(&a.refused, "keyctl"), "use: keyctl was refused");
	ok(has_call(&a.missing, "getpid"), "use: getpid succeeded and is not let in");
	is_int((int)a.missing.n, 1, "use: what failed is not missed");
	ok(has_call(&a.probes, "mkdir"), "use: mkdir never succeeded");
	ok(segen_strset_has(&a.used, "CAP_CHOWN"), "capabilities: chown shows one");
	is_int((int)a.used.n, 1, "capabilities: ptrace of a child shows none");
	is_int((int)a.held.n, 15, "capabilities: the target's are held");
	line = audit_docker_run(&a);
	is_str(line,
	       "docker run --cap-drop=ALL --cap-add=CHOWN --security-opt seccomp=p.json "
	       "app@sha256:12",
	       "capabilities: the line that fits, with the image");
	a.path = "a b'c.json";
	free(line);
	line = audit_docker_run(&a);
	has_str(line, "--security-opt 'seccomp=a b'\\''c.json'",
		"capabilities: the line is safe in a shell");
	is_int((int)audit_findings(&a),
	       AUDIT_RISKY | AUDIT_UNUSED | AUDIT_REFUSED | AUDIT_NEW | AUDIT_UNSEEN,
	       "findings: all of them");
	audit_done(&a);
	stop(&f);
}

static void test_words(void)
{
	struct segen_error err = {};
	unsigned bits = 0;

	is_int(audit_findings_parse("new,risky", &bits, &err), 0, "words: a list");
	is_int((int)bits, AUDIT_NEW | AUDIT_RISKY, "words: its bits");
	is_int(audit_findings_parse("new,nosuch", &bits, &err), -EINVAL,
	       "words: an unknown one");
	has_str(err.msg, "'nosuch'", "words: it is named");
	ok(audit_findings_parse("", &bits, NULL) < 0, "words: an empty list");
}

int main(void)
{
	base_default(&docker);
	test_exposure();
	test_use();
	test_words();
	profile_done(&docker);
	return done();
}
