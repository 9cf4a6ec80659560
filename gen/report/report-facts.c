/* report-facts.c: what is known of calls, for segen facts. */
#include "report/report-facts.h"

#include <segen/json-write.h>

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

/* --- JSON --------------------------------------------------------------------------- */

static void source(struct segen_json_out *w, const char *key, const struct source_fact *f)
{
	segen_json_put_open(w, key, '{');
	segen_json_put_string(w, "what", f->what);
	segen_json_put_string(w, "url", f->url);
	segen_json_put_close(w, '}');
}

static void json_base(struct segen_json_out *w, const struct sheet *s)
{
	segen_json_put_open(w, "docker", '[');
	for (size_t i = 0; i < s->n_base; i++) {
		segen_json_put_open(w, NULL, '{');
		segen_json_put_string(w, "answer", s->base[i].answer);
		if (s->base[i].gates)
			segen_json_put_string(w, "when", s->base[i].gates);
		if (s->base[i].conds)
			segen_json_put_string(w, "arguments", s->base[i].conds);
		segen_json_put_close(w, '}');
	}
	segen_json_put_close(w, ']');
}

static void json_risk(struct segen_json_out *w, const struct call_fact *f)
{
	const struct risk_fact *r = risk_fact(f ? f->risk : RISK_ORDINARY);

	segen_json_put_open(w, "risk", '{');
	segen_json_put_string(w, "class", r->word);
	segen_json_put_u64(w, "weight", r->weight);
	if (f && f->why) {
		segen_json_put_string(w, "why", f->why);
		source(w, "source", f->why_source);
	}
	segen_json_put_close(w, '}');
}

static void json_sheet(struct segen_json_out *w, const struct sheet *s)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "name", s->name);
	segen_json_put_open(w, "numbers", '{');
	for (size_t i = 0; i < s->n_numbers; i++)
		segen_json_put_u64(w, s->numbers[i].arch->name,
				   (uint64_t)s->numbers[i].nr);
	segen_json_put_close(w, '}');
	if (s->fact) {
		if (s->fact->since)
			segen_json_put_string(w, "since", s->fact->since);
		source(w, "since-source", s->fact->since_source);
	}
	json_base(w, s);
	json_risk(w, s->fact);
	segen_json_put_strings(w, "arguments", s->args.v, s->args.n);
	segen_json_put_strings(w, "alternatives", s->alternatives.v, s->alternatives.n);
	segen_json_put_strings(w, "same-job", s->same_job.v, s->same_job.n);
	if (s->fallback)
		segen_json_put_string(w, "fallback", s->fallback);
	if (s->essential)
		segen_json_put_string(w, "essential", s->essential);
	segen_json_put_strings(w, "runtimes", s->runtimes.v, s->runtimes.n);
	segen_json_put_close(w, '}');
}

void report_facts_json(struct segen_buf *out, const struct sheet *v, size_t n)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};

	segen_json_put_open(&w, NULL, '{');
	segen_json_put_u64(&w, "segen-facts", 1);
	segen_json_put_open(&w, "calls", '[');
	for (size_t i = 0; i < n; i++)
		json_sheet(&w, &v[i]);
	segen_json_put_close(&w, ']');
	segen_json_put_close(&w, '}');
	segen_json_put_end(&w);
}
