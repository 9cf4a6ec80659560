/* cmd-why.c: segen why: why calls are in profiles, from profiles and traces together. */
#include "cli/cmd.h"
#include "cmd/inputs.h"
#include "cmd/report-options.h"
#include "cmd/target-options.h"
#include "profile/base.h"
#include "report/report-why.h"

#include <segen/syscall.h>

#include <errno.h>
#include <string.h>

struct opts {
	struct target target;
	enum report_format format;
	enum terminal_color color;
};

static const struct option_row rows[] = {
	{"format", 'f', "FORMAT", "text (default) or json",
	 OPTION_WORD(struct opts, format, "text|json")},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	{TARGET_OPTIONS_TITLE, target_options, TARGET_OPTIONS_N,
	 offsetof(struct opts, target)},
	REPORT_OPTIONS(struct opts, color),
};

static const struct example examples[] = {
	{"segen why openat2 app.seccomp.json app.trace.json",
	 "which rule allows it, which program made it, and from where"},
	{"segen why app.trace.json", "the same for all calls of a trace"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_why = {
	.name = "why",
	.args = "[OPTIONS] [CALL…] FILE…",
	.help = "show why calls are in a profile, and what made them",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.notes =
		"FILE: traces and profiles, in any order. Without CALL: every call they name.\nIf a file has the name of a system call, give it with its folder: ./read.",
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

/* What rules and their lines are found in. */
struct asked {
	struct inputs in;
	struct why_profile_in *profiles;
	struct places *places; /* of each profile */
	size_t n_profiles;
};

static void asked_done(struct asked *a)
{
	for (size_t i = 0; i < a->n_profiles; i++) {
		places_done(&a->places[i]);
		view_done(&a->profiles[i].view);
	}
	free(a->places);
	free(a->profiles);
	inputs_done(&a->in);
}

static size_t line_of(const void *ctx, size_t profile, const struct why_rule *r)
{
	const struct asked *a = ctx;
	_cleanup_free_ char *path =
		xasprintf("$.syscalls[%zu].names[%zu]", r->index, r->name);

	return places_line(&a->places[profile], path);
}

static int take_profiles(struct asked *a, const struct target *t, struct segen_error *err)
{
	a->profiles = xcalloc(a->in.n + 1, sizeof(*a->profiles));
	a->places = xcalloc(a->in.n + 1, sizeof(*a->places));
	for (size_t i = 0; i < a->in.n; i++) {
		const struct input *in = &a->in.v[i];
		struct why_profile_in *p = &a->profiles[a->n_profiles];
		int r;

		if (in->kind != INPUT_PROFILE)
			continue;
		r = view_init(&p->view, &in->profile, t, err);
		if (r < 0)
			return segen_wrap(err, r, "'%s'", in->path);
		p->path = in->path;
		places_init(&a->places[a->n_profiles++], in->text, in->len);
	}
	return 0;
}

static void print(const struct why *v, size_t n, const struct asked *a,
		  const struct opts *o)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct layout l = report_layout(o->color, &out);
	struct why_lines lines = {line_of, a};

	if (o->format == FORMAT_JSON)
		report_why_json(&out, v, n, &lines);
	for (size_t i = 0; o->format == FORMAT_TEXT && i < n; i++) {
		if (i)
			segen_buf_puts(&out, "\n");
		report_why_text(&l, &v[i], &lines);
	}
	report_print(o->format, &out);
}

static int answer(const struct asked *a, char *const *calls, size_t n_calls,
		  const struct opts *o, struct segen_error *err)
{
	_cleanup_(profile_done) struct profile base = {};
	_cleanup_(view_done) struct view docker = {};
	struct why_input in = {
		.profiles = a->profiles,
		.n_profiles = a->n_profiles,
		.trace = a->in.n_traces ? &a->in.trace : NULL,
		.target = &o->target,
		.docker = &docker,
	};
	_cleanup_(segen_strset_done) struct segen_strset all = {};
	struct why *v;
	size_t n = 0;
	int r, status = EXIT_OK;

	base_default(&base);
	r = view_init(&docker, &base, &o->target, err);
	if (!n_calls) {
		why_names(&in, &all);
		calls = all.v;
		n_calls = all.n;
	}
	v = xcalloc(n_calls + 1, sizeof(*v));
	for (size_t i = 0; r == 0 && i < n_calls; i++) {
		r = why_init(&v[n], calls[i], &in, err);
		if (r < 0)
			break;
		if (!v[n].found)
			status = EXIT_FAILED;
		n++;
	}
	if (r == 0)
		print(v, n, a, o);
	for (size_t i = 0; i < n; i++)
		why_done(&v[i]);
	free(v);
	return r < 0 ? EXIT_FAILED : status;
}

/* Calls to @calls, files to the front: what a system call is called is one. */
static size_t split(char **words, size_t n, char **calls, size_t *ret_calls)
{
	size_t files = 0;

	*ret_calls = 0;
	for (size_t i = 0; i < n; i++) {
		if (segen_syscall_known(words[i]))
			calls[(*ret_calls)++] = words[i];
		else
			words[files++] = words[i];
	}
	return files;
}

/* A word that is neither a file nor a call, but nearly one. */
static int check_words(char *const *words, size_t n, struct segen_error *err)
{
	for (size_t i = 0; i < n; i++) {
		const char *meant = call_nearest(words[i]);

		if (!meant || strpbrk(words[i], "/.-") || access(words[i], F_OK) == 0)
			continue;
		return segen_fail(
			err, -EINVAL,
			"'%s' is neither a file nor a system call; did you mean '%s'?",
			words[i], meant);
	}
	return 0;
}

static int why_files(char **words, size_t n, struct opts *o, struct segen_error *err)
{
	_cleanup_free_ char **calls = xcalloc(n + 1, sizeof(*calls));
	_cleanup_(asked_done) struct asked a = {};
	size_t n_calls, files = split(words, n, calls, &n_calls);

	if (check_words(words, files, err) < 0)
		return EXIT_FAILED;
	if (!files) {
		segen_fail(err, -EINVAL, "give at least one trace or profile");
		return EXIT_USAGE;
	}
	if (inputs_read(words, files, &a.in, err) < 0)
		return EXIT_FAILED;
	if (a.in.n_traces)
		target_from_trace(&o->target, &a.in.trace);
	if (take_profiles(&a, &o->target, err) < 0)
		return EXIT_FAILED;
	return answer(&a, calls, n_calls, o, err);
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
	r = options_parse(&cmd_why, argc, argv, &o, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_OK;
	return why_files(argv + first, (size_t)(argc - first), &o, err);
}
