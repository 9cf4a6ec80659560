/* cmd-trace.c: segen trace: run a command, write what it did and a profile for it. */
#include "cmd.h"

#include <segen/outfile.h>
#include <segen/tracefile.h>
#include <segen/tracer.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "duration.h"
#include "generate.h"
#include "known.h"
#include "live.h"
#include "profile-io.h"
#include "resolve.h"
#include "summary.h"
#include "target-options.h"
#include "trace-files.h"

struct opts {
	const char *output, *profile;
	bool no_profile, append, free, full, no_stacks, quiet, args, new_is_error;
	const char *known[64]; /* borrowed from argv */
	size_t n_known;
	unsigned patience;
	uint64_t for_ms;
	const char *base;
	struct gen_policy policy;
};

/* One segen trace from its start to its end. */
struct session {
	struct opts opts;
	struct trace_files files;
	struct segen_trace trace, known;
	struct profile base;
	struct gen_report report;
	const struct segen_run *run; /* in @trace; sorting moves its index */
};

static void session_done(struct session *s)
{
	gen_policy_done(&s->opts.policy);
	trace_files_done(&s->files);
	segen_trace_done(&s->trace);
	segen_trace_done(&s->known);
	profile_done(&s->base);
	gen_report_done(&s->report);
}

static int set_output(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->output = value;
	return 0;
}

static int set_profile(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->profile = value;
	return 0;
}

static int set_no_profile(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->no_profile = true;
	return 0;
}

static int set_append(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->append = true;
	return 0;
}

static int set_observe(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->free = strcmp(value, "free") == 0;
	return 0;
}

static int set_mode(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->full = strcmp(value, "full") == 0;
	return 0;
}

static int set_known(void *opts, const char *value, struct segen_error *err)
{
	struct opts *o = opts;

	if (o->n_known == ARRAY_SIZE(o->known))
		return segen_fail(err, -EINVAL,
				  "--known: more than %zu files; unite them with segen "
				  "merge",
				  ARRAY_SIZE(o->known));
	o->known[o->n_known++] = value;
	return 0;
}

static int set_new_is_error(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->new_is_error = true;
	return 0;
}

static int set_patience(void *opts, const char *value, struct segen_error *err)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (*end || !*value || n < 1 || n > UINT_MAX || *value == '-')
		return segen_fail(err, -EINVAL,
				  "--patience: '%s' is not a number of calls", value);
	((struct opts *)opts)->patience = (unsigned)n;
	return 0;
}

static int set_args(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->args = true;
	return 0;
}

static int set_for(void *opts, const char *value, struct segen_error *err)
{
	return duration_parse(value, &((struct opts *)opts)->for_ms, err);
}

static int set_no_stacks(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->no_stacks = true;
	return 0;
}

static int set_quiet(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->quiet = true;
	return 0;
}

static int set_base(void *opts, const char *value, struct segen_error *err)
{
	((struct opts *)opts)->base = value;
	return 0;
}

