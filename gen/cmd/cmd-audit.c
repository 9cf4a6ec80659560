/* cmd-audit.c: segen audit: what profiles expose, and what of it a workload used. */
#include "cli/cmd.h"
#include "cmd/audit-containers.h"
#include "cmd/audit-running.h"
#include "cmd/inputs.h"
#include "cmd/report-options.h"
#include "cmd/target-options.h"
#include "profile/base.h"
#include "profile/profile-io.h"
#include "report/report-page.h"

#include <segen/json.h>
#include <segen/outfile.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

struct opts {
	struct target target;
	enum report_format format;
	enum terminal_color color;
	bool format_given;
	unsigned fail_on;
	const char *log;
	const char *html;
	const char *against;
	const char *container;
	pid_t pid; /* 0: none */
	bool all_containers;
};

static int set_format(void *opts, const char *value, struct segen_error *err _unused_)
{
	struct opts *o = opts;

	o->format = report_format(value);
	o->format_given = true;
	return 0;
}

static int set_fail_on(void *opts, const char *value, struct segen_error *err)
{
	return audit_findings_parse(value, &((struct opts *)opts)->fail_on, err);
}

static int set_pid(void *opts, const char *value, struct segen_error *err)
{
	char *end;
	long pid;

	errno = 0;
	pid = strtol(value, &end, 10);
	if (errno || end == value || *end || pid <= 0 || pid > INT_MAX)
		return segen_fail(err, -EINVAL, "'%s' is not a process id", value);
	((struct opts *)opts)->pid = (pid_t)pid;
	return 0;
}

static const struct option_row rows[] = {
	{"format", 'f', "FORMAT", "text (default), json, sarif or markdown",
	 OPTION_CALL_WORD(set_format, "text|json|sarif|markdown")},
	{"fail-on", 0, "LIST",
	 "exit status 3 for these: risky, unused, refused, new, unseen",
	 OPTION_CALL(set_fail_on)},
	{"log", 0, "FILE", "also read seccomp lines of the kernel's log or of auditd",
	 OPTION_TEXT(struct opts, log)},
	{"container", 0, "NAME", "audit the filters of this container",
	 OPTION_TEXT(struct opts, container)},
	{"all-containers", 0, NULL,
	 "list running containers: image, profile, exposure, filters",
	 OPTION_FLAG(struct opts, all_containers)},
	{"pid", 'p', "PID", "audit the filters of this process", OPTION_CALL(set_pid)},
	{"html", 0, "FILE", "write a page for a browser, which needs no network",
	 OPTION_TEXT(struct opts, html)},
	{"against", 0, "FILE", "with JSON or --html: compare with another profile",
	 OPTION_TEXT(struct opts, against)},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	{TARGET_OPTIONS_TITLE, target_options, TARGET_OPTIONS_N,
	 offsetof(struct opts, target)},
	REPORT_OPTIONS(struct opts, color),
};

