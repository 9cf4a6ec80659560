/* cmd-verify.c: segen verify: run a command under a profile, name each call it denies. */
#include "cli/cmd.h"
#include "cli/duration.h"
#include "cli/message.h"
#include "cmd/gen-options.h"
#include "cmd/input.h"
#include "cmd/report-options.h"
#include "container/container-run.h"
#include "profile/base.h"
#include "profile/profile-io.h"
#include "report/report-verify.h"
#include "target/resolve.h"

#include <segen/outfile.h>
#include <segen/tracer.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS_MAX 100

struct opts {
	struct gen_opts gen;
	enum report_format format;
	enum terminal_color color;
	const char *output; /* of the findings; NULL: standard error */
	const char *fixed;  /* where the widened profile goes */
	bool fix, quiet, workload_status;
	unsigned rounds;
	uint64_t for_ms;
};

static int set_fixed(void *opts, const char *value, struct segen_error *err _unused_)
{
	((struct opts *)opts)->fix = true;
	((struct opts *)opts)->fixed = value;
	return 0;
}

static int set_until_clean(void *opts, const char *value, struct segen_error *err)
{
	struct opts *o = opts;
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (*end || !*value || *value == '-' || n < 1 || n > ROUNDS_MAX)
		return segen_fail(err, -EINVAL, "'%s' is not a number from 1 to %d",
				  value, ROUNDS_MAX);
	o->rounds = (unsigned)n;
	o->fix = true;
	return 0;
}

static int set_for(void *opts, const char *value, struct segen_error *err)
{
	return duration_parse(value, &((struct opts *)opts)->for_ms, err);
}

static const struct option_row rows[] = {
	{"output", 'o', "FILE", "write the findings there instead of standard error",
	 OPTION_TEXT(struct opts, output)},
	{"format", 0, "FORMAT", "of the findings: text (default) or json",
	 OPTION_WORD(struct opts, format, "text|json")},
	{"fix", 0, NULL, "add what was denied to PROFILE, as far as the base allows it",
	 OPTION_FLAG(struct opts, fix)},
	{"fixed", 0, "FILE", "the same, but write the widened profile there",
	 OPTION_CALL(set_fixed)},
	{"until-clean", 0, "N",
	 "with --fix: run again until nothing is denied, N times at most",
	 OPTION_CALL(set_until_clean)},
	{"for", 0, "TIME", "end the command after this long: 30s, 5m, 1h",
	 OPTION_CALL(set_for)},
	{"exit-status", 0, "WHOSE",
	 "verdict (default): 3 when something was denied; workload: the command's own",
	 OPTION_EITHER(struct opts, workload_status, "verdict|workload")},
	{"quiet", 'q', NULL, "print no findings; only set the exit status",
	 OPTION_FLAG(struct opts, quiet)},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	{"what may be allowed", gen_options, GEN_OPTIONS_N, offsetof(struct opts, gen)},
	{TARGET_OPTIONS_TITLE, GEN_TARGET_OPTIONS, GEN_TARGET_OPTIONS_N,
	 offsetof(struct opts, gen.policy.target)},
	REPORT_OPTIONS(struct opts, color),
};

