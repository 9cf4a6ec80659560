/* report-audit-markdown.c: an audit as a comment at a pull request. */
#include "report/report-audit.h"

#include <segen/quote.h>

#include <inttypes.h>
#include <string.h>

/* Text from outside: nothing in it is markup, and it stays in its cell. */
static void plain(struct segen_buf *b, const char *text)
{
	_cleanup_free_ char *quoted = segen_quoted(text);

	for (const char *s = quoted; *s; s++) {
		if (*s == '<')
			segen_buf_puts(b, "&lt;");
		else if (*s == '&')
			segen_buf_puts(b, "&amp;");
		else if (strchr("\\`*_[]|#@!~", *s))
			segen_buf_printf(b, "\\%c", *s);
		else
			segen_buf_add(b, s, 1);
	}
}

static void names(struct segen_buf *b, const struct segen_strset *set)
{
	for (size_t i = 0; i < set->n; i++) {
		segen_buf_puts(b, i ? ", " : "");
		plain(b, set->v[i]);
	}
}

static void classes(struct segen_buf *b, const struct audit *a)
{
	segen_buf_puts(b, "| | an attacker | by | weight |\n| --- | --- | --- | --- |\n");
	for (unsigned r = RISK_N; r-- > RISK_ORDINARY + 1;) {
		const struct audit_class *c = &a->classes[r];
		const struct risk_fact *f = risk_fact(c->risk);

		segen_buf_printf(b, "| %s | %s %s | ", c->all.n ? "❌" : "✅",
				 c->all.n ? "can" : "cannot", f->what);
		names(b, &c->all);
		segen_buf_printf(b, " | %u |\n", f->weight);
	}
}

static void calls(struct segen_buf *b, const char *title, const struct audit_calls *c)
{
	if (!c->n)
		return;
	segen_buf_printf(b,
			 "\n**%s: %zu**\n\n| call | count | by |\n| --- | --- | --- |\n",
			 title, c->n);
	for (size_t i = 0; i < c->n; i++) {
		segen_buf_puts(b, "| ");
		plain(b, c->v[i].name);
		segen_buf_printf(b, " | %" PRIu64 " | ", c->v[i].count);
		names(b, &c->v[i].programs);
		segen_buf_puts(b, " |\n");
	}
}

static void recorded(struct segen_buf *b, const struct audit *a)
{
	_cleanup_free_ char *line = audit_docker_run(a);

	calls(b, "Recorded, but not allowed", &a->missing);
	calls(b, "Used and risky", &a->risky);
	calls(b, "Refused when recorded", &a->refused);
	if (a->unused.n) {
		segen_buf_printf(
			b, "\n<details><summary>Allowed and unused: %zu</summary>\n\n",
			a->unused.n);
		names(b, &a->unused);
		segen_buf_puts(b, "\n\n</details>\n");
	}
	segen_buf_puts(b, "\n**Traced enough?** ");
	audit_words_coverage(b, &a->coverage);
	segen_buf_puts(b, "\n\n    ");
	segen_quote(b, line);
	segen_buf_puts(b, "\n");
}

static void log_table(struct segen_buf *b, const struct audited *a)
{
	segen_buf_printf(b,
			 "\n### Log: %zu lines\n\n| call | count | by | |\n"
			 "| --- | --- | --- | --- |\n",
			 a->log->lines);
	for (size_t i = 0; i < a->log->n; i++) {
		const struct log_entry *e = &a->log->v[i];
		_cleanup_(segen_buf_done) struct segen_buf words = {};

		audit_words_log(&words, e, a->docker);
		segen_buf_puts(b, "| ");
		plain(b, e->name ? e->name : "unknown");
		segen_buf_printf(b, " | %zu | ", e->count);
		plain(b, e->exe ? e->exe : e->comm ? e->comm : "");
		segen_buf_puts(b, " | ");
		plain(b, words.s);
		segen_buf_puts(b, " |\n");
	}
	if (a->log->suppressed)
		segen_buf_puts(b, "\nThe kernel has left out lines (rate limit).\n");
}

void report_audit_markdown(struct segen_buf *b, const struct audited *a)
{
	for (size_t i = 0; i < a->n; i++) {
		const struct audit *v = &a->v[i];

		segen_buf_puts(b, "### ");
		plain(b, v->path);
		segen_buf_printf(b,
				 "\n\nExposure **%.1f** of 10 (Docker's default %.1f, "
				 "unconfined 10); %zu of %zu calls\n\n",
				 exposure_score(&v->own), exposure_score(&v->docker),
				 v->own.calls, v->n_calls);
		classes(b, v);
		if (v->traced)
			recorded(b, v);
		segen_buf_puts(b, "\n");
	}
	if (a->log)
		log_table(b, a);
}
