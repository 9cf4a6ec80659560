/* cmd-gen.c: segen gen: a profile from traces, or from a base alone. */
#include "cli/cmd.h"

#include <segen/tracefile.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "profile/base.h"
#include "cmd/gen-options.h"
#include "cmd/generate-run.h"
#include "cmd/input.h"
#include "cli/message.h"
#include "target/target.h"

struct opts {
	struct gen_opts gen;
	const char *output;
	bool compact;
};

static void opts_done(struct opts *o)
{
	gen_opts_done(&o->gen);
}

static const struct option_row rows[] = {
	{"output", 'o', "FILE", "write there instead of standard output",
	 OPTION_TEXT(struct opts, output)},
	{"compact", 0, NULL, "write compact JSON", OPTION_FLAG(struct opts, compact)},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	{GEN_OPTIONS_TITLE, gen_options, GEN_OPTIONS_N, offsetof(struct opts, gen)},
	{TARGET_OPTIONS_TITLE, GEN_TARGET_OPTIONS, GEN_TARGET_OPTIONS_N,
	 offsetof(struct opts, gen.policy.target)},
};

static const struct example examples[] = {
	{"segen gen app.trace.json -o app.seccomp.json",
	 "a profile for what the trace holds"},
	{"segen gen --cap-drop ALL --cap-add NET_BIND_SERVICE app.trace.json",
	 "for a container that runs with these options"},
	{"segen gen --tie chmod,fchmod,fchmodat,fchmodat2=CAP_WAKE_ALARM",
	 "Docker's default, with chmod only for containers that have a capability"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_gen = {
	.name = "gen",
	.args = "[OPTIONS] [TRACE…]",
	.help = "make a profile from traces, or edit a base profile",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.notes =
		"CALLS is a comma-separated list of system calls. With several traces, the profile covers them all. Without a trace, the base itself is edited: --tie, --allow and --deny change it, and the rest stays as it is.",
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

static void print_notes(const char *prefix, const struct segen_strset *notes)
{
	for (size_t i = 0; i < notes->n; i++)
		say("%s%s", prefix, notes->v[i]);
}

static int load_base(const char *spec, enum engine engine, struct profile *ret,
		     struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset notes = {};
	_cleanup_free_ char *prefix = xasprintf("base '%s': ", spec);
	int r = base_load(spec, ret, &notes, err);

	if (r < 0)
		return segen_wrap(err, input_wrong_kind(spec, INPUT_PROFILE, r, err),
				  "base '%s'", spec);
	generate_drop_notes(&notes, engine);
	print_notes(prefix, &notes);
	return 0;
}

static int gen(struct opts *o, char *const *paths, size_t n_paths,
	       struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace trace = {};
	_cleanup_(profile_done) struct profile base = {};
	_cleanup_(gen_report_done) struct gen_report report = {};
	_cleanup_(segen_strset_done) struct segen_strset remarks = {};
	struct generate_run g = {
		.opts = &o->gen,
		.trace = n_paths ? &trace : NULL,
		.base = &base,
		.path = o->output,
		.style = o->compact ? PROFILE_COMPACT : PROFILE_PRETTY,
	};
	int r;

	for (size_t i = 0; i < n_paths; i++) {
		r = segen_tracefile_read(paths[i], &trace, err);
		if (r < 0)
			return input_wrong_kind(paths[i], INPUT_TRACE, r, err);
	}
	target_from_trace(&o->gen.policy.target, &trace);
	r = load_base(o->gen.base, o->gen.policy.target.engine, &base, err);
	if (r == 0)
		r = generate_run(&g, &report, err);
	if (r < 0)
		return r;
	generate_remarks(&report, g.trace, &remarks);
	for (size_t i = 0; i < report.n_warnings; i++)
		say("%s: %s",
		    report.warnings[i].weight == WEIGHT_NOTE ? "note" : "warning",
		    report.warnings[i].text);
	print_notes("note: ", &remarks);
	return 0;
}

static int run(int argc, char **argv, struct segen_error *err)
{
	_cleanup_(opts_done) struct opts o = {.output = "-"};
	int first, r;

	gen_opts_init(&o.gen);
	r = options_parse(&cmd_gen, argc, argv, &o, &first, err);
	if (r == 0)
		r = gen_policy_check(&o.gen.policy, err);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_OK;
	return gen(&o, argv + first, argc - first, err) < 0 ? EXIT_FAILED : EXIT_OK;
}
