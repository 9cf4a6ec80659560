/* cmd-runtime.c: segen runtime: register segen-runtime, collect what it recorded. */
#include "cli/cmd.h"

#include <segen/json.h>
#include <segen/outfile.h>
#include <segen/tracefile.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "oci/daemon-json.h"
#include "oci/conf.h"
#include "oci/request.h"
#include "oci/runtime.h"
#include "oci/state.h"
#include "cli/message.h"

#define COLLECT_WAIT_MS 10000

enum job { JOB_NONE, JOB_COLLECT, JOB_INSTALL, JOB_UNINSTALL, JOB_STATUS };

struct opts {
	enum job job;
	unsigned n_jobs;
	bool keep;
	const char *id, *output, *daemon_json, *pidfile;
};

static void set_job(void *opts, enum job job)
{
	((struct opts *)opts)->job = job;
	((struct opts *)opts)->n_jobs++;
}

static int set_collect(void *opts, const char *value, struct segen_error *err _unused_)
{
	((struct opts *)opts)->id = value;
	set_job(opts, JOB_COLLECT);
	return 0;
}

static int set_install(void *opts, const char *value, struct segen_error *err)
{
	set_job(opts, JOB_INSTALL);
	return 0;
}

static int set_uninstall(void *opts, const char *value, struct segen_error *err)
{
	set_job(opts, JOB_UNINSTALL);
	return 0;
}

static int set_status(void *opts, const char *value, struct segen_error *err)
{
	set_job(opts, JOB_STATUS);
	return 0;
}

static int set_output(void *opts, const char *value, struct segen_error *err _unused_)
{
	((struct opts *)opts)->output = value;
	return 0;
}

static int set_keep(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->keep = true;
	return 0;
}

static int set_daemon_json(void *opts, const char *value,
			   struct segen_error *err _unused_)
{
	((struct opts *)opts)->daemon_json = value;
	return 0;
}

static int set_pidfile(void *opts, const char *value, struct segen_error *err _unused_)
{
	((struct opts *)opts)->pidfile = value;
	return 0;
}

static const struct option_row rows[] = {
	{"collect", 0, "ID", "write the trace of this container, which has stopped",
	 set_collect, NULL},
	{"output", 'o', "FILE", "--collect: write it there instead of standard output",
	 set_output, NULL},
	{"keep", 0, NULL, "--collect: do not remove what was collected", set_keep, NULL},
	{"install", 0, NULL, "register the runtime with Docker's daemon", set_install,
	 NULL},
	{"uninstall", 0, NULL, "take it out again", set_uninstall, NULL},
	{"status", 0, NULL, "say whether it is registered", set_status, NULL},
	{"daemon-json", 0, "FILE", "the daemon's configuration (/etc/docker/daemon.json)",
	 set_daemon_json, NULL},
	{"pidfile", 0, "FILE", "the daemon's pid file (/run/docker.pid)", set_pidfile,
	 NULL},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_runtime = {
	.name = "runtime",
	.args = "--collect ID|--install|--uninstall|--status [OPTIONS]",
	.help = "record containers: segen as their runtime",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.run = run,
};

static int collect(const struct opts *o, struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	unsigned lost = 0;
	int r = oci_conf_load(&conf, err);

	if (r == 0)
		r = oci_state_collect(conf.state, o->id, COLLECT_WAIT_MS, &t, &lost, err);
	if (r < 0)
		return r;
	if (lost)
		say("%u recordings were interrupted", lost);
	r = segen_tracefile_write(o->output, &t, err);
	if (r == 0 && !o->keep)
		oci_state_remove(conf.state, o->id);
	return r;
}

static int read_daemon_json(const struct opts *o, char **ret, size_t *ret_len,
			    struct segen_error *err)
{
	*ret = NULL;
	*ret_len = 0;
	if (access(o->daemon_json, F_OK) < 0 && errno == ENOENT)
		return 0;
	return segen_file_read(o->daemon_json, ret, ret_len, err);
}

/* The daemon reads its runtimes again; containers go on. */
static void reload(const struct opts *o)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	long pid = segen_file_read(o->pidfile, &text, &len, NULL) < 0
			   ? 0
			   : strtol(text, NULL, 10);

	if (pid > 1 && kill((pid_t)pid, SIGHUP) == 0)
		say("the daemon (%ld) reads its configuration", pid);
	else
		say("'%s': no daemon is told; it will see the change when it starts",
		    o->pidfile);
}