static const struct option_row rows[] = {
	{"output", 'o', "FILE", "write the trace to FILE (default: NAME.trace.json)",
	 set_output, NULL},
	{"profile", 0, "FILE",
	 "write the profile to FILE (default: NAME.seccomp.json, beside the trace)",
	 set_profile, NULL},
	{"no-profile", 0, NULL, "write the trace only", set_no_profile, NULL},
	{"append", 'a', NULL,
	 "add this run to the trace that is there; the profile is for all its runs",
	 set_append, NULL},
	{"observe", 0, "RULES",
	 "let the command run as the base profile would (base, the default) or unhindered",
	 set_observe, "base|free"},
	{"mode", 0, "MODE",
	 "learn a call once and let it go (fast, the default), or stop at every one (full)",
	 set_mode, "fast|full"},
	{"known", 'k', "FILE",
	 "what this trace or profile has is known: let it go from the start (repeatable)",
	 set_known, NULL},
	{"new-is-error", 0, NULL,
	 "exit 3 when a call was made that --known does not have", set_new_is_error,
	 NULL},
	{"patience", 0, "N",
	 "fast: let a process go after N calls without news (default: it depends)",
	 set_patience, NULL},
	{"all-args", 0, NULL,
	 "fast: go on looking at arguments for which --args can make rules", set_args,
	 NULL},
	{"for", 0, "DURATION", "end the command after 30s, 5m, 1h30m, …", set_for, NULL},
	{"no-stacks", 0, NULL, "do not record from where a call was first made",
	 set_no_stacks, NULL},
	{"quiet", 'q', NULL, "no live line and no summary", set_quiet, NULL},
	{"base", 'b', "BASE", "never allow more than this profile (default: docker)",
	 set_base, NULL},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	{TARGET_OPTIONS_TITLE, target_options, TARGET_OPTIONS_N,
	 offsetof(struct opts, policy.target)},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_trace = {
	.name = "trace",
	.args = "[OPTIONS] [--] COMMAND [ARG…]",
	.help = "run a command and write a profile that lets it run",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.in_order = true,
	.notes = "NAME is the command's file name.  The exit status is the command's own "
		 "(128+N\nwhen signal N ended it), 125 when segen failed, 126 and 127 "
		 "when the command\ncannot be executed or is not there.",
	.run = run,
};

/* Whatever can be known to fail afterwards fails before the command is started. */
static int check_files(const struct session *s, struct segen_error *err)
{
	const struct trace_files *f = &s->files;
	int r;

	if (s->opts.no_profile)
		return segen_outfile_check(f->trace, err);
	if (strcmp(f->trace, f->profile) == 0)
		return segen_fail(err, -EINVAL,
				  "trace and profile cannot both be written to '%s'",
				  f->trace);
	r = segen_outfile_check(f->trace, err);
	return r < 0 ? r : segen_outfile_check(f->profile, err);
}

static int read_earlier_runs(struct session *s, struct segen_error *err)
{
	if (!s->opts.append || access(s->files.trace, F_OK) < 0)
		return 0;
	return segen_tracefile_read(s->files.trace, &s->trace, err);
}

static int read_known(struct session *s, struct segen_error *err)
{
	struct target here = s->opts.policy.target; /* borrows the capabilities */
	int r = 0;

	here.arch = segen_arch_native();
	for (size_t i = 0; r == 0 && i < s->opts.n_known; i++)
		r = known_read(s->opts.known[i], &here, &s->known, err);
	return r;
}

static size_t index_of_run(const struct session *s)
{
	size_t i = 0;

	while (s->trace.runs[i] != s->run)
		i++;
	return i;
}

/* A drift alarm: whatever is new gets a line. */
static bool report_new(const struct session *s)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};

	known_new_calls(&s->trace, index_of_run(s), &s->known, &names);
	for (size_t i = 0; i < names.n; i++)
		fprintf(stderr, "segen: new: %s\n", names.v[i]);
	return names.n > 0;
}

static int load_base(struct session *s, struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset notes = {};
	int r = base_load(s->opts.base, &s->base, &notes, err);

	for (size_t i = 0; i < notes.n && !s->opts.quiet; i++)
		fprintf(stderr, "segen: base '%s': %s\n", s->opts.base, notes.v[i]);
	return r;
}

/* The answers of the base to a container like the target, on this machine. */
static int observe_rules(const struct session *s, struct segen_rules *ret,
			 struct segen_error *err)
{
	_cleanup_(profile_done) struct profile flat = {};
	struct target here = s->opts.policy.target; /* borrows the capabilities */
	int r;

	here.arch = segen_arch_native();
	r = resolve(&s->base, &here, &flat, err);
	return r < 0 ? r : resolve_rules(&flat, &here, true, ret, err);
}

static int record(struct session *s, char *const *argv, const struct segen_rules *rules,
		  struct segen_tracer_result *ret, struct segen_error *err)
{
	struct live live;
	struct segen_tracer_opts o = {
		.argv = argv,
		.mode = s->opts.full ? SEGEN_MODE_FULL : SEGEN_MODE_FAST,
		.known = &s->known,
		.args = s->opts.args,
		.patience = s->opts.patience,
		.policy = s->opts.free ? NULL : rules,
		.for_ms = s->opts.for_ms,
		.stacks = !s->opts.no_stacks,
	};
	size_t run;
	int r;

	live_init(&live, s->opts.quiet ? -1 : STDERR_FILENO);
	if (live.fd >= 0) {
		o.progress = live_progress;
		o.progress_ctx = &live;
	}
	r = segen_tracer_run(&o, &s->trace, &run, ret, err);
	live_erase(&live);
	if (r == 0)
		s->run = s->trace.runs[run];
	return r;
}

