/* cmd-lint.c: segen lint: what is wrong with profiles. */
#include "cli/cmd.h"
#include "cli/message.h"
#include "cmd/input.h"
#include "cmd/report-options.h"
#include "cmd/target-options.h"
#include "profile/base.h"
#include "profile/profile-io.h"
#include "report/report-lint.h"

#include <segen/json.h>
#include <segen/tracefile.h>

#include <errno.h>
#include <string.h>

struct opts {
	struct target target;
	enum report_format format;
	enum terminal_color color;
	enum lint_level fail_on;
	bool never, fix, no_new_privs, rules;
	unsigned parts;
	struct segen_strset ignore;
};

static int set_fail_on(void *opts, const char *value, struct segen_error *err _unused_)
{
	struct opts *o = opts;

	o->never = !strcmp(value, "never");
	if (!o->never)
		o->fail_on = (enum lint_level)lint_level_by_name(value);
	return 0;
}

static int set_runtime(void *opts, const char *value, struct segen_error *err _unused_)
{
	static const struct {
		const char *word;
		unsigned parts;
	} words[] = {
		{"any", 1u << PART_RUNC | 1u << PART_CRUN},
		{"runc", 1u << PART_RUNC},
		{"crun", 1u << PART_CRUN},
		{"none", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].word, value))
			((struct opts *)opts)->parts = words[i].parts;
	return 0;
}

static int set_ignore(void *opts, const char *value, struct segen_error *err)
{
	for (const char *p = value; *p;) {
		size_t n = strcspn(p, ",");
		_cleanup_free_ char *id = xstrndup(p, n);

		if (!lint_rule(id))
			return segen_fail(
				err, -EINVAL,
				"no rule is called '%s'; segen lint --rules lists "
				"them",
				id);
		segen_strset_add(&((struct opts *)opts)->ignore, id);
		p += n;
		p += *p == ',';
	}
	return 0;
}

static void print_rules(enum terminal_color color)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct layout l = report_layout(color, &out);
	size_t n;
	const struct lint_rule *r = lint_rules(&n);

	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *label =
			xasprintf("%s %s", r[i].id, lint_level_name(r[i].level));

		layout_row(&l, 0, 16, TONE_STRONG, label, r[i].what);
		layout_text(&l, 16, r[i].why);
		layout_text(&l, 16, r[i].url);
	}
	report_print(FORMAT_TEXT, &out);
}

static const struct option_row rows[] = {
	{"format", 'f', "FORMAT", "text (default), json or sarif",
	 OPTION_WORD(struct opts, format, "text|json|sarif")},
	{"fail-on", 0, "LEVEL", "exit status 3 from this level on (default: warning)",
	 OPTION_CALL_WORD(set_fail_on, "note|warning|error|never")},
	{"runtime", 0, "RUNTIME",
	 "runtime runtime runtime whose start to check (default: any)",
	 OPTION_CALL_WORD(set_runtime, "any|runc|crun|none")},
	{"no-new-privs", 0, NULL,
	 "for containers with --security-opt no-new-privileges: runtimes need less",
	 OPTION_FLAG(struct opts, no_new_privs)},
	{"ignore", 0, "IDS", "leave these rules out (SG014,SG025)",
	 OPTION_CALL(set_ignore)},
	{"fix", 0, NULL, "repair the files where there is one right repair",
	 OPTION_FLAG(struct opts, fix)},
	{"rules", 0, NULL, "list the rules with their reasons",
	 OPTION_FLAG(struct opts, rules)},
};

static const struct option_group groups[] = {
	{NULL, rows, ARRAY_SIZE(rows), 0},
	{TARGET_OPTIONS_TITLE, target_options, TARGET_OPTIONS_N,
	 offsetof(struct opts, target)},
	REPORT_OPTIONS(struct opts, color),
};

