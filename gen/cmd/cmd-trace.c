/* cmd-trace.c: segen trace: run a command, write what it did and a profile for it. */
#include "cli/cmd.h"
#include "cli/live.h"
#include "cli/message.h"
#include "cli/trace-files.h"
#include "cmd/earlier.h"
#include "cmd/generate-run.h"
#include "cmd/input.h"
#include "cmd/report-options.h"
#include "cmd/summary.h"
#include "cmd/trace-compose.h"
#include "cmd/trace-options.h"
#include "container/attach-run.h"
#include "container/container-run.h"
#include "profile/base.h"
#include "target/known.h"
#include "target/resolve.h"
#include "target/target.h"

#include <segen/outfile.h>
#include <segen/tracefile.h>
#include <segen/tracer.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* One segen trace from its start to its end. */
struct session {
	struct trace_opts opts;
	struct trace_files files;
	struct segen_trace trace;
	struct known known;
	struct profile base;
	struct gen_report report;
	size_t run; /* index into the runs of @trace */
	struct earlier earlier;
	char *const *argv; /* that is recorded; NULL: what runs already */
	const struct engine_cmdline *engine; /* of @argv; NULL: a plain command */
	struct segen_tracer_result result;
	bool recorded; /* and written: the exit status may be the workload's */
};

static void session_done(struct session *s)
{
	trace_opts_done(&s->opts);
	trace_files_done(&s->files);
	segen_trace_done(&s->trace);
	known_done(&s->known);
	profile_done(&s->base);
	gen_report_done(&s->report);
	earlier_done(&s->earlier);
}

static const struct option_group groups[] = {
	{NULL, trace_options, TRACE_OPTIONS_N, 0},
	{GEN_OPTIONS_TITLE, gen_options, GEN_OPTIONS_N, offsetof(struct trace_opts, gen)},
	{TARGET_OPTIONS_TITLE, GEN_TARGET_OPTIONS, GEN_TARGET_OPTIONS_N,
	 offsetof(struct trace_opts, gen.policy.target)},
	REPORT_OPTIONS(struct trace_opts, color),
};

