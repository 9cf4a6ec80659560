/* lint.c: runs all rules over a profile. */
#include "inspect/lint.h"

#include "inspect/lint-run.h"
#include "profile/base.h"
#include "profile/profile-io.h"

#include <segen/json.h>
#include <segen/syscall.h>

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define LIST_MAX 12 /* names in one sentence */

static const struct lint_rule rules[] = {
#define LINT(id_, level_, check_, what_, why_, url_) \
	{#id_, LINT_##level_, check_, (what_), (why_), (url_)},
#include "inspect/lint-rules.def"
#undef LINT
};

static const char *const level_names[] = {
	[LINT_NOTE] = "note",
	[LINT_WARNING] = "warning",
	[LINT_ERROR] = "error",
};

const char *lint_level_name(enum lint_level l)
{
	return level_names[l];
}

int lint_level_by_name(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(level_names); i++)
		if (!strcmp(level_names[i], name))
			return (int)i;
	return -EINVAL;
}

const struct lint_rule *lint_rules(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(rules);
	return rules;
}

const struct lint_rule *lint_rule(const char *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (!strcmp(rules[i].id, id))
			return &rules[i];
	return NULL;
}

static void finding_done(struct finding *f)
{
	free(f->path);
	free(f->text);
	free(f->fix);
	free(f->repair.from);
	free(f->repair.to);
	free(f->repair.comment);
	segen_strset_done(&f->repair.names);
}

void lint_done(struct lint *l)
{
	for (size_t i = 0; i < l->n; i++)
		finding_done(&l->v[i]);
	free(l->v);
	*l = (struct lint){};
}

/* --- what rules work with ----------------------------------------------------------- */

struct finding *lint_add(struct lint_run *run, const struct lint_rule *rule,
			 const char *path, const char *fmt, ...)
{
	struct lint *l = run->out;
	struct finding *f;
	va_list ap;

	GROW(l->v, l->n, l->cap);
	f = &l->v[l->n++];
	*f = (struct finding){
		.rule = rule,
		.level = rule->level,
		.path = xstrdup(path),
		.line = places_line(&run->places, path),
	};
	va_start(ap, fmt);
	if (vasprintf(&f->text, fmt, ap) < 0)
		f->text = xstrdup(rule->what);
	va_end(ap);
	return f;
}

char *lint_rule_path(size_t rule)
{
	return xasprintf("$.syscalls[%zu]", rule);
}

char *lint_name_path(const struct lint_run *run, size_t rule, size_t name)
{
	if (run->p->rules[rule].by_name)
		return xasprintf("$.syscalls[%zu].name", rule);
	return xasprintf("$.syscalls[%zu].names[%zu]", rule, name);
}

void lint_list(struct segen_buf *out, const struct segen_strset *names)
{
	for (size_t i = 0; i < names->n; i++) {
		if (i == LIST_MAX) {
			segen_buf_printf(out, " and %zu more", names->n - i);
			return;
		}
		segen_buf_printf(out, "%s%s", i ? ", " : "", names->v[i]);
	}
}

bool lint_exists(const struct lint_run *run, const char *name)
{
	return segen_syscall_nr(run->o->target->arch, name) >= 0;
}

bool lint_lets_all(const struct lint_run *run, const char *name)
{
	return view_reply_name(&run->view, name).lets == LETS_ALL;
}

bool lint_lets_none(const struct lint_run *run, const char *name)
{
	return view_reply_name(&run->view, name).lets == LETS_NONE;
}

bool lint_refused(const struct lint_run *run, const char *name)
{
	return lint_exists(run, name) && lint_lets_none(run, name);
}

bool lint_kills(struct segen_verdict v)
{
	return v.action == SEGEN_ACT_KILL_THREAD || v.action == SEGEN_ACT_KILL_PROCESS ||
	       v.action == SEGEN_ACT_TRAP;
}

static bool may_pass(struct segen_verdict v)
{
	return segen_verdict_lets(v) || v.action == SEGEN_ACT_NOTIFY ||
	       v.action == SEGEN_ACT_TRACE;
}

bool lint_lets_any(const struct lint_run *run)
{
	const struct segen_abi_rules *a = view_abi(&run->view, run->o->target->arch);

	if (may_pass(run->view.rules.def))
		return true;
	for (size_t i = 0; a && i < a->n; i++)
		if (may_pass(a->rules[i].verdict))
			return true;
	return false;
}

/* --- what is not to be reported ------------------------------------------------------
 */

