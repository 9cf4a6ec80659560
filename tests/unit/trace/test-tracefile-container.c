/* test-tracefile-container.c: what traces keep of containers, and what follows from it.
 */
#include <segen/tracefile.h>

#include "target/target.h"
#include "tests/tap.h"

#include <errno.h>
#include <string.h>

#define ID_A "000000010000000000000000"
#define ID_B "000000020000000000000000"
#define PROFILE "{\"defaultAction\":\"SCMP_ACT_ERRNO\"}"

static struct segen_run *add_container(struct segen_trace *t, const char *id,
				       const char *cap, const char *profile)
{
	size_t index = segen_trace_run(t, id);
	struct segen_run *run = t->runs[index];

	run->container.known = true;
	if (cap)
		segen_strset_add(&run->caps, cap);
	if (profile)
		run->container.profile = xstrdup(profile);
	return run;
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void test_round_trip(void)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {}, read = {};
	_cleanup_(segen_buf_done) struct segen_buf once = {}, twice = {};
	struct segen_run *a = add_container(&t, ID_A, "CAP_KILL", PROFILE);
	struct segen_error err = {};

	segen_strset_add(&a->container.effective, "CAP_KILL");
	a->container.no_new_privs = true;
	a->container.namespace = xstrdup("shop");
	a->container.pod = xstrdup("web-1");
	a->container.name = xstrdup("nginx");
	a->runtime = xstrdup("crun");
	add_container(&t, ID_B, NULL, PROFILE);
	segen_tracefile_format(&t, &once);
	ok(segen_tracefile_parse(once.s, once.len, "t", &read, &err) == 0, "read: %s",
	   err.msg);
	segen_tracefile_format(&read, &twice);
	ok(once.len == twice.len && !memcmp(once.s, twice.s, once.len),
	   "it comes back byte for byte");
	is_str(read.runs[0]->container.namespace, "shop",
	       "run in a pod: the namespace is kept");
	is_str(read.runs[0]->container.pod, "web-1",
	       "run in a pod: the pod's name is kept");
	is_str(read.runs[0]->container.name, "nginx",
	       "run in a pod: the container's name is kept");
	ok(read.n_runs == 2 && read.runs[0]->container.no_new_privs &&
		   segen_strset_has(&read.runs[0]->container.effective, "CAP_KILL"),
	   "with its facts");
	ok(read.runs[0]->runtime && !strcmp(read.runs[0]->runtime, "crun") &&
		   !read.runs[1]->runtime,
	   "and its runtime, where that is known");
	ok(read.runs[1]->container.known && !read.runs[1]->caps.n &&
		   strstr(once.s, "\"caps\": []"),
	   "no capability is something else than not known");
	ok(read.runs[1]->container.profile &&
		   !strcmp(read.runs[1]->container.profile, PROFILE) &&
		   count_of(once.s, PROFILE) == 1,
	   "two runs share a profile");
}

static int parse(const char *runs, const char *rest, struct segen_trace *t,
		 struct segen_error *err)
{
	_cleanup_free_ char *text =
		xasprintf("{\"segen-trace\": 1%s, \"runs\": [{\"id\": \"" ID_A
			  "\"%s}], \"calls\": {}}",
			  rest, runs);

	return segen_tracefile_parse(text, strlen(text), "t", t, err);
}

static void test_reading(void)
{
	static const struct {
		const char *runs, *rest, *words;
	} bad[] = {
		{", \"container\": {\"profile\": \"x\"}", "", "not in 'profiles'"},
		{"", ", \"profiles\": {\"x\": 1}", "not an object"},
		{"", ", \"profiles\": {\"x\": {}, \"x\": {}}", "appears twice"},
		{", \"container\": {\"no-new-privs\": 1}", "", "no-new-privs"},
		{", \"container\": []", "", "container"},
	};
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	struct segen_error err = {};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(parse(bad[i].runs, bad[i].rest, &t, &err) == -EINVAL &&
			   strstr(err.msg, bad[i].words),
		   "refused: %s", err.msg);
	ok(parse(", \"container\": {\"profile\": \"x\"}",
		 ", \"profiles\": {\"x\": { \"a\" : [1, {}] }}", &t, &err) == 0 &&
		   t.runs[0]->container.profile,
	   "profiles may come first");
}

static void test_target(void)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	_cleanup_(target_done) struct target target = {}, told = {}, other = {};

	target_init_default(&target);
	target_init_default(&told);
	target_init_default(&other);
	ok(!target_from_trace(&target, &t), "no container: the default target");
	add_container(&t, ID_A, "CAP_SYS_TIME", NULL);
	ok(target_from_trace(&target, &t) && target.caps.n == 1 &&
		   segen_strset_has(&target.caps, "CAP_SYS_TIME"),
	   "the target has the capabilities of the container");
	target_add_caps(&told, "BPF", NULL);
	ok(!target_from_trace(&told, &t), "unless somebody says which");
	add_container(&t, ID_B, NULL, NULL);
	ok(!target_from_trace(&other, &t), "or the containers do not agree");
}

static void test_merge(void)
{
	_cleanup_(segen_trace_done) struct segen_trace a = {}, b = {};

	segen_trace_run(&a, ID_A);
	add_container(&b, ID_A, NULL, PROFILE)->container.no_new_privs = true;
	segen_trace_merge(&a, &b);
	segen_trace_merge(&a, &b);
	ok(a.n_runs == 1 && a.runs[0]->container.known &&
		   a.runs[0]->container.no_new_privs && a.runs[0]->container.profile,
	   "merging keeps what is known");
}

int main(void)
{
	test_round_trip();
	test_reading();
	test_target();
	test_merge();
	return done();
}
