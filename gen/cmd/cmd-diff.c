/* cmd-diff.c: segen diff: two profiles or two traces by meaning. */
#include "cli/cmd.h"
#include "cmd/input.h"
#include "cmd/report-options.h"
#include "cmd/target-options.h"
#include "report/report-diff.h"

#include <errno.h>
#include <string.h>

/* Exit statuses as of diff(1); --fail-on has the one of findings. */
enum {
	EXIT_SAME = EXIT_OK,
	EXIT_DIFFERENT = 1,
	EXIT_TROUBLE = 2,
};

struct opts {
	struct target target;
	enum report_format format;
	enum terminal_color color;
	bool all_targets, fail_on_wider;
};

static const struct option_row rows[] = {
	{"format", 'f', "FORMAT", "text (default) or json",
	 OPTION_WORD(struct opts, format, "text|json")},
	{"all-targets", 0, NULL,
	 "compare for every architecture, capability and kernel that a gate names",
	 OPTION_FLAG(struct opts, all_targets)},
	{"fail-on", 0, "WHAT", "exit status 3 if the second allows more",
	 OPTION_FLAG(struct opts, fail_on_wider)},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	{TARGET_OPTIONS_TITLE, target_options, TARGET_OPTIONS_N,
	 offsetof(struct opts, target)},
	REPORT_OPTIONS(struct opts, color),
};

static const struct example examples[] = {
	{"segen diff docker app.seccomp.json",
	 "what the profile takes away from Docker's default"},
	{"segen diff --fail-on wider old.seccomp.json new.seccomp.json",
	 "for CI: exit status 3 if the new one allows more"},
	{"segen diff monday.trace.json friday.trace.json", "which calls are new"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_diff = {
	.name = "diff",
	.args = "[OPTIONS] A B",
	.help = "compare two profiles, or two traces, by meaning",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.notes = "A and B: files, '-', or 'docker', 'docker-20.10', 'podman'.",
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

static int diff_of_profiles(const struct input *a, const struct input *b,
			    const struct opts *o, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	_cleanup_(diff_done) struct diff d = {};
	struct layout l = report_layout(o->color, &out);
	int r = (o->all_targets ? diff_all_targets : diff_profiles)(
		&a->profile, &b->profile, &o->target, &d, err);

	if (r < 0)
		return EXIT_TROUBLE;
	if (o->format == FORMAT_JSON)
		report_diff_json(&out, &d);
	else
		report_diff_text(&l, &d);
	report_print(o->format, &out);
	if (o->fail_on_wider && d.wider)
		return EXIT_FINDINGS;
	return d.n || d.remarks.n ? EXIT_DIFFERENT : EXIT_SAME;
}

static int diff_of_traces(const struct input *a, const struct input *b,
			  const struct opts *o)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	_cleanup_(trace_diff_done) struct trace_diff d = {};
	struct layout l = report_layout(o->color, &out);

	diff_traces(&a->trace, &b->trace, &d);
	if (o->format == FORMAT_JSON)
		report_trace_diff_json(&out, &d);
	else
		report_trace_diff_text(&l, &d);
	report_print(o->format, &out);
	if (o->fail_on_wider && d.n_change[TRACE_ADDED])
		return EXIT_FINDINGS;
	return d.n || d.programs.n ? EXIT_DIFFERENT : EXIT_SAME;
}

static int diff_files(const char *path_a, const char *path_b, const struct opts *o,
		      struct segen_error *err)
{
	_cleanup_(input_done) struct input a = {}, b = {};

	if (!strcmp(path_a, "-") && !strcmp(path_b, "-")) {
		segen_fail(err, -EINVAL, "standard input can be read only once");
		return EXIT_TROUBLE;
	}
	if (input_read(path_a, &a, err) < 0 || input_read(path_b, &b, err) < 0)
		return EXIT_TROUBLE;
	if (a.kind != b.kind) {
		segen_fail(err, -EINVAL,
			   "'%s' is a %s and '%s' is a %s; give two of the same kind",
			   path_a, a.kind == INPUT_TRACE ? "trace" : "profile", path_b,
			   b.kind == INPUT_TRACE ? "trace" : "profile");
		return EXIT_TROUBLE;
	}
	return a.kind == INPUT_TRACE ? diff_of_traces(&a, &b, o)
				     : diff_of_profiles(&a, &b, o, err);
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
	r = options_parse(&cmd_diff, argc, argv, &o, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_TROUBLE : EXIT_OK;
	if (argc - first != 2) {
		segen_fail(err, -EINVAL, "give two profiles or two traces");
		return EXIT_TROUBLE;
	}
	return diff_files(argv[first], argv[first + 1], &o, err);
}
