/* test-oci-files.c: runtime.conf, config.json, process.json and daemon.json. */
#include "oci/daemon-json.h"
#include "oci/bundle.h"
#include "oci/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

	ok(conf(good, &c, &err) == 0, "configuration: is read");
	is_str(c.runtime, "/usr/sbin/runc",
	       "configuration: runtime, without its comment");
	is_str(c.state, "/x", "configuration: state, without space");
	ok(oci_conf_is_full(&c), "configuration: mode");
	oci_conf_done(&c);
	is_int(conf("", &c, &err), 0, "empty configuration: is read");
	is_str(c.runtime, NULL, "empty configuration: names no runtime");
	ok(!oci_conf_is_full(&c), "empty configuration: the mode is fast");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		is_int(conf(bad[i], &c, &err), -EINVAL,
		       "wrong configuration %zu: is refused", i);
		has_str(err.msg,
			"conf:", "wrong configuration %zu: the message names the file",
			i);
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
	   "config.json: is read");
	is_str(f.argv[1], "-c", "config.json: the command");
	is_str(f.argv[2], NULL, "config.json: the end of the command");
	ok(f.has_caps, "config.json: capabilities are known");
	is_int(f.caps.n, 1, "config.json: the size of the bounding set");
	ok(segen_strset_has(&f.caps, "CAP_KILL"), "config.json: the bounding set");
	ok(f.no_new_privs, "config.json: no-new-privileges");
	ok(f.profile, "config.json: there is a filter");
}

static void test_pods(void)
{
	static const char *const texts[] = {
		"{\"annotations\": {\"io.kubernetes.cri.sandbox-namespace\": \"shop\", "
		"\"io.kubernetes.cri.sandbox-name\": \"web-1\", "
		"\"io.kubernetes.cri.container-type\": \"container\", "
		"\"io.kubernetes.cri.container-name\": \"nginx\", "
		"\"io.kubernetes.cri.image-name\": \"nginx:1\", \"other\": \"x\"}}",
		"{\"annotations\": {\"io.kubernetes.pod.namespace\": \"shop\", "
		"\"io.kubernetes.pod.name\": \"web-1\", "
		"\"io.kubernetes.container.name\": \"nginx\", "
		"\"io.kubernetes.cri-o.ImageName\": \"nginx:1\", "
		"\"io.kubernetes.cri.sandbox-name\": \"web-1\"}}",
	};
	static const char *const cris[] = {"containerd", "CRI-O"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_(done_facts) struct oci_facts f = {};

		is_int(facts(texts[i], false, &f), 0, "pod of %s: is read", cris[i]);
		is_str(f.namespace, "shop", "pod of %s: its namespace", cris[i]);
		is_str(f.pod, "web-1", "pod of %s: its name", cris[i]);
		is_str(f.name, "nginx", "pod of %s: the container's name", cris[i]);
		is_str(f.image, "nginx:1", "pod of %s: the container's image", cris[i]);
		ok(!oci_facts_is_sandbox(&f), "pod of %s: a container is no sandbox",
		   cris[i]);
	}
}

static void test_sandboxes(void)
{
	static const char *const keys[] = {"io.kubernetes.cri.container-type",
					   "io.kubernetes.cri-o.ContainerType"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		_cleanup_(done_facts) struct oci_facts f = {};
		_cleanup_free_ char *text =
			xasprintf("{\"annotations\": {\"%s\": \"sandbox\"}}", keys[i]);

		facts(text, false, &f);
		ok(oci_facts_is_sandbox(&f), "%s: tells a sandbox", keys[i]);
	}
}