static int write_daemon_json(const struct opts *o, const char *old, size_t len,
			     const struct segen_buf *new, struct segen_error *err)
{
	_cleanup_free_ char *backup = xasprintf("%s.before-segen", o->daemon_json);
	int r = old ? segen_outfile_write(backup, old, len, err) : 0;

	if (r == 0)
		r = segen_outfile_write(o->daemon_json, new->s, new->len, err);
	if (r == 0 && old)
		say("the former file is in '%s'", backup);
	return r;
}

static int change(const struct opts *o, const char *path, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = read_daemon_json(o, &text, &len, err);

	if (r == 0)
		r = daemon_json_edit(text, len, o->daemon_json, path, &out, err);
	if (r == 0)
		say("'%s' is as it should be", o->daemon_json);
	if (r <= 0)
		return r;
	r = write_daemon_json(o, text, len, &out, err);
	if (r == 0)
		reload(o);
	return r;
}

static int install(const struct opts *o, struct segen_error *err)
{
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	_cleanup_free_ char *path = oci_runtime_path(), *real = NULL;
	int r;

	if (access(path, X_OK) < 0)
		return segen_fail_errno(err, -errno, "cannot execute '%s'", path);
	r = oci_conf_load(&conf, err);
	if (r == 0)
		r = oci_conf_find_runtime(&conf, &real, err);
	if (r == 0)
		r = oci_request_make_room(conf.state, err);
	if (r == 0)
		r = change(o, path, err);
	if (r < 0)
		return r;
	printf("docker:     docker run --runtime " DAEMON_RUNTIME " …\n");
	printf("podman:     podman --runtime %s run …\n", path);
	printf("containerd: [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes."
	       "segen]\n            runtime_type = \"io.containerd.runc.v2\", "
	       "options.BinaryName = \"%s\"\n",
	       path);
	printf("kubernetes: apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: "
	       "segen}, handler: segen\n            and in the pod: runtimeClassName: segen\n");
	return 0;
}

static int status(const struct opts *o, struct segen_error *err)
{
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	_cleanup_free_ char *text = NULL, *path = NULL, *real = NULL;
	size_t len;
	int r = oci_conf_load(&conf, err);

	if (r == 0)
		r = read_daemon_json(o, &text, &len, err);
	if (r == 0)
		r = daemon_json_path(text, len, o->daemon_json, &path, err);
	if (r == 0)
		r = oci_conf_find_runtime(&conf, &real, err);
	if (r < 0)
		return r;
	printf("docker   %s\nruntime  %s\nstate    %s\n", path ? path : "not registered",
	       real, conf.state);
	return 0;
}

static int run_job(const struct opts *o, struct segen_error *err)
{
	switch (o->job) {
	case JOB_COLLECT: return collect(o, err);
	case JOB_INSTALL: return install(o, err);
	case JOB_UNINSTALL: return change(o, NULL, err);
	default: return status(o, err);
	}
}

static int run(int argc, char **argv, struct segen_error *err)
{
	struct opts o = {
		.output = "-",
		.daemon_json = "/etc/docker/daemon.json",
		.pidfile = "/run/docker.pid",
	};
	int first, r;

	r = options_parse(&cmd_runtime, argc, argv, &o, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_OK;
	if (o.n_jobs != 1 || first != argc) {
		segen_fail(
			err, -EINVAL,
			"runtime: give one of --collect ID, --install, --uninstall and "
			"--status");
		return EXIT_USAGE;
	}
	return run_job(&o, err) < 0 ? EXIT_FAILED : EXIT_OK;
}