static const struct example examples[] = {
	{"segen audit app.seccomp.json app.trace.json",
	 "what the profile exposes, and what the workload never used"},
	{"segen audit --fail-on new,refused app.seccomp.json app.trace.json",
	 "for CI: exit status 3 if the trace has calls that the profile refuses"},
	{"segen audit --html page.html app.seccomp.json app.trace.json",
	 "the same as a page to show"},
	{"segen audit --container web", "the filters of a running container"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_audit = {
	.name = "audit",
	.args = "[OPTIONS] FILE… | -p PID | --container NAME",
	.help = "show what a profile exposes, and what was used",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.notes =
		"FILE: profiles and traces, in any order. 'docker' is Docker's default, which is audited when no profile is given. What runs goes with traces only.",
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

/* Everything that a report needs. */
struct auditing {
	struct inputs in;
	struct profile docker;
	struct audit *v;
	struct every_call *calls; /* of each audit, where they are asked for */
	struct answers *answers;
	struct diff *diffs;	    /* the same, with --against */
	struct segen_buf *texts;    /* of each profile */
	struct page_profile *shown; /* the same as pointers */
	struct audit_more *more;
	size_t n, n_more;
	struct input other; /* of --against */
	struct running running;

	struct seccomp_log log;
	bool has_log;
};

static void auditing_done(struct auditing *a)
{
	for (size_t i = 0; i < a->n; i++)
		audit_done(&a->v[i]);
	for (size_t i = 0; i < a->n_more; i++) {
		every_call_done(&a->calls[i]);
		diff_done(&a->diffs[i]);
		answers_done(&a->answers[i]);
		segen_buf_done(&a->texts[i]);
	}
	free(a->v);
	free(a->calls);
	free(a->answers);
	free(a->diffs);
	free(a->texts);
	free(a->shown);
	free(a->more);
	input_done(&a->other);
	running_done(&a->running);
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

/* What JSON and the page tell beyond the text, of the profile of audit @i. */
static int add_more(struct auditing *a, const struct input *in, const struct target *t,
		    struct segen_error *err)
{
	size_t i = a->n_more;
	struct answering of;
	const struct profile *p = in ? &in->profile : &a->docker;
	int r = every_call_init(&a->calls[i], a->v[i].path, p, &a->docker,
				a->in.n_traces ? &a->in.trace : NULL, t, err);

	if (r == 0 && a->other.path)
		r = diff_profiles(&a->other.profile, p, t, &a->diffs[i], err);
	a->n_more++;
	if (r < 0)
		return r;
	of = answering_of(&a->calls[i].view);
	answers_init(&a->answers[i], &of, t->arch);
	a->more[i] = (struct audit_more){
		.calls = &a->calls[i],
		.answers = &a->answers[i],
		.diff = a->other.path ? &a->diffs[i] : NULL,
		.against = a->other.path,
	};
	if (in && in->text)
		segen_buf_add(&a->texts[i], in->text, in->len);
	else
		profile_format(p, PROFILE_PRETTY, &a->texts[i]);
	a->shown[i] = (struct page_profile){a->v[i].path, a->texts[i].s};
	return 0;
}

static int add_all_more(struct auditing *a, const struct target *t,
			struct segen_error *err)
{
	int r = 0;

	a->calls = xcalloc(a->n + 1, sizeof(*a->calls));
	a->answers = xcalloc(a->n + 1, sizeof(*a->answers));
	a->diffs = xcalloc(a->n + 1, sizeof(*a->diffs));
	a->texts = xcalloc(a->n + 1, sizeof(*a->texts));
	a->shown = xcalloc(a->n + 1, sizeof(*a->shown));
	a->more = xcalloc(a->n + 1, sizeof(*a->more));
	for (size_t i = 0; r == 0 && i < a->in.n; i++)
		if (a->in.v[i].kind == INPUT_PROFILE)
			r = add_more(a, &a->in.v[i], t, err);
	if (r == 0 && !a->n_more && a->n)
		r = add_more(a, NULL, t, err);
	return r;
}

/* The other profile of --against. */
static int read_other(struct auditing *a, const char *path, struct segen_error *err)
{
	int r = input_read(path, &a->other, err);

	if (r == 0 && a->other.kind != INPUT_PROFILE)
		r = segen_fail(err, -EINVAL, "'%s' is a trace; --against takes a profile",
			       path);
	return r;
}

/* It tells as much as the traces, so it is as private. */
static int write_page(const struct auditing *a, const struct audited *audited,
		      const char *path, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};

	report_page(&out, audited, a->shown);
	return segen_outfile_write(path, out.s, out.len, 0600, err);
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

static void print(const struct audited *audited, const struct opts *o)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct layout l = report_layout(o->color, &out);

	switch (o->format) {
	case FORMAT_TEXT: report_audit_text(&l, audited); break;
	case FORMAT_JSON: report_audit_json(&out, audited); break;
	case FORMAT_SARIF: report_audit_sarif(&out, audited); break;
	case FORMAT_MARKDOWN: report_audit_markdown(&out, audited); break;
	}
	report_print(o->format, &out);
}

/* The page, and the report unless the page is all that was asked for. */
static int put_out(const struct auditing *a, const struct opts *o,
		   struct segen_error *err)
{
	struct audited audited = {
		.v = a->v,
		.more = a->n_more ? a->more : NULL,
		.n = a->n,
		.trace = a->in.n_traces ? &a->in.trace : NULL,
		.log = a->has_log ? &a->log : NULL,
		.docker = &a->docker,
	};

	if (o->html && write_page(a, &audited, o->html, err) < 0)
		return EXIT_FAILED;
	if (!o->html || o->format_given)
		print(&audited, o);
	return EXIT_OK;
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

/* Beside what runs there are traces only: it stands in a profile's place. */
static int read_traces(struct auditing *a, char *const *paths, size_t n,
		       struct segen_error *err)
{
	int r = inputs_read(paths, n, &a->in, err);

	for (size_t i = 0; r == 0 && i < a->in.n; i++)
		if (a->in.v[i].kind != INPUT_TRACE)
			r = segen_fail(err, -EINVAL,
				       "'%s' is a profile; -p and --container take the "
				       "place of one, and go with traces only",
				       a->in.v[i].path);
	return r;
}

static int audit_running(char *const *paths, size_t n, const struct opts *o,
			 struct segen_error *err)
{
	_cleanup_(auditing_done) struct auditing a = {};
	_cleanup_(answers_done) struct answers answers = {};
	struct audit_more more = {.answers = &answers};
	struct audit_input in = {.docker = &a.docker, .target = &o->target};
	struct audited audited = {.docker = &a.docker, .more = &more, .n = 1};

	base_default(&a.docker);
	if (read_traces(&a, paths, n, err) < 0 ||
	    running_read(o->pid, o->container, &a.running, err) < 0)
		return EXIT_FAILED;
	in.path = a.running.words;
	in.answering = &a.running.answering;
	in.trace = audited.trace = a.in.n_traces ? &a.in.trace : NULL;
	audited.v = a.v = xcalloc(1, sizeof(*a.v));
	if (audit_init(a.v, &in, err) < 0)
		return EXIT_FAILED;
	a.n = 1;
	answers_init(&answers, in.answering, o->target.arch);
	print(&audited, o);
	return status(&a, o->fail_on);
}

static int audit_files(char *const *paths, size_t n, struct opts *o,
		       struct segen_error *err)
{
	_cleanup_(auditing_done) struct auditing a = {};

	if (o->html && segen_outfile_check(o->html, err) < 0)
		return EXIT_FAILED;
	base_default(&a.docker);
	if (inputs_read(paths, n, &a.in, err) < 0)
		return EXIT_FAILED;
	if (o->log && read_log(&a, o->log, err) < 0)
		return EXIT_FAILED;
	if (a.in.n_traces)
		target_from_trace(&o->target, &a.in.trace);
	if (audit_all(&a, &o->target, err) < 0)
		return EXIT_FAILED;
	if (o->against && read_other(&a, o->against, err) < 0)
		return EXIT_FAILED;
	if ((o->html || o->format == FORMAT_JSON) &&
	    add_all_more(&a, &o->target, err) < 0)
		return EXIT_FAILED;
	if (put_out(&a, o, err) != EXIT_OK)
		return EXIT_FAILED;
	return status(&a, o->fail_on);
}

/* What runs: one container or process with what was recorded of it, or all containers. */
static int running(char *const *paths, size_t n, const struct opts *o,
		   struct segen_error *err)
{
	if (!!o->pid + !!o->container + o->all_containers != 1)
		segen_fail(err, -EINVAL,
			   "choose one of --pid, --container and --all-containers");
	else if (o->log || o->html || o->against)
		segen_fail(
			err, -EINVAL,
			"--log, --html and --against go with files, not with what runs");
	else if (!o->all_containers)
		return audit_running(paths, n, o, err);
	else if (n || o->fail_on)
		segen_fail(err, -EINVAL,
			   "--all-containers takes neither files nor "
			   "--fail-on; audit one with --container NAME");
	else
		return audit_containers(&o->target, o->format, o->color, err) < 0
			       ? EXIT_FAILED
			       : EXIT_OK;
	return EXIT_USAGE;
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
	if (o.pid || o.container || o.all_containers)
		return running(argv + first, (size_t)(argc - first), &o, err);
	if (first == argc && !o.log) {
		segen_fail(err, -EINVAL, "give at least one profile, trace or --log");
		return EXIT_USAGE;
	}
	if (o.against && !o.html && o.format != FORMAT_JSON) {
		segen_fail(
			err, -EINVAL,
			"--against needs --html or --format json; for text, use 'segen diff'");
		return EXIT_USAGE;
	}
	return audit_files(argv + first, (size_t)(argc - first), &o, err);
}
