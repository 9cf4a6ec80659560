/* report-lint.c: what is wrong with profiles, as text and JSON. */
#include "report/report-lint.h"

#include "profile/json-write.h"
#include "report/sarif.h"

#include <string.h>

#define INDENT 4

static enum tone tone_of(enum lint_level l)
{
	return l == LINT_ERROR ? TONE_BAD : l == LINT_WARNING ? TONE_WARN : TONE_PLAIN;
}

/* FILE:LINE: as editors and grep know it, then the finding. */
static void one(const struct layout *l, const struct linted *file,
		const struct finding *f)
{
	_cleanup_free_ char *where = NULL, *what = NULL;

	where = f->line ? xasprintf("%s:%zu: %s", file->path, f->line,
				    lint_level_name(f->level))
			: xasprintf("%s: %s", file->path, lint_level_name(f->level));
	layout_line(l, tone_of(f->level), "%s %s: %s", where, f->rule->id, f->rule->what);
	layout_text(l, INDENT, f->text);
	if (f->fix) {
		what = xasprintf("fix: %s", f->fix);
		layout_text(l, INDENT, what);
	}
}

/* Why a rule is one: once, where it is met first. */
static void reason(const struct layout *l, const struct lint_rule *r,
		   struct segen_strset *told)
{
	if (!segen_strset_add(told, r->id))
		return;
	layout_text(l, INDENT, r->why);
	layout_text(l, INDENT, r->url);
}

static void count(struct segen_buf *b, size_t n, const char *word)
{
	if (n)
		segen_buf_printf(b, "%s%zu %s%s", b->len ? ", " : "", n, word,
				 n == 1 ? "" : "s");
}

void report_lint_text(const struct layout *l, const struct linted *v, size_t n)
{
	_cleanup_(segen_strset_done) struct segen_strset told = {};
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	size_t sum[LINT_ERROR + 1] = {}, ignored = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < v[i].lint.n; k++) {
			one(l, &v[i], &v[i].lint.v[k]);
			reason(l, v[i].lint.v[k].rule, &told);
		}
		for (unsigned level = 0; level <= LINT_ERROR; level++)
			sum[level] += v[i].lint.n_level[level];
		ignored += v[i].lint.n_ignored;
	}
	count(&b, sum[LINT_ERROR], "error");
	count(&b, sum[LINT_WARNING], "warning");
	count(&b, sum[LINT_NOTE], "note");
	if (!b.len)
		segen_buf_puts(&b, "nothing found");
	if (ignored)
		segen_buf_printf(&b, "; %zu ignored", ignored);
	layout_text(l, 0, b.s);
}

static void json_finding(struct emit *e, const char *path, const struct finding *f)
{
	emit_open(e, NULL, '{');
	emit_string(e, "file", path);
	emit_string(e, "rule", f->rule->id);
	emit_string(e, "level", lint_level_name(f->level));
	if (f->line)
		emit_u64(e, "line", f->line);
	emit_string(e, "path", f->path);
	emit_string(e, "what", f->rule->what);
	emit_string(e, "text", f->text);
	emit_string(e, "why", f->rule->why);
	emit_string(e, "url", f->rule->url);
	if (f->fix)
		emit_string(e, "fix", f->fix);
	emit_string(e, "repair", f->repair.kind == REPAIR_NONE ? "by hand" : "--fix");
	emit_close(e, '}');
}

void report_lint_json(struct segen_buf *out, const struct linted *v, size_t n)
{
	struct emit e = {.out = out, .pretty = true};

	emit_open(&e, NULL, '{');
	emit_u64(&e, "segen-lint", 1);
	emit_open(&e, "findings", '[');
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].lint.n; k++)
			json_finding(&e, v[i].path, &v[i].lint.v[k]);
	emit_close(&e, ']');
	emit_close(&e, '}');
	emit_end(&e);
}

void report_lint_sarif(struct segen_buf *out, const struct linted *v, size_t n)
{
	struct emit e = {.out = out, .pretty = true};
	size_t n_rules;
	const struct lint_rule *rules = lint_rules(&n_rules);
	_cleanup_free_ struct sarif_rule *described =
		xcalloc(n_rules, sizeof(*described));

	for (size_t i = 0; i < n_rules; i++)
		described[i] = (struct sarif_rule){rules[i].id, rules[i].what,
						   rules[i].why, rules[i].url};
	sarif_begin(&e, described, n_rules);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < v[i].lint.n; k++) {
			const struct finding *f = &v[i].lint.v[k];
			struct sarif_result r = {f->rule->id, lint_level_name(f->level),
						 f->text, v[i].path, f->line};

			sarif_add(&e, &r);
		}
	}
	sarif_end(&e);
}