/* "segen-ignore": ["SG014"] of the whole profile, or of the rule that a finding is in. */
static bool is_ignored(const struct lint_run *run, const struct finding *f)
{
	static const char key[] = ".segen-ignore[";

	if (run->o->ignore && segen_strset_has(run->o->ignore, f->rule->id))
		return true;
	for (size_t i = 0; i < run->places.n; i++) {
		const struct place *p = &run->places.v[i];
		const char *at = strstr(p->path, key);
		size_t n = at ? (size_t)(at - p->path) : 0;

		if (!at || !p->text || strcmp(p->text, f->rule->id) != 0)
			continue;
		if (!strncmp(p->path, f->path, n))
			return true;
	}
	return false;
}

static void drop_ignored(struct lint_run *run)
{
	struct lint *l = run->out;
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (is_ignored(run, &l->v[i])) {
			finding_done(&l->v[i]);
			l->n_ignored++;
			continue;
		}
		l->n_level[l->v[i].level]++;
		l->v[n++] = l->v[i];
	}
	l->n = n;
}

static int by_place(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	int r;

	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	r = strcmp(a->rule->id, b->rule->id);
	if (r)
		return r;
	r = strcmp(a->path, b->path);
	return r ? r : strcmp(a->text, b->text);
}

static void finish(struct lint_run *run)
{
	drop_ignored(run);
	if (run->out->n)
		qsort(run->out->v, run->out->n, sizeof(*run->out->v), by_place);
}

/* --- the whole ---------------------------------------------------------------------- */

void lint_nothing(struct lint_run *run _unused_, const struct lint_rule *rule _unused_)
{
}

static void run_rules(struct lint_run *run)
{
	base_default(&run->docker);
	if (view_init(&run->docker_view, &run->docker, run->o->target, NULL) == 0)
		for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
			rules[i].check(run, &rules[i]);
	view_done(&run->docker_view);
	profile_done(&run->docker);
}

void lint_profile(const struct profile *p, const struct lint_options *o, struct lint *ret)
{
	struct lint_run run = {.p = p, .o = o, .out = ret};
	struct segen_error err = {};

	*ret = (struct lint){};
	places_init(&run.places, o->text, o->len);
	if (view_init(&run.view, p, o->target, &err) == 0)
		run_rules(&run);
	else
		lint_add(&run, lint_rule("SG001"), "$", "%s", err.msg);
	finish(&run);
	view_done(&run.view);
	places_done(&run.places);
}

/* "NAME:3:7: $.syscalls[0].action: words": the path, and the words behind it. */
static char *path_of(const char *msg, const char **ret_words)
{
	const char *at = strstr(msg, ": $");
	size_t n = 0;

	*ret_words = msg;
	if (!at)
		return xstrdup("$");
	at += 2;
	while (at[n] && strncmp(at + n, ": ", 2) != 0)
		n++;
	if (at[n])
		*ret_words = at + n + 2;
	return xstrndup(at, n);
}

/* JSON without the two members that make a filter of it. */
static bool is_empty_profile(const struct places *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (!strcasecmp(p->v[i].path, "$.defaultAction") ||
		    !strncasecmp(p->v[i].path, "$.syscalls[", 11))
			return false;
	return p->n > 0;
}

static size_t line_in(const char *msg)
{
	const char *at = strstr(msg, ": $");
	unsigned line = 0;

	/* "NAME:LINE:COLUMN" stands before it where the text is no JSON. */
	for (const char *p = msg; at && p < at; p++)
		if (*p == ':' && sscanf(p, ":%u:%*u: $", &line) == 1)
			return line;
	return 0;
}

void lint_text(const char *name, const struct lint_options *o, struct lint *ret,
	       struct profile *ret_profile)
{
	struct segen_error err = {};
	struct lint_run run = {.o = o, .out = ret};
	const char *words;
	_cleanup_free_ char *path = NULL;
	struct finding *f;

	*ret_profile = (struct profile){};
	if (profile_parse(o->text, o->len, name, ret_profile, NULL, &err) == 0) {
		lint_profile(ret_profile, o, ret);
		return;
	}
	*ret = (struct lint){};
	places_init(&run.places, o->text, o->len);
	path = path_of(err.msg, &words);
	if (strstr(err.msg, "empty profile") && is_empty_profile(&run.places))
		f = lint_add(&run, lint_rule("SG002"), "$",
			     "the profile is empty: engines "
			     "run the container "
			     "unconfined");
	else
		f = lint_add(&run, lint_rule("SG001"), path, "%s", words);
	if (line_in(err.msg))
		f->line = line_in(err.msg);
	finish(&run);
	places_done(&run.places);
}