static const struct example examples[] = {
	{"segen verify app.seccomp.json -- ./run-tests",
	 "which calls the profile denies, by whom, and why"},
	{"segen verify --fix app.seccomp.json -- ./run-tests",
	 "add them, as far as Docker's profile allows"},
	{"segen verify app.seccomp.json -- docker run --rm IMAGE", "in a container"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_verify = {
	.name = "verify",
	.args = "[OPTIONS] PROFILE [--] COMMAND [ARG…]",
	.help = "run a command under a profile, name what it denies",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.in_order = true,
	.notes =
		"The exit status is 0 if nothing was denied, 3 if something was, and 125 to 127 as for segen trace.",
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

struct session {
	struct opts opts;
	const char *path; /* of the profile */
	struct profile profile, base;
	struct segen_trace trace; /* of the last round */
	struct verify verdict;
	bool widened;	  /* @profile is not what is in @path */
	int status;	  /* the workload's own */
	char *started_by; /* the engine and runtime; NULL: on the host */
};

static void session_done(struct session *s)
{
	gen_opts_done(&s->opts.gen);
	profile_done(&s->profile);
	profile_done(&s->base);
	verify_done(&s->verdict);
	segen_trace_done(&s->trace);
	free(s->started_by);
}

static int read_inputs(struct session *s, struct segen_error *err)
{
	_cleanup_(segen_strset_done) struct segen_strset notes = {};
	int r = profile_read(s->path, &s->profile, &notes, err);

	if (r < 0)
		return input_wrong_kind(s->path, INPUT_PROFILE, r, err);
	for (size_t i = 0; i < notes.n && !s->opts.quiet; i++)
		say("'%s': %s", s->path, notes.v[i]);
	r = base_load(s->opts.gen.base, &s->base, NULL, err);
	return r < 0 ? input_wrong_kind(s->opts.gen.base, INPUT_PROFILE, r, err) : 0;
}

/* --- one round --------------------------------------------------------------------- */

static int run_on_host(struct session *s, char *const *argv, struct segen_error *err)
{
	_cleanup_(policy_rules_done) struct policy_rules rules = {};
	const struct segen_tracer_opts o = {
		.argv = argv,
		.mode = SEGEN_MODE_FAST,
		.policy = &rules.native,
		.policy_all = policy_rules_all,
		.policy_ctx = &rules,
		.enforce = true,
		.for_ms = s->opts.for_ms,
		.stacks = true,
	};
	struct segen_tracer_result result = {};
	size_t run;
	int r = policy_rules_init(&rules, &s->profile, &s->opts.gen.policy.target, err);

	if (r == 0)
		r = segen_tracer_run(&o, &s->trace, &run, &result, err);
	s->status = result.status;
	return r;
}

/* "docker run ..." with the profile; the array is the caller's, the words are borrowed.
 */
static char **with_profile(char *const *argv, const struct engine_cmdline *c,
			   const char *security)
{
	size_t n = 0, at = c->options;
	char **with;

	while (argv[n])
		n++;
	with = xcalloc(n + 3, sizeof(*with));
	memcpy(with, argv, at * sizeof(*with));
	with[at] = (char *)"--security-opt";
	with[at + 1] = (char *)security;
	memcpy(with + at + 2, argv + at, (n - at) * sizeof(*with));
	return with;
}

static int check_security(char *const *argv, struct segen_error *err)
{
	for (; *argv; argv++)
		if (!strncmp(*argv, "seccomp=", 8) ||
		    !strncmp(*argv, "--security-opt=seccomp=", 23))
			return segen_fail(err, -EINVAL,
					  "the container gets the profile from segen: "
					  "leave out '%s'",
					  *argv);
	return 0;
}

/* The engine resolves the profile, and its runtime starts the container under it. */
static int run_in_container(struct session *s, char *const *argv,
			    const struct engine_cmdline *c, struct segen_error *err)
{
	const char *path = s->widened && s->opts.fixed ? s->opts.fixed : s->path;
	_cleanup_free_ char *security = xasprintf("seccomp=%s", path);
	_cleanup_free_ char **with = with_profile(argv, c, security);
	_cleanup_(oci_request_done) struct oci_request request = {};
	const struct container_opts opts = {
		.request = &request, .for_ms = s->opts.for_ms, .failed_starts = true};
	struct container_result result = {};
	const struct segen_run *run;
	int r = check_security(argv, err);

	if (r == 0)
		r = container_run(with, c, &opts, &s->trace, &result, err);
	if (r < 0)
		return r;
	s->status = result.status;
	if (!result.recorded)
		return segen_fail(err, -ECHILD, "%s", result.why.msg);
	run = s->trace.runs[segen_trace_run(&s->trace, result.run_id)];
	free(s->started_by);
	s->started_by = xasprintf("%s%s%s", c->engine, run->runtime ? " and " : "",
				  run->runtime ? run->runtime : "");
	return 0;
}

static int round_of(struct session *s, char *const *argv, struct segen_error *err)
{
	struct engine_cmdline c;
	int r;

	segen_trace_done(&s->trace);
	verify_done(&s->verdict);
	engine_cmdline_parse(argv, &c);
	if (c.kind == ENGINE_OTHER)
		return segen_fail(
			err, -EINVAL,
			"'%s %s' is only a client: segen cannot give its container the profile",
			c.engine, c.verb);
	r = c.kind == ENGINE_RUN && c.image ? run_in_container(s, argv, &c, err)
					    : run_on_host(s, argv, err);
	if (r < 0)
		return r;
	segen_trace_sort(&s->trace);
	return verify_judge(&s->trace, &s->profile, &s->base, &s->opts.gen.policy,
			    &s->verdict, err);
}

/* The next round runs under it. */
static int widen(struct session *s, struct segen_error *err)
{
	const char *to = s->opts.fixed ? s->opts.fixed : s->path;
	int r = profile_write(to, &s->verdict.widened, PROFILE_PRETTY, err);

	if (r < 0)
		return r;
	profile_done(&s->profile);
	profile_copy(&s->profile, &s->verdict.widened);
	s->widened = true;
	return 0;
}

static int rounds(struct session *s, char *const *argv, struct segen_error *err)
{
	for (unsigned i = 0;; i++) {
		int r = round_of(s, argv, err);

		if (r < 0 || !s->opts.fix || !s->verdict.fixable.n)
			return r;
		r = widen(s, err);
		if (r < 0)
			return r;
		if (!s->opts.quiet)
			say("added to '%s': %zu calls",
			    s->opts.fixed ? s->opts.fixed : s->path,
			    s->verdict.fixable.n);
		if (i + 1 >= MAX(s->opts.rounds, 1u))
			return 0;
	}
}

/* --- the end ----------------------------------------------------------------------- */

static int report(const struct session *s, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	const struct verify_run how = {
		.profile = s->path, .status = s->status, .started_by = s->started_by};
	struct layout l = report_layout(s->opts.color, &out);

	if (s->opts.quiet && !s->opts.output)
		return 0;
	if (s->opts.format == FORMAT_JSON)
		report_verify_json(&out, &s->verdict, &s->trace, &how);
	else
		report_verify_text(&l, &s->verdict, &s->trace, &how);
	if (s->opts.output)
		return segen_outfile_write(s->opts.output, out.s, out.len, 0600, err);
	say_text(out.s);
	return 0;
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

static int verify(struct session *s, char *const *argv, struct segen_error *err)
{
	int r = read_inputs(s, err);

	if (r < 0)
		return cmd_failed(EXIT_TRACE_FAILED, err);
	r = rounds(s, argv, err);
	if (r < 0)
		return cmd_failed(failed_status(r), err);
	if (report(s, err) < 0)
		return cmd_failed(EXIT_TRACE_FAILED, err);
	if (s->opts.workload_status)
		return s->status;
	return s->verdict.n_denied ? EXIT_FINDINGS : EXIT_OK;
}

static int run(int argc, char **argv, struct segen_error *err)
{
	_cleanup_(session_done) struct session s = {};
	int first, r;

	gen_opts_init(&s.opts.gen);
	r = options_parse(&cmd_verify, argc, argv, &s.opts, &first, err);
	if (r == 0)
		r = gen_policy_check(&s.opts.gen.policy, err);
	if (r != 0)
		return r < 0 ? EXIT_TRACE_FAILED : EXIT_OK;
	if (first == argc) {
		segen_fail(err, -EINVAL, "give a profile and a command");
		return EXIT_TRACE_FAILED;
	}
	s.path = argv[first++];
	if (first < argc && !strcmp(argv[first], "--"))
		first++;
	if (first == argc) {
		segen_fail(err, -EINVAL, "give a command after the profile '%s'", s.path);
		return EXIT_TRACE_FAILED;
	}
	return verify(&s, argv + first, err);
}