static void test_other_configs(void)
{
	static const char *const bad[] = {"", "[]", "{\"process\": 1}",
					  "{\"process\": {\"args\": [1]}}",
					  "{\"process\": {\"capabilities\": []}}"};
	struct oci_facts f;

	is_int(facts("{\"args\": [\"true\"]}", true, &f), 0, "process.json: is read");
	ok(f.argv, "process.json: the command");
	ok(!f.has_caps, "process.json: need not have capabilities");
	oci_facts_done(&f);
	is_int(facts("{\"process\": {\"args\": [], \"capabilities\": {}}}", false, &f), 0,
	       "bare config.json: is read");
	ok(f.has_caps, "bare config.json: capabilities are known");
	is_int(f.caps.n, 0, "bare config.json: there are none");
	ok(!f.profile, "bare config.json: there is no filter");
	oci_facts_done(&f);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ok(facts(bad[i], false, &f) < 0, "wrong config.json '%s': is refused",
		   bad[i]);
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

	is_int(edit("", "/s", &one, &err), 1, "no file: segen is registered");
	daemon_json_path(one.s, one.len, "d", &path, &err);
	is_str(path, "/s", "no file: the path is found again");
	is_int(edit(one.s, "/s", &two, &err), 0, "same path again: changes nothing");
	is_int(edit(one.s, "/t", &two, &err), 1, "another path: is a change");
	has_str(two.s, "/t", "another path: is registered");
	is_int(edit(one.s, NULL, &two, &err), 1, "segen alone: is taken out");
	ok(!strstr(two.s, "runtimes"), "segen alone: nothing is left of it");
	is_int(edit(other, "/s", &one, &err), 1, "other runtimes: segen is added");
	has_str(one.s, "warn", "other runtimes: other settings stay");
	has_str(one.s, "\"/x\"", "other runtimes: they stay");
	is_int(edit(one.s, NULL, &two, &err), 1, "other runtimes: segen is taken out");
	has_str(two.s, "\"/x\"", "other runtimes: they stay when segen is taken out");
	ok(!strstr(two.s, "segen"), "other runtimes: nothing of segen is left");
	is_int(edit(other, NULL, &two, &err), 0,
	       "no segen: there is nothing to take out");
}

static void test_daemon_restored(void)
{
	_cleanup_(segen_buf_done) struct segen_buf one = {}, two = {};
	static const char before[] = "{ \"log-level\":\"warn\" }";
	static const char null[] = "{\"runtimes\": {\"segen\": {\"path\": \"/x\"}}, "
				   "\"default-runtime\": null}";

	is_int(edit(null, NULL, &one, NULL), 1,
	       "default-runtime null: segen is taken out");
	edit(before, "/s", &one, NULL);
	edit(one.s, NULL, &two, NULL);
	ok(daemon_json_is_restored(two.s, two.len, before, strlen(before)),
	   "there and back: is restored but for white space");
	ok(!daemon_json_is_restored(two.s, two.len, "{}", 2),
	   "there and back: is not what something else was");
	edit("", "/s", &one, NULL);
	edit(one.s, NULL, &two, NULL);
	ok(daemon_json_is_restored(two.s, two.len, NULL, 0),
	   "there and back without a file: is as nothing");
	ok(daemon_json_is_restored(two.s, two.len, "{ }\n", 4),
	   "there and back without a file: is as an empty object");
}

static void test_daemon_refused(void)
{
	static const char *const bad[] = {"[]", "{", "{\"runtimes\": []}",
					  "{\"a\": 1, \"a\": 2}"};
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct segen_error err = {};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ok(edit(bad[i], "/s", &out, &err) < 0,
		   "wrong daemon.json '%s': is refused", bad[i]);
		is_int(out.len, 0, "wrong daemon.json '%s': nothing is written", bad[i]);
	}
	ok(edit("{\"default-runtime\": \"segen\", \"runtimes\": {\"segen\": {\"path\": "
		"\"/s\"}}}",
		NULL, &out, &err) < 0,
	   "default runtime: is not taken away");
	has_str(err.msg, "default-runtime", "default runtime: the message says why");
}

static void trusts(const char *path, mode_t mode, uid_t owner, int want,
		   const char *title)
{
	if (chmod(path, mode) == 0 && chown(path, owner, 0) == 0)
		is_int(oci_trust(path, NULL), want, "%s", title);
}

static void test_trust(void)
{
	char dir[] = "/tmp/segen-test.XXXXXX";
	_cleanup_free_ char *path = NULL;

	if (!oci_is_root()) {
		skip("runtime that others can write to: is refused", "only root cares");
		return;
	}
	if (!mkdtemp(dir))
		return;
	path = xasprintf("%s/runtime", dir);
	is_int(oci_trust(path, NULL), -ENOENT, "no runtime: is an error");
	if (mknod(path, S_IFREG | 0755, 0) < 0)
		return;
	trusts(path, 0755, 0, 0, "runtime of root's: is trusted");
	trusts(path, 0757, 0, -EPERM, "runtime that others can write to: is refused");
	trusts(path, 0755, 65534, -EPERM, "runtime of another user: is refused");
	trusts(path, 0755, 0, 0, "runtime of root's again: is trusted");
	if (chmod(dir, 0777) == 0)
		is_int(oci_trust(path, NULL), -EPERM,
		       "runtime in a folder that others can write to: is refused");
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	test_conf();
	test_trust();
	test_config();
	test_pods();
	test_sandboxes();
	test_other_configs();
	test_daemon();
	test_daemon_restored();
	test_daemon_refused();
	return done();
}