static const struct example examples[] = {
	{"segen lint app.seccomp.json",
	 "what engines refuse, ignore or misread, and what would fail to start"},
	{"segen lint --fix app.seccomp.json", "repair it in place"},
	{"segen lint --format sarif --fail-on error profiles/*.json",
	 "for code scanning in CI"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_lint = {
	.name = "lint",
	.args = "[OPTIONS] PROFILE…",
	.help = "find what is wrong with profiles",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.notes =
		"A key \"segen-ignore\": [\"SG014\"] in a profile, or in one of its rules, has the same effect there as --ignore.",
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

/* The text of a file, or of a base that is built in. */
static int read_text(const char *path, char **ret, size_t *ret_len,
		     struct segen_error *err)
{
	_cleanup_(profile_done) struct profile p = {};
	struct segen_buf b = {};

	if (strcmp(path, "docker") != 0 && strcmp(path, "docker-20.10") != 0)
		return segen_file_read(path, ret, ret_len, err);
	base_load(path, &p, NULL, err);
	profile_format(&p, PROFILE_PRETTY, &b);
	*ret = b.s;
	*ret_len = b.len;
	return 0;
}

static int repair(const char *path, struct profile *p, const struct lint_options *o,
		  struct segen_error *err)
{
	size_t n = lint_repair(p, o);

	if (!n)
		return 0;
	say("%s: %zu repairs", path, n);
	return profile_write(path, p, PROFILE_PRETTY, err);
}

/* What is left once the repairs are done. */
static int lint_again(const char *path, struct profile *p, const struct lint_options *o,
		      struct linted *ret, struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	struct lint_options now = *o;
	int r = repair(path, p, o, err);

	if (r < 0)
		return r;
	profile_format(p, PROFILE_PRETTY, &text);
	now.text = text.s;
	now.len = text.len;
	lint_done(&ret->lint);
	lint_profile(p, &now, &ret->lint);
	return 0;
}

static int lint_file(const char *path, const struct opts *o, struct linted *ret,
		     struct segen_error *err)
{
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_free_ char *text = NULL;
	struct lint_options lo = {
		.target = &o->target,
		.parts = o->parts,
		.no_new_privs = o->no_new_privs,
		.ignore = &o->ignore,
	};
	int r = read_text(path, &text, &lo.len, err);

	if (r == 0 && segen_tracefile_is(text, lo.len))
		r = input_wrong_kind(path, INPUT_PROFILE, -EINVAL, err);
	if (r < 0)
		return r;
	lo.text = text;
	ret->path = path;
	lint_text(path, &lo, &ret->lint, &p);
	/* What could not be read has one finding and no rules. */
	return o->fix && p.n_rules ? lint_again(path, &p, &lo, ret, err) : 0;
}

static void print(const struct linted *v, size_t n, const struct opts *o)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	struct layout l = report_layout(o->color, &out);

	if (o->format == FORMAT_JSON)
		report_lint_json(&out, v, n);
	else if (o->format == FORMAT_SARIF)
		report_lint_sarif(&out, v, n);
	else
		report_lint_text(&l, v, n);
	report_print(o->format, &out);
}

static int status(const struct linted *v, size_t n, const struct opts *o)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].lint.n; k++)
			if (!o->never && v[i].lint.v[k].level >= o->fail_on)
				return EXIT_FINDINGS;
	return EXIT_OK;
}

static int lint_files(char **paths, size_t n, const struct opts *o,
		      struct segen_error *err)
{
	struct linted *v = xcalloc(n, sizeof(*v));
	int r = 0, st;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = lint_file(paths[i], o, &v[i], err);
	if (r == 0)
		print(v, n, o);
	st = r < 0 ? EXIT_FAILED : status(v, n, o);
	for (size_t i = 0; i < n; i++)
		lint_done(&v[i].lint);
	free(v);
	return st;
}

static void opts_done(struct opts *o)
{
	target_done(&o->target);
	segen_strset_done(&o->ignore);
}

static int run(int argc, char **argv, struct segen_error *err)
{
	_cleanup_(opts_done) struct opts o = {
		.fail_on = LINT_WARNING,
		.parts = 1u << PART_RUNC | 1u << PART_CRUN,
	};
	int first, r;

	target_init_default(&o.target);
	r = options_parse(&cmd_lint, argc, argv, &o, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_OK;
	if (o.rules) {
		print_rules(o.color);
		return EXIT_OK;
	}
	if (first == argc) {
		segen_fail(err, -EINVAL, "give at least one profile (or 'docker', '-')");
		return EXIT_USAGE;
	}
	return lint_files(argv + first, (size_t)(argc - first), &o, err);
}