static int make_profile(struct session *s, struct segen_error *err)
{
	_cleanup_(profile_done) struct profile p = {};
	int r;

	r = generate(&s->trace, &s->base, &s->opts.policy, &p, &s->report, err);
	if (r == 0)
		r = profile_write(s->files.profile, &p, PROFILE_PRETTY, err);
	if (r < 0)
		return segen_wrap(err, r, "the trace is in '%s', but no profile was made",
				  s->files.trace);
	return 0;
}

static void print_summary(const struct session *s)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct summary summary = {
		.name = s->files.name,
		.trace = &s->trace,
		.run = s->run,
		.report = s->opts.no_profile ? NULL : &s->report,
		.target = &s->opts.policy.target,
		.trace_path = s->files.trace,
		.profile_path = s->opts.no_profile ? NULL : s->files.profile,
	};

	summary_text(&summary, &out);
	fputs(out.s, stderr);
}

/*
 * The run may have taken hours: when there is no place any more where the trace was to
 * go, it goes to the folder for temporary files.
 */
static int rescue_trace(struct session *s, int r, struct segen_error *err)
{
	const char *dir = getenv("TMPDIR");
	_cleanup_free_ char *path =
		xasprintf("%s/%s-%s.trace.json", dir && *dir ? dir : "/tmp",
			  s->files.name, s->run->id);
	struct segen_error first = *err;

	if (segen_tracefile_write(path, &s->trace, NULL) < 0)
		return r;
	return segen_fail(err, r, "%s; the trace is in '%s' instead", first.msg, path);
}

static int write_results(struct session *s, struct segen_error *err)
{
	int r = segen_tracefile_write(s->files.trace, &s->trace, err);

	if (r < 0)
		return rescue_trace(s, r, err);
	if (!s->opts.no_profile)
		r = make_profile(s, err);
	if (r == 0 && !s->opts.quiet)
		print_summary(s);
	return r;
}

static int failed_status(int r)
{
	switch (r) {
	case -ENOENT: return EXIT_NOT_FOUND;
	case -EACCES:
	case -ENOEXEC: return EXIT_CANNOT_EXECUTE;
	default: return EXIT_TRACE_FAILED;
	}
}

static int trace_command(struct session *s, char *const *argv, struct segen_error *err)
{
	_cleanup_(segen_rules_done) struct segen_rules rules = {};
	struct segen_tracer_result result = {};
	size_t known;
	bool drift;
	int r;

	r = check_files(s, err);
	if (r == 0)
		r = read_earlier_runs(s, err);
	if (r == 0)
		r = load_base(s, err);
	if (r == 0)
		r = read_known(s, err);
	if (r == 0 && !s->opts.free)
		r = observe_rules(s, &rules, err);
	if (r < 0)
		return EXIT_TRACE_FAILED;
	known = s->trace.n_runs;
	r = record(s, argv, &rules, &result, err);
	if (r < 0) {
		/* keep what a long run has seen before it failed */
		if (s->trace.n_runs > known && s->trace.n_calls)
			segen_tracefile_write(s->files.trace, &s->trace, NULL);
		return failed_status(r);
	}
	drift = s->opts.n_known && s->opts.new_is_error && report_new(s);
	/* What was let go unseen is in the files that know it. */
	segen_trace_merge(&s->trace, &s->known);
	r = write_results(s, err);
	if (r < 0)
		return EXIT_TRACE_FAILED;
	return drift ? EXIT_FINDINGS : result.status;
}

static int run(int argc, char **argv, struct segen_error *err)
{
	_cleanup_(session_done) struct session s = {.opts.base = "docker"};
	int first, r;

	gen_policy_init(&s.opts.policy);
	r = options_parse(&cmd_trace, argc, argv, &s.opts, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_TRACE_FAILED : EXIT_OK;
	if (first == argc) {
		segen_fail(err, -EINVAL,
			   "trace: a command is missing: segen trace [OPTIONS] -- "
			   "COMMAND…");
		return EXIT_TRACE_FAILED;
	}
	trace_files_init(&s.files, argv[first], s.opts.output, s.opts.profile);
	return trace_command(&s, argv + first, err);
}
