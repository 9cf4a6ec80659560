/* cmd-runtime.c: segen runtime: register segen-runtime, list and fetch what it recorded.
 */
#include "cli/cmd.h"

#include "cmd/runtime-install.h"
#include "cmd/runtime-list.h"
#include "oci/containerd.h"
#include "oci/daemon.h"

#include <errno.h>
#include <stdio.h>

enum job {
	JOB_NONE,
	JOB_COLLECT,
	JOB_LIST,
	JOB_INSTALL,
	JOB_UNINSTALL,
	JOB_STATUS,
	JOB_PRINT
};

struct opts {
	enum job job;
	unsigned n_jobs;
	struct collect_opts collect;
	struct install_opts install;
};

static void set_job(void *opts, enum job job)
{
	((struct opts *)opts)->job = job;
	((struct opts *)opts)->n_jobs++;
}

static int set_collect(void *opts, const char *value, struct segen_error *err _unused_)
{
	((struct opts *)opts)->collect.id = value;
	set_job(opts, JOB_COLLECT);
	return 0;
}

static int set_list(void *opts, const char *value, struct segen_error *err)
{
	set_job(opts, JOB_LIST);
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

static int set_print(void *opts, const char *value, struct segen_error *err _unused_)
{
	((struct opts *)opts)->install.print = value;
	set_job(opts, JOB_PRINT);
	return 0;
}

static const struct option_row rows[] = {
	{"collect", 0, "ID",
	 "write the trace of this stopped container, or of all of them: --all",
	 OPTION_CALL(set_collect)},
	{"list", 0, NULL, "list the containers whose traces have not been collected",
	 OPTION_CALL(set_list)},
	{"output", 'o', "FILE", "--collect: write it there instead of standard output",
	 OPTION_TEXT(struct opts, collect.output)},
	{"keep", 0, NULL, "--collect: do not remove what was collected",
	 OPTION_FLAG(struct opts, collect.keep)},
	{"install", 0, NULL, "register the runtime with Docker's daemon",
	 OPTION_CALL(set_install)},
	{"uninstall", 0, NULL, "unregister it", OPTION_CALL(set_uninstall)},
	{"status", 0, NULL, "say whether it is registered", OPTION_CALL(set_status)},
	{"print", 0, "WHAT",
	 "print what registers it with containerd or crio, for Kubernetes",
	 OPTION_CALL(set_print)},
	{"daemon-json", 0, "FILE",
	 "the daemon's configuration (what it reads, or /etc/docker/daemon.json)",
	 OPTION_TEXT(struct opts, install.daemon_json)},
	{"pidfile", 0, "FILE", "the daemon's pid file (/run/docker.pid)",
	 OPTION_TEXT(struct opts, install.pidfile)},
	{"containerd-config", 0, "FILE",
	 "--install, --print: containerd's configuration (/etc/containerd/config.toml)",
	 OPTION_TEXT(struct opts, install.containerd)},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
};

static const struct example examples[] = {
	{"segen runtime --install",
	 "register segen-runtime with Docker's daemon (as root)"},
	{"segen runtime --collect web -o web.trace.json",
	 "fetch the recording of a container that has stopped"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_runtime = {
	.name = "runtime",
	.args = "--collect ID | --list | --install | --print WHAT | ...",
	.help = "record containers: segen acts as their runtime",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

static int run_job(const struct opts *o, struct segen_buf *out, struct segen_error *err)
{
	switch (o->job) {
	case JOB_COLLECT: return runtime_collect(&o->collect, err);
	case JOB_LIST: return runtime_list(out, err);
	case JOB_INSTALL: return runtime_install(&o->install, out, err);
	case JOB_PRINT: return runtime_print(&o->install, out, err);
	case JOB_UNINSTALL: return runtime_uninstall(&o->install, err);
	default: return runtime_status(&o->install, out, err);
	}
}

static int run(int argc, char **argv, struct segen_error *err)
{
	struct opts o = {
		.collect.output = "-",
		.install = {.pidfile = DAEMON_PIDFILE, .containerd = CONTAINERD_CONFIG},
	};
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	int first, r;

	r = options_parse(&cmd_runtime, argc, argv, &o, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_OK;
	if (o.n_jobs != 1 || first != argc) {
		segen_fail(err, -EINVAL,
			   "runtime: give one of --collect ID, --list, --install, "
			   "--uninstall, --status and --print");
		return EXIT_USAGE;
	}
	r = run_job(&o, &out, err);
	if (out.s)
		fputs(out.s, stdout);
	return r < 0 ? EXIT_FAILED : EXIT_OK;
}
