/* cmd-export.c: segen export: a profile in another format. */
#include "cli/cmd.h"

#include <segen/outfile.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "profile/base.h"
#include "target/export.h"
#include "cli/message.h"
#include "cmd/input.h"
#include "cmd/target-options.h"

struct opts {
	struct export_request rq;
	const char *output;
	const char *name;
};

static void opts_done(struct opts *o)
{
	target_done(&o->rq.target);
}

static const struct option_row rows[] = {
	{"format", 'f', "FORMAT", "oci (default), k8s, systemd or docker",
	 OPTION_WORD(struct opts, rq.format, "oci|k8s|systemd|docker")},
	{"output", 'o', "FILE", "write there instead of standard output",
	 OPTION_TEXT(struct opts, output)},
	{"name", 0, "NAME", "name of the k8s object or the service",
	 OPTION_TEXT(struct opts, name)},
	{"k8s-api", 0, "VERSION", "of the k8s object: v1 (default) or v1beta1",
	 OPTION_EITHER(struct opts, rq.k8s_beta, "v1|v1beta1")},
	{"approximate", 0, NULL,
	 "leave out what the format cannot express (never allows more)",
	 OPTION_FLAG(struct opts, rq.approximate)},
	{"compact", 0, NULL, "write compact JSON", OPTION_FLAG(struct opts, rq.compact)},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	{TARGET_OPTIONS_TITLE, target_options, TARGET_OPTIONS_N,
	 offsetof(struct opts, rq.target)},
};

static const struct example examples[] = {
	{"segen export --format k8s -o app.yaml app.seccomp.json",
	 "an object of the Security Profiles Operator"},
	{"segen export --format systemd --approximate app.seccomp.json",
	 "lines for a unit file, without what systemd cannot express"},
	{"segen export --caps NET_BIND_SERVICE app.seccomp.json",
	 "for a plain OCI runtime, with this capability only"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_export = {
	.name = "export",
	.args = "[OPTIONS] PROFILE",
	.help = "write a profile in another format",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

/* "dir/nginx.seccomp.json" is about "nginx". */
static char *name_of(const char *path)
{
	const char *base = strrchr(path, '/');
	size_t n;

	base = base ? base + 1 : path;
	n = strcspn(base, ".");
	return n && strcmp(path, "-") != 0 ? xstrndup(base, n) : xstrdup("segen");
}

/* Two names may become one: it is told. */
static void tell_name(const struct export_request *rq)
{
	_cleanup_free_ char *name = rq->format == EXPORT_K8S ? export_k8s_name(rq->name)
				    : rq->format == EXPORT_SYSTEMD
					    ? export_systemd_name(rq->name)
					    : xstrdup(rq->name);

	if (strcmp(name, rq->name) != 0)
		say("the name is '%s', because '%s' has characters that a name cannot have (--name sets another)",
		    name, rq->name);
}

static int export_file(const char *path, const struct opts *o, struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset notes = {};
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	_cleanup_(profile_done) struct profile p = {};
	int r;

	r = base_load(path, &p, &notes, err);
	if (r < 0)
		return input_wrong_kind(path, INPUT_PROFILE, r, err);
	for (size_t i = 0; i < notes.n; i++)
		say("%s: %s", path, notes.v[i]);
	r = export_profile(&p, &o->rq, &out, err);
	if (r < 0)
		return segen_wrap(err, r, "'%s'", path);
	tell_name(&o->rq);
	return segen_outfile_write(o->output, out.s, out.len, 0644, err);
}

static int run(int argc, char **argv, struct segen_error *err)
{
	_cleanup_(opts_done) struct opts o = {
		.rq.format = EXPORT_OCI,
		.output = "-",
	};
	_cleanup_free_ char *name = NULL;
	int first, r;

	target_init_default(&o.rq.target);
	r = options_parse(&cmd_export, argc, argv, &o, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_OK;
	if (argc - first != 1) {
		segen_fail(err, -EINVAL, "give one profile (or 'docker', 'podman', '-')");
		return EXIT_USAGE;
	}
	name = name_of(argv[first]);
	o.rq.name = o.name ? o.name : name;
	return export_file(argv[first], &o, err) < 0 ? EXIT_FAILED : EXIT_OK;
}
