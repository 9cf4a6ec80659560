/* test-oci-files.c: runtime.conf, config.json, process.json and daemon.json. */
#include "oci/daemon-json.h"
#include "oci/bundle.h"
#include "oci/conf.h"

#include <string.h>

#include "tests/tap.h"

static void done_facts(struct oci_facts *f)
{
	oci_facts_done(f);
}

static int conf(const char *text, struct oci_conf *c, struct segen_error *err)
{
	_cleanup_free_ char *copy = xstrdup(text);

	*c = (struct oci_conf){};
	return oci_conf_parse(copy, "conf", c, err);
}

static void test_conf(void)
{
	static const char *const bad[] = {"runtime\n", "runtime =\n", "colour = red\n",
					  "\n\n= x\n"};
	static const char good[] = " # what\nruntime = /usr/sbin/runc # this\n\n"
				   "\tstate=/x\nmode = full\n";
	struct segen_error err = {};
	struct oci_conf c;

	ok(conf(good, &c, &err) == 0, "a configuration is read");
	ok(c.runtime && !strcmp(c.runtime, "/usr/sbin/runc") && c.state &&
		   !strcmp(c.state, "/x"),
	   "its values, without comments and space");
	ok(oci_conf_is_full(&c), "its mode");
	oci_conf_done(&c);
	ok(conf("", &c, &err) == 0 && !c.runtime && !oci_conf_is_full(&c),
	   "an empty one");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ok(conf(bad[i], &c, &err) < 0 && strstr(err.msg, "conf:"), "refused: %s",
		   err.msg);
		oci_conf_done(&c);
	}
	oci_conf_done(&c);
}

static int facts(const char *text, bool is_process, struct oci_facts *f)
{
	return oci_facts_parse(text, strlen(text), "json", is_process, f, NULL);
}

static void test_config(void)
{
	_cleanup_(done_facts) struct oci_facts f = {};

	ok(facts("{\"process\": {\"args\": [\"sh\", \"-c\"], \"noNewPrivileges\": true, "
		 "\"capabilities\": {\"bounding\": [\"CAP_KILL\"], \"effective\": []}}, "
		 "\"linux\": {\"seccomp\": {}}}",
		 false, &f) == 0,
	   "config.json is read");
	ok(f.argv && !strcmp(f.argv[1], "-c") && !f.argv[2], "its command");
	ok(f.has_caps && f.caps.n == 1 && segen_strset_has(&f.caps, "CAP_KILL"),
	   "its bounding set");
	ok(f.no_new_privs && f.profile, "no-new-privileges, and a filter");
}

static void test_other_configs(void)
{
	static const char *const bad[] = {"", "[]", "{\"process\": 1}",
					  "{\"process\": {\"args\": [1]}}",
					  "{\"process\": {\"capabilities\": []}}"};
	struct oci_facts f;

	ok(facts("{\"args\": [\"true\"]}", true, &f) == 0 && f.argv && !f.has_caps,
	   "process.json is read; it need not have capabilities");
	oci_facts_done(&f);
	ok(facts("{\"process\": {\"args\": [], \"capabilities\": {}}}", false, &f) == 0 &&
		   f.has_caps && !f.caps.n && !f.profile,
	   "no capabilities at all, no filter");
	oci_facts_done(&f);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ok(facts(bad[i], false, &f) < 0, "refused: '%s'", bad[i]);
		oci_facts_done(&f);
	}
}

static int edit(const char *text, const char *path, struct segen_buf *out,
		struct segen_error *err)
{
	segen_buf_done(out);
	*out = (struct segen_buf){};
	return daemon_json_edit(text, strlen(text), "daemon.json", path, out, err);
}

static void test_daemon(void)
{
	_cleanup_(segen_buf_done) struct segen_buf one = {}, two = {};
	_cleanup_free_ char *path = NULL;
	struct segen_error err = {};
	const char *other = "{\"log-level\": \"warn\", \"runtimes\": {\"x\": {\"path\": "
			    "\"/x\"}}}";

	ok(edit("", "/s", &one, &err) == 1, "registered where there was no file");
	ok(daemon_json_path(one.s, one.len, "d", &path, &err) == 0 && path &&
		   !strcmp(path, "/s"),
	   "and found again");
	ok(edit(one.s, "/s", &two, &err) == 0, "once is enough");
	ok(edit(one.s, "/t", &two, &err) == 1 && strstr(two.s, "/t"), "another path");
	ok(edit(one.s, NULL, &two, &err) == 1 && !strstr(two.s, "runtimes"),
	   "taken out, nothing is left");
	ok(edit(other, "/s", &one, &err) == 1 && strstr(one.s, "warn") &&
		   strstr(one.s, "\"/x\""),
	   "what was there stays");
	ok(edit(one.s, NULL, &two, &err) == 1 && strstr(two.s, "\"/x\"") &&
		   !strstr(two.s, "segen"),
	   "and stays when it is taken out");
	ok(edit(other, NULL, &two, &err) == 0, "there is nothing to take out");
}

static void test_daemon_refused(void)
{
	static const char *const bad[] = {"[]", "{", "{\"runtimes\": []}",
					  "{\"a\": 1, \"a\": 2}"};
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct segen_error err = {};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(edit(bad[i], "/s", &out, &err) < 0 && !out.len, "refused: %s",
		   err.msg);
	ok(edit("{\"default-runtime\": \"segen\", \"runtimes\": {\"segen\": {\"path\": "
		"\"/s\"}}}",
		NULL, &out, &err) < 0 &&
		   strstr(err.msg, "default-runtime"),
	   "the default runtime is not taken away: %s", err.msg);
}

int main(void)
{
	test_conf();
	test_config();
	test_other_configs();
	test_daemon();
	test_daemon_refused();
	return done();
}
