/* report-lint.c: what is wrong with profiles, as text and JSON. */
#include "report/report-lint.h"

#include "report/sarif.h"

#include <segen/json-write.h>

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

static void json_finding(struct segen_json_out *w, const char *path,
			 const struct finding *f)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "file", path);
	segen_json_put_string(w, "rule", f->rule->id);
	segen_json_put_string(w, "level", lint_level_name(f->level));
	if (f->line)
		segen_json_put_u64(w, "line", f->line);
	segen_json_put_string(w, "path", f->path);
	segen_json_put_string(w, "what", f->rule->what);
	segen_json_put_string(w, "text", f->text);
	segen_json_put_string(w, "why", f->rule->why);
	segen_json_put_string(w, "url", f->rule->url);
	if (f->fix)
		segen_json_put_string(w, "fix", f->fix);
	segen_json_put_string(w, "repair",
			      f->repair.kind == REPAIR_NONE ? "by hand" : "--fix");
	segen_json_put_close(w, '}');
}

void report_lint_json(struct segen_buf *out, const struct linted *v, size_t n)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};

	segen_json_put_open(&w, NULL, '{');
	segen_json_put_u64(&w, "segen-lint", 1);
	segen_json_put_open(&w, "findings", '[');
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < v[i].lint.n; k++)
			json_finding(&w, v[i].path, &v[i].lint.v[k]);
	segen_json_put_close(&w, ']');
	segen_json_put_close(&w, '}');
	segen_json_put_end(&w);
}

void report_lint_sarif(struct segen_buf *out, const struct linted *v, size_t n)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};
	size_t n_rules;
	const struct lint_rule *rules = lint_rules(&n_rules);
	_cleanup_free_ struct sarif_rule *described =
		xcalloc(n_rules, sizeof(*described));

	for (size_t i = 0; i < n_rules; i++)
		described[i] = (struct sarif_rule){rules[i].id, rules[i].what,
						   rules[i].why, rules[i].url};
	sarif_begin(&w, described, n_rules);
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < v[i].lint.n; k++) {
			const struct finding *f = &v[i].lint.v[k];
			struct sarif_result r = {f->rule->id, lint_level_name(f->level),
						 f->text, v[i].path, f->line};

			sarif_add(&w, &r);
		}
	}
	sarif_end(&w);
}
