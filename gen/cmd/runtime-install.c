/* runtime-install.c: registers segen-runtime with Docker's daemon, and says what is. */
#include "cmd/runtime-install.h"

#include "cli/message.h"
#include "container/ask.h"
#include "container/engine-info.h"
#include "oci/conf.h"
#include "oci/containerd.h"
#include "oci/daemon-json.h"
#include "oci/daemon.h"
#include "oci/request.h"
#include "oci/runtime.h"

#include <segen/json.h>
#include <segen/outfile.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The configuration, and the daemon that reads it. */
struct place {
	struct daemon daemon;
	struct segen_error no_daemon; /* why there is none */
	const char *file;
	char *backup, *text;
	size_t len;
};

static void place_done(struct place *p)
{
	daemon_done(&p->daemon);
	free(p->backup);
	free(p->text);
}

static bool is_same_file(const char *a, const char *b)
{
	_cleanup_free_ char *x = realpath(a, NULL), *y = realpath(b, NULL);

	return !strcmp(a, b) || (x && y && !strcmp(x, y));
}

/* NULL and 0 when there is no such file. */
static int read_if_there(const char *path, char **ret, size_t *ret_len,
			 struct segen_error *err)
{
	*ret = NULL;
	*ret_len = 0;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	return segen_file_read(path, ret, ret_len, err);
}

static int find_place(const struct install_opts *o, struct place *ret,
		      struct segen_error *err)
{
	const char *its;

	*ret = (struct place){.daemon.fd = -1};
	if (daemon_find(o->pidfile, &ret->daemon, &ret->no_daemon) < 0)
		daemon_done(&ret->daemon);
	its = ret->daemon.config_file ? ret->daemon.config_file : DAEMON_JSON;
	if (o->daemon_json && ret->daemon.fd >= 0 && !is_same_file(o->daemon_json, its))
		return segen_fail(
			err, -EINVAL,
			"the daemon (process %d) reads '%s' and would not notice a change of '%s'; without --daemon-json, segen changes the right one",
			ret->daemon.pid, its, o->daemon_json);
	ret->file = o->daemon_json ? o->daemon_json : its;
	ret->backup = xasprintf("%s.before-segen", ret->file);
	return read_if_there(ret->file, &ret->text, &ret->len, err);
}

static void reload(const struct place *p)
{
	struct segen_error err = p->no_daemon;

	if (p->daemon.fd >= 0 && daemon_reload(&p->daemon, &err) == 0)
		say("the daemon (process %d) reads its configuration", p->daemon.pid);
	else
		say("%s; a daemon reads the change when it starts", err.msg);
}

/* What the user had: not what segen made of it before. */
static int keep_former(const struct place *p, struct segen_error *err)
{
	_cleanup_free_ char *registered = NULL;
	int r = daemon_json_path(p->text, p->len, p->file, &registered, err);

	if (r < 0 || !p->text || registered)
		return r;
	r = segen_outfile_write(p->backup, p->text, p->len, 0644, err);
	if (r == 0)
		say("the previous file is saved as '%s'", p->backup);
	return r;
}

static int add(const struct place *p, const char *path, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	int r = daemon_json_edit(p->text, p->len, p->file, path, &out, err);

	if (r == 0)
		say("'%s' is already correct", p->file);
	if (r <= 0)
		return r;
	if (p->daemon.has_runtimes)
		return segen_fail(
			err, -EINVAL,
			"the daemon (process %d) was started with --add-runtime, "
			"and refuses to have runtimes in '%s' as well; start it "
			"with '--add-runtime " DAEMON_RUNTIME "=%s' besides",
			p->daemon.pid, p->file, path);
	r = keep_former(p, err);
	if (r == 0)
		r = segen_outfile_write(p->file, out.s, out.len, 0644, err);
	if (r == 0)
		reload(p);
	return r;
}

/* Byte for byte what was there before, if nobody has changed anything since. */
static int put_back(const struct place *p, const struct segen_buf *out,
		    struct segen_error *err)
{
	_cleanup_free_ char *before = NULL;
	size_t len;
	int r = read_if_there(p->backup, &before, &len, err);

	if (r < 0)
		return r;
	if (!daemon_json_is_restored(out->s, out->len, before, len))
		return segen_outfile_write(p->file, out->s, out->len, 0644, err);
	r = before ? rename(p->backup, p->file) : unlink(p->file);
	return r < 0 ? segen_fail_errno(err, -errno, "cannot restore '%s'", p->file) : 0;
}

int runtime_uninstall(const struct install_opts *o, struct segen_error *err)
{
	_cleanup_(place_done) struct place p = {};
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	int r = find_place(o, &p, err);

	if (r == 0)
		r = daemon_json_edit(p.text, p.len, p.file, NULL, &out, err);
	if (r == 0)
		say("'%s' is already correct", p.file);
	if (r <= 0)
		return r;
	r = put_back(&p, &out, err);
	if (r == 0)
		reload(&p);
	return r;
}

