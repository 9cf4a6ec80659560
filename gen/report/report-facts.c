/* report-facts.c: what is known of calls, for segen facts. */
#include "report/report-facts.h"

#include "profile/json-write.h"

#include <string.h>

#define LABEL 2
#define COLUMN 16

static void row(const struct layout *l, const char *label, const char *text)
{
	layout_row(l, LABEL, COLUMN, TONE_PLAIN, label, text);
}

/* Of equal numbers the first one names all its architectures. */
static bool seen_before(const struct sheet *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (s->numbers[k].nr == s->numbers[i].nr)
			return true;
	return false;
}

static void numbers(const struct layout *l, const struct sheet *s)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	for (size_t i = 0; i < s->n_numbers; i++) {
		if (seen_before(s, i))
			continue;
		segen_buf_printf(&b, "%s%d on", i ? "; " : "", s->numbers[i].nr);
		for (size_t k = i; k < s->n_numbers; k++)
			if (s->numbers[k].nr == s->numbers[i].nr)
				segen_buf_printf(&b, " %s", s->numbers[k].arch->name);
	}
	row(l, "number", b.len ? b.s : "none on any architecture that segen knows");
}

static void jobs(const struct layout *l, const struct segen_strset *set)
{
	for (size_t i = 0; i < set->n; i++)
		row(l, i ? "" : "same job", set->v[i]);
}

static void way(struct segen_buf *b, const struct sheet_way *w)
{
	segen_buf_puts(b, w->answer);
	if (w->gates)
		segen_buf_printf(b, " %s", w->gates);
	if (w->conds)
		segen_buf_printf(b, ": %s", w->conds);
}

static void base(const struct layout *l, const struct sheet *s)
{
	for (size_t i = 0; i < s->n_base; i++) {
		_cleanup_(segen_buf_done) struct segen_buf b = {};

		way(&b, &s->base[i]);
		row(l, i ? "" : "docker", b.s);
	}
	if (!s->n_base)
		row(l, "docker", "refused whatever the capabilities");
}

static void risk(const struct layout *l, const struct sheet *s)
{
	const struct risk_fact *r = risk_fact(s->fact ? s->fact->risk : RISK_ORDINARY);
	_cleanup_free_ char *label = xasprintf("%s, weight %u", r->word, r->weight);

	row(l, "risk", label);
	if (!s->fact || !s->fact->why)
		return;
	row(l, "", s->fact->why);
	row(l, "source", s->fact->why_source->what);
	row(l, "", s->fact->why_source->url);
}

void report_facts_text(const struct layout *l, const struct sheet *s)
{
	_cleanup_free_ char *since = NULL;

	layout_line(l, TONE_STRONG, "%s", s->name);
	numbers(l, s);
	if (s->fact) {
		since = xasprintf("%s%s (%s)", s->fact->since ? "Linux " : "",
				  s->fact->since ? s->fact->since : "no known kernel",
				  s->fact->since_source->what);
		row(l, "since", since);
	}
	base(l, s);
	risk(l, s);
	layout_set(l, LABEL, COLUMN, "arguments", &s->args);
	layout_set(l, LABEL, COLUMN, "alternatives", &s->alternatives);
	jobs(l, &s->same_job);
	if (s->fallback) {
		_cleanup_free_ char *text =
			xasprintf("on ENOSYS, and only then: %s", s->fallback);

		row(l, "fallback", text);
	}
	if (s->essential)
		row(l, "essential", s->essential);
	layout_set(l, LABEL, COLUMN, "runtimes", &s->runtimes);
}

/* --- JSON -------------------------------------------------------------------------- */

static void source(struct emit *e, const char *key, const struct source_fact *f)
{
	emit_open(e, key, '{');
	emit_string(e, "what", f->what);
	emit_string(e, "url", f->url);
	emit_close(e, '}');
}

static void json_base(struct emit *e, const struct sheet *s)
{
	emit_open(e, "docker", '[');
	for (size_t i = 0; i < s->n_base; i++) {
		emit_open(e, NULL, '{');
		emit_string(e, "answer", s->base[i].answer);
		if (s->base[i].gates)
			emit_string(e, "when", s->base[i].gates);
		if (s->base[i].conds)
			emit_string(e, "arguments", s->base[i].conds);
		emit_close(e, '}');
	}
	emit_close(e, ']');
}

static void json_risk(struct emit *e, const struct call_fact *f)
{
	const struct risk_fact *r = risk_fact(f ? f->risk : RISK_ORDINARY);

	emit_open(e, "risk", '{');
	emit_string(e, "class", r->word);
	emit_u64(e, "weight", r->weight);
	if (f && f->why) {
		emit_string(e, "why", f->why);
		source(e, "source", f->why_source);
	}
	emit_close(e, '}');
}

static void json_sheet(struct emit *e, const struct sheet *s)
{
	emit_open(e, NULL, '{');
	emit_string(e, "name", s->name);
	emit_open(e, "numbers", '{');
	for (size_t i = 0; i < s->n_numbers; i++)
		emit_u64(e, s->numbers[i].arch->name, (uint64_t)s->numbers[i].nr);
	emit_close(e, '}');
	if (s->fact) {
		if (s->fact->since)
			emit_string(e, "since", s->fact->since);
		source(e, "since-source", s->fact->since_source);
	}
	json_base(e, s);
	json_risk(e, s->fact);
	emit_strings(e, "arguments", s->args.v, s->args.n);
	emit_strings(e, "alternatives", s->alternatives.v, s->alternatives.n);
	emit_strings(e, "same-job", s->same_job.v, s->same_job.n);
	if (s->fallback)
		emit_string(e, "fallback", s->fallback);
	if (s->essential)
		emit_string(e, "essential", s->essential);
	emit_strings(e, "runtimes", s->runtimes.v, s->runtimes.n);
	emit_close(e, '}');
}

void report_facts_json(struct segen_buf *out, const struct sheet *v, size_t n)
{
	struct emit e = {.out = out, .pretty = true};

	emit_open(&e, NULL, '{');
	emit_u64(&e, "segen-facts", 1);
	emit_open(&e, "calls", '[');
	for (size_t i = 0; i < n; i++)
		json_sheet(&e, &v[i]);
	emit_close(&e, ']');
	emit_close(&e, '}');
	emit_end(&e);
}
