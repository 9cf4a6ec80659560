/* cmd-audit.c: segen audit: what profiles expose, and what of it a workload used. */
#include "cli/cmd.h"
#include "cmd/inputs.h"
#include "cmd/report-options.h"
#include "cmd/target-options.h"
#include "profile/base.h"
#include "report/report-audit.h"

#include <segen/json.h>

#include <errno.h>
#include <string.h>

struct opts {
	struct target target;
	enum report_format format;
	unsigned fail_on;
	const char *log;
};

static int set_format(void *opts, const char *value, struct segen_error *err _unused_)
{
	((struct opts *)opts)->format = report_format(value);
	return 0;
}

static int set_fail_on(void *opts, const char *value, struct segen_error *err)
{
	return audit_findings_parse(value, &((struct opts *)opts)->fail_on, err);
}

static int set_log(void *opts, const char *value, struct segen_error *err _unused_)
{
	((struct opts *)opts)->log = value;
	return 0;
}

static const struct option_row rows[] = {
	{"format", 'f', "FORMAT", "text (default), json, sarif or markdown", set_format,
	 "text|json|sarif|markdown"},
	{"fail-on", 0, "LIST",
	 "exit status 3 for these: risky, unused, refused, new, unseen", set_fail_on,
	 NULL},
	{"log", 0, "FILE", "read seccomp lines of the kernel's log or auditd, too",
	 set_log, NULL},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	{TARGET_OPTIONS_TITLE, target_options, TARGET_OPTIONS_N,
	 offsetof(struct opts, target)},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_audit = {
	.name = "audit",
	.args = "[OPTIONS] FILE…",
	.help = "tell what a profile exposes, and what of it was used",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.notes = "FILE: profiles and traces, in any mixture; 'docker' is Docker's "
		 "default.\nWithout a profile that one is audited.\n"
		 "Example: segen audit app.seccomp.json app.trace.json --fail-on new",
	.run = run,
};

/* Everything that a report needs. */
struct auditing {
	struct inputs in;
	struct profile docker;
	struct audit *v;
	size_t n;
	struct seccomp_log log;
	bool has_log;
};

static void auditing_done(struct auditing *a)
{
	for (size_t i = 0; i < a->n; i++)
		audit_done(&a->v[i]);
	free(a->v);
	inputs_done(&a->in);
	profile_done(&a->docker);
	seccomp_log_done(&a->log);
}

static int audit_one(struct auditing *a, const char *path, const struct profile *p,
		     const struct target *t, struct segen_error *err)
{
	struct audit_input in = {
		.path = path,
		.profile = p,
		.docker = &a->docker,
		.trace = a->in.n_traces ? &a->in.trace : NULL,
		.target = t,
	};
	int r = audit_init(&a->v[a->n], &in, err);

	if (r < 0)
		return segen_wrap(err, r, "'%s'", path);
	a->n++;
	return 0;
}

static int audit_all(struct auditing *a, const struct target *t, struct segen_error *err)
{
	int r = 0;

	a->v = xcalloc(a->in.n + 1, sizeof(*a->v));
	for (size_t i = 0; r == 0 && i < a->in.n; i++)
		if (a->in.v[i].kind == INPUT_PROFILE)
			r = audit_one(a, a->in.v[i].path, &a->in.v[i].profile, t, err);
	if (r == 0 && !a->n && a->in.n_traces)
		r = audit_one(a, "docker", &a->docker, t, err);
	return r;
}

static int read_log(struct auditing *a, const char *path, struct segen_error *err)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = segen_file_read(path, &text, &len, err);

	if (r < 0)
		return r;
	a->has_log = true;
	seccomp_log_parse(&a->log, text, len);
	return 0;
}

static void print(const struct auditing *a, enum report_format format)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct layout l = report_layout(&out);
	struct audited audited = {a->v, a->n, a->has_log ? &a->log : NULL, &a->docker};

	switch (format) {
	case FORMAT_TEXT: report_audit_text(&l, &audited); break;
	case FORMAT_JSON: report_audit_json(&out, &audited); break;
	case FORMAT_SARIF: report_audit_sarif(&out, &audited); break;
	case FORMAT_MARKDOWN: report_audit_markdown(&out, &audited); break;
	}
	report_print(&out);
}

static int status(const struct auditing *a, unsigned fail_on)
{
	unsigned found = 0;

	for (size_t i = 0; i < a->n; i++)
		found |= audit_findings(&a->v[i]);
	for (size_t i = 0; i < a->log.n; i++)
		if (a->log.v[i].action != SEGEN_ACT_LOG)
			found |= AUDIT_REFUSED;
	return found & fail_on ? EXIT_FINDINGS : EXIT_OK;
}

static int audit_files(char *const *paths, size_t n, struct opts *o,
		       struct segen_error *err)
{
	_cleanup_(auditing_done) struct auditing a = {};

	base_default(&a.docker);
	if (inputs_read(paths, n, &a.in, err) < 0)
		return EXIT_FAILED;
	if (o->log && read_log(&a, o->log, err) < 0)
		return EXIT_FAILED;
	if (a.in.n_traces)
		target_from_trace(&o->target, &a.in.trace);
	if (audit_all(&a, &o->target, err) < 0)
		return EXIT_FAILED;
	print(&a, o->format);
	return status(&a, o->fail_on);
}

static void opts_done(struct opts *o)
{
	target_done(&o->target);
}

static int run(int argc, char **argv, struct segen_error *err)
{
	_cleanup_(opts_done) struct opts o = {};
	int first, r;

	target_init_default(&o.target);
	r = options_parse(&cmd_audit, argc, argv, &o, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_OK;
	if (first == argc && !o.log) {
		segen_fail(err, -EINVAL, "give at least one profile, trace or --log");
		return EXIT_USAGE;
	}
	return audit_files(argv + first, (size_t)(argc - first), &o, err);
}