static const struct example examples[] = {
	{"segen trace -- ./server --port 8080", "until the command ends, or ^C"},
	{"segen trace --append -o server.trace.json -- ./run-tests",
	 "add what the tests do to an earlier trace"},
	{"segen trace -- docker run --rm IMAGE", "record a container as it is"},
	{"segen trace --container web --for 10m", "record a running container"},
	{"segen trace -q --known app.seccomp.json --new-is-error -- ./run-tests",
	 "a drift alarm for CI: exit status 3 if a call is not in the profile"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_trace = {
	.name = "trace",
	.args = "[OPTIONS] [--] COMMAND [ARG…] | -p PID | --container NAME",
	.help = "run a command and write a profile that lets it run",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.in_order = true,
	.notes =
		"NAME is the command's file name. The exit status is the command's own (128+N when signal N ended it), 125 when segen failed, 126 and 127 when the command cannot be executed or is not there.",
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
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
	int r;

	if (!s->opts.append || access(s->files.trace, F_OK) < 0)
		return 0;
	r = segen_tracefile_read(s->files.trace, &s->trace, err);
	if (r < 0)
		return input_wrong_kind(s->files.trace, INPUT_TRACE, r, err);
	if (s->trace.n_runs >= SEGEN_RUNS_MAX)
		return segen_fail(err, -E2BIG,
				  "'%s' holds %d runs, the maximum; start a new trace",
				  s->files.trace, SEGEN_RUNS_MAX);
	return r;
}

static int read_known(struct session *s, struct segen_error *err)
{
	struct target here = s->opts.gen.policy.target; /* borrows the capabilities */
	int r = 0;

	here.arch = segen_arch_native();
	for (size_t i = 0; r == 0 && i < s->opts.n_known; i++)
		r = known_read(s->opts.known[i], &here, &s->known, err);
	return r;
}

/* A drift alarm: whatever is new gets a line. */
static bool report_new(const struct session *s)
{
	_cleanup_(segen_strset_done) struct segen_strset calls = {};

	known_new_calls(&s->trace, s->run, &s->known, &calls);
	for (size_t i = 0; i < calls.n; i++)
		say("new: %s", calls.v[i]);
	return calls.n > 0;
}

static int load_base(struct session *s, struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset notes = {};
	int r = base_load(s->opts.gen.base, &s->base, &notes, err);

	if (r < 0)
		return input_wrong_kind(s->opts.gen.base, INPUT_PROFILE, r, err);
	generate_drop_notes(&notes, s->opts.gen.policy.target.engine);
	for (size_t i = 0; i < notes.n && !s->opts.quiet; i++)
		say("base '%s': %s", s->opts.gen.base, notes.v[i]);
	return 0;
}

/* Whether all values of arguments are recorded, not only the first ones. */
static bool records_args(const struct session *s)
{
	return s->opts.all_args || s->opts.gen.policy.args.n ||
	       (s->opts.new_is_error && known_needs_args(&s->known));
}

static int record(struct session *s, char *const *argv, struct policy_rules *observe,
		  struct segen_tracer_result *ret, struct segen_error *err)
{
	struct live live;
	struct segen_tracer_opts o = {
		.argv = argv,
		.mode = s->opts.full ? SEGEN_MODE_FULL : SEGEN_MODE_FAST,
		.known = &s->known.trace,
		.args = records_args(s),
		.patience = s->opts.patience,
		.policy = s->opts.free ? NULL : &observe->native,
		.policy_all = policy_rules_all,
		.policy_ctx = observe,
		.for_ms = s->opts.for_ms,
		.stacks = !s->opts.no_stacks,
	};
	int r;

	live_init(&live, s->opts.quiet ? -1 : STDERR_FILENO);
	if (live.fd >= 0) {
		o.progress = live_progress;
		o.progress_ctx = &live;
	}
	r = segen_tracer_run(&o, &s->trace, &s->run, ret, err);
	live_erase(&live);
	return r;
}

static int make_profile(struct session *s, struct segen_error *err)
{
	struct generate_run g = {
		.opts = &s->opts.gen,
		.trace = &s->trace,
		.base = &s->base,
		.path = s->files.profile,
		.style = PROFILE_PRETTY,
	};
	int r = generate_run(&g, &s->report, err);

	if (r < 0)
		return segen_wrap(err, r, "the trace is in '%s', but no profile was made",
				  s->files.trace);
	return 0;
}

static enum ended_by ended_by(const struct segen_tracer_result *r)
{
	if (r->killed && r->signal == SIGKILL)
		return r->timed_out ? ENDED_BY_TIME_KILL : ENDED_BY_SECOND_INT;
	return r->timed_out ? ENDED_BY_TIME : ENDED_BY_ITSELF;
}

static void print_summary(const struct session *s)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	const struct layout l = report_layout_of(STDERR_FILENO, s->opts.color, &out);
	struct summary summary = {
		.name = s->files.name,
		.trace = &s->trace,
		.run = s->trace.runs[s->run],
		.run_index = s->run,
		.signal = s->result.signal,
		.ended_by = ended_by(&s->result),
		.appended = s->opts.append && s->trace.n_runs > 1,
		.earlier = &s->earlier,
		.argv = s->argv,
		.engine = s->engine,
		.report = s->opts.no_profile ? NULL : &s->report,
		.target = &s->opts.gen.policy.target,
		.trace_path = s->files.trace,
		.profile_path = s->opts.no_profile ? NULL : s->files.profile,
	};

	summary_text(&summary, &l);
	say_text(out.s);
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
			  s->files.name, s->trace.runs[s->run]->id);
	struct segen_error first = *err;

	if (segen_tracefile_write(path, &s->trace, NULL) < 0)
		return r;
	return segen_fail(err, r, "%s; the trace is in '%s' instead", first.msg, path);
}

/* The trace is on the disk before anything else is begun. */
static int write_both(struct session *s, struct segen_error *err)
{
	int r = 0;

	if (!s->opts.append)
		r = earlier_keep(s->files.trace, &s->trace, &s->earlier, err);
	if (r == 0)
		r = segen_tracefile_write(s->files.trace, &s->trace, err);
	if (r < 0)
		return rescue_trace(s, r, err);
	return s->opts.no_profile ? 0 : make_profile(s, err);
}