/* As the version of the file that is there wants it, or else the containerd that is. */
static unsigned containerd_version(const struct install_opts *o, bool *ret_in_file)
{
	char *const argv[] = {(char *)"containerd", (char *)"--version", NULL};
	_cleanup_(reply_done) struct reply said = {};
	_cleanup_free_ char *text = NULL;
	unsigned version = 0;
	size_t len;

	if (read_if_there(o->containerd, &text, &len, NULL) == 0 && text)
		version = containerd_config_version(text);
	*ret_in_file = version;
	if (!version && ask(argv, &said, NULL) == 0)
		version = containerd_format_of(said.out);
	return version ? version : 3;
}

static void add_containerd(const struct install_opts *o, const char *path,
			   struct segen_buf *out)
{
	_cleanup_(segen_buf_done) struct segen_buf lines = {};
	bool in_file;

	containerd_add_runtime(&lines, containerd_version(o, &in_file), path);
	segen_buf_printf(out, "containerd: in '%s':\n%s", o->containerd, lines.s);
}

static void add_ways(const struct install_opts *o, const char *path,
		     struct segen_buf *out)
{
	segen_buf_printf(out, "docker:     docker run --runtime " DAEMON_RUNTIME " …\n");
	segen_buf_printf(out, "podman:     podman --runtime %s run …\n", path);
	add_containerd(o, path, out);
	segen_buf_printf(
		out,
		"kubernetes: apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: "
		"segen}, handler: segen\n            and in the pod: runtimeClassName: segen\n");
}

int runtime_install(const struct install_opts *o, struct segen_buf *out,
		    struct segen_error *err)
{
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	_cleanup_(place_done) struct place p = {};
	_cleanup_free_ char *path = oci_runtime_path(), *real = NULL;
	int r;

	if (access(path, X_OK) < 0)
		return segen_fail_errno(err, -errno, "cannot execute '%s'", path);
	r = oci_conf_load(&conf, err);
	if (r == 0)
		r = oci_conf_find_runtime(&conf, &real, err);
	if (r == 0)
		r = find_place(o, &p, err);
	if (r == 0)
		r = oci_request_make_room(conf.state, err);
	if (r == 0)
		r = add(&p, path, err);
	if (r == 0)
		add_ways(o, path, out);
	return r;
}

/* What the engine says counts more than what is in a file. */
static void add_docker(const struct place *p, const char *path, struct segen_buf *out)
{
	char *const argv[] = {(char *)"docker", (char *)"run", (char *)"x", NULL};
	_cleanup_(engine_info_done) struct engine_info info = {};
	struct engine_cmdline c;

	engine_cmdline_parse(argv, &c);
	engine_info_ask(argv, &c, &info);
	if (info.answers)
		segen_buf_printf(out, "docker   %s\n",
				 info.has_segen ? "registered: docker info lists it"
						: "not registered: docker info does "
						  "not list it");
	else
		segen_buf_printf(out, "docker   does not answer: %s\n", info.message);
	segen_buf_printf(out, "file     %s: %s\n", p->file,
			 path ? path : "not registered");
}

int runtime_status(const struct install_opts *o, struct segen_buf *out,
		   struct segen_error *err)
{
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	_cleanup_(place_done) struct place p = {};
	_cleanup_free_ char *path = NULL, *real = NULL;
	int r = oci_conf_load(&conf, err);

	if (r == 0)
		r = find_place(o, &p, err);
	if (r == 0)
		r = daemon_json_path(p.text, p.len, p.file, &path, err);
	if (r == 0)
		r = oci_conf_find_runtime(&conf, &real, err);
	if (r < 0)
		return r;
	add_docker(&p, path, out);
	segen_buf_printf(out, "runtime  %s\nstate    %s\n", real, conf.state);
	return 0;
}

static void print_containerd(const struct install_opts *o, const char *path,
			     struct segen_buf *out)
{
	bool in_file;
	unsigned version = containerd_version(o, &in_file);

	segen_buf_printf(out,
			 "# Add this to '%s', and restart containerd: its containers go "
			 "on.\n",
			 o->containerd);
	if (!in_file)
		segen_buf_printf(
			out,
			"# It says no version: in a new file this is the first line; "
			"a file\n# with tables in it goes through 'containerd config "
			"migrate' before.\nversion = %u\n",
			version);
	containerd_add_runtime(out, version, path);
}

int runtime_print(const struct install_opts *o, struct segen_buf *out,
		  struct segen_error *err)
{
	_cleanup_free_ char *path = oci_runtime_path();

	if (strcmp(o->print, "containerd") != 0 && strcmp(o->print, "crio") != 0)
		return segen_fail(err, -EINVAL,
				  "--print: 'containerd' or 'crio', not '%s'", o->print);
	if (!strcmp(o->print, "containerd")) {
		print_containerd(o, path, out);
	} else {
		segen_buf_printf(out, "# A file of its own, '" CRIO_DROP_IN
				      "'; then\n# restart crio: its containers go on.\n");
		crio_add_runtime(out, path);
	}
	segen_buf_printf(
		out,
		"# The real runtime, when it is not runc, and is not the only one "
		"here:\n# a line 'runtime = /usr/bin/crun' in '" OCI_CONF_FILE "'.\n");
	return 0;
}