static int write_results(struct session *s, struct segen_error *err)
{
	int r = write_both(s, err);

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

/* What earlier runs and files know, and the base. */
static int read_inputs(struct session *s, struct segen_error *err)
{
	int r = check_files(s, err);

	r = r < 0 ? r : read_earlier_runs(s, err);
	r = r < 0 ? r : load_base(s, err);
	return r < 0 ? r : read_known(s, err);
}

/* Of what never ran there is nothing to write: an earlier trace stays as it is. */
static int never_begun(const struct session *s, int status, struct segen_error *err)
{
	segen_fail(err, -ENODATA, "'%s' never started; nothing was written to '%s'",
		   s->files.name, s->files.trace);
	return status ? status : EXIT_TRACE_FAILED;
}

static void forget_arguments(struct segen_run *run)
{
	for (size_t i = 1; run->argv[0] && run->argv[i]; i++)
		free(TAKE_PTR(run->argv[i]));
}

/* The results of a run that is in the trace; the exit status. */
static int finish(struct session *s, int status, struct segen_error *err)
{
	bool drift = s->opts.new_is_error && report_new(s);

	/* What was allowed from the start is in the files that know it. */
	segen_trace_merge(&s->trace, &s->known.trace);
	if (s->opts.no_cmdline)
		forget_arguments(s->trace.runs[s->run]);
	if (!run_has_begun(&s->trace, s->run))
		return never_begun(s, status, err);
	if (write_results(s, err) < 0)
		return EXIT_TRACE_FAILED;
	s->recorded = true;
	return drift ? EXIT_FINDINGS : status;
}

static int trace_command(struct session *s, char *const *argv, struct segen_error *err)
{
	_cleanup_(policy_rules_done) struct policy_rules observe = {};
	size_t known;
	int r = read_inputs(s, err);

	if (r == 0 && !s->opts.free)
		r = policy_rules_init(&observe, &s->base, &s->opts.gen.policy.target,
				      err);
	if (r < 0)
		return EXIT_TRACE_FAILED;
	known = s->trace.n_runs;
	r = record(s, argv, &observe, &s->result, err);
	if (r < 0) {
		/* keep what a long run has seen before it failed */
		if (s->trace.n_runs > known && run_has_begun(&s->trace, known))
			segen_tracefile_write(s->files.trace, &s->trace, NULL);
		return failed_status(r);
	}
	return finish(s, s->result.status, err);
}

static void request_init(const struct session *s, struct oci_request *r)
{
	*r = (struct oci_request){
		.full = s->opts.full,
		.args = records_args(s),
		.no_stacks = s->opts.no_stacks,
		.patience = s->opts.patience,
	};
	segen_trace_merge(&r->known, &s->known.trace);
}

/* What runs already. */
static int trace_running(struct session *s, struct segen_error *err)
{
	const struct trace_opts *o = &s->opts;
	_cleanup_(attach_target_done) struct attach_target target = {};
	struct segen_attach_opts how = {.for_ms = o->for_ms, .stacks = !o->no_stacks};
	int r = attach_target_find(o->pids, o->n_pids, o->container, &target, err);

	if (r < 0)
		return EXIT_TRACE_FAILED;
	trace_files_init(&s->files, target.name, o->output, o->profile);
	r = read_inputs(s, err);
	if (r < 0)
		return EXIT_TRACE_FAILED;
	r = attach_run(&target, &how, o->quiet ? -1 : STDERR_FILENO, &s->trace, &s->run,
		       err);
	if (r < 0)
		return EXIT_TRACE_FAILED;
	return finish(s, EXIT_OK, err);
}

/* docker run …: the container is recorded by its runtime. */
static int trace_container(struct session *s, char *const *argv,
			   const struct engine_cmdline *c, struct segen_error *err)
{
	_cleanup_(oci_request_done) struct oci_request request = {};
	const struct container_opts opts = {.request = &request,
					    .for_ms = s->opts.for_ms};
	struct container_result result;
	int r = read_inputs(s, err);

	if (r < 0)
		return EXIT_TRACE_FAILED;
	request_init(s, &request);
	r = container_run(argv, c, &opts, &s->trace, &result, err);
	if (r < 0)
		return failed_status(r);
	if (!result.recorded) {
		*err = result.why;
		return result.status ? result.status : EXIT_TRACE_FAILED;
	}
	s->run = segen_trace_run(&s->trace, result.run_id);
	target_from_trace(&s->opts.gen.policy.target, &s->trace);
	return finish(s, result.status, err);
}

/* docker compose up …: each service is recorded by its runtime. */
static int trace_services(struct session *s, char *const *argv,
			  const struct compose_cmdline *c, struct segen_error *err)
{
	_cleanup_(oci_request_done) struct oci_request request = {};
	int status = 0, r = load_base(s, err);

	if (r == 0)
		r = read_known(s, err);
	if (r < 0)
		return EXIT_TRACE_FAILED;
	request_init(s, &request);
	r = trace_compose(&s->opts, &s->base, &request, argv, c, &status, err);
	s->recorded = r >= 0 || (r == -ENODATA && status);
	if (r == -ENODATA && status)
		return status;
	return r < 0 ? failed_status(r) : status;
}

/* The script itself may be what is to be recorded. */
static void warn_of_script(char *const *argv)
{
	const char *engine = engine_cmdline_in_script(argv);

	if (engine)
		say("the containers that '%s' starts in this script are not recorded; record each one: segen trace -- %s run …, or while it runs: segen trace --container %s:NAME",
		    engine, engine, engine);
}

static int start(struct session *s, char *const *words, struct segen_error *err)
{
	_cleanup_(engine_words_free) char **plain =
		s->opts.host ? NULL : engine_cmdline_from_shell(words);
	char *const *argv = plain ? plain : words;
	_cleanup_free_ char *name = NULL, *program = NULL;
	struct compose_cmdline compose;
	struct engine_cmdline c;

	engine_cmdline_parse(argv, &c);
	compose_cmdline_parse(argv, &compose);
	if (!s->opts.host && compose.found)
		return trace_services(s, argv, &compose, err);
	if (!s->opts.host && c.kind == ENGINE_OTHER) {
		_cleanup_(segen_buf_done) struct segen_buf advice = {};

		engine_cmdline_advise(&c, &advice);
		segen_fail(err, -EINVAL, "%s", advice.s);
		return EXIT_TRACE_FAILED;
	}
	if (!s->opts.host && c.kind == ENGINE_NONE)
		warn_of_script(argv);
	if (!s->opts.host && c.kind == ENGINE_RUN && c.image)
		name = trace_files_image_name(c.image);
	if (name && s->opts.free) {
		segen_fail(
			err, -EINVAL,
			"--observe=free: a container has the filter that its engine "
			"gives it; '%s run --security-opt seccomp=unconfined' gives none",
			c.engine);
		return EXIT_TRACE_FAILED;
	}
	s->argv = argv;
	s->engine = name ? &c : NULL;
	if (!name)
		program = trace_files_command_name(argv);
	trace_files_init(&s->files, name ? name : program, s->opts.output,
			 s->opts.profile);
	return name ? trace_container(s, argv, &c, err) : trace_command(s, argv, err);
}

static int run(int argc, char **argv, struct segen_error *err)
{
	_cleanup_(session_done) struct session s = {};
	int first, r;

	gen_opts_init(&s.opts.gen);
	r = options_parse(&cmd_trace, argc, argv, &s.opts, &first, err);
	if (r == 0)
		r = gen_policy_check(&s.opts.gen.policy, err);
	if (r != 0)
		return r < 0 ? EXIT_TRACE_FAILED : EXIT_OK;
	if (trace_opts_check(&s.opts, first < argc, err) < 0)
		return EXIT_TRACE_FAILED;
	r = first < argc ? start(&s, argv + first, err) : trace_running(&s, err);
	return s.recorded ? r : cmd_failed(r, err);
}
