/* report-diff.c: how two profiles or two traces differ. */
#include "report/report-diff.h"

#include <segen/json-write.h>

#include <string.h>

#define COLUMN 20

static const struct {
	const char *title, *sign, *word;
	enum tone tone;
} kinds[] = {
	[DIFF_WIDER] = {"allows more", "+", "wider", TONE_BAD},
	[DIFF_CHANGED] = {"allows other arguments", "~", "changed", TONE_WARN},
	[DIFF_NARROWER] = {"allows less", "-", "narrower", TONE_GOOD},
	[DIFF_ANSWER] = {"refuses in another way", "=", "answer", TONE_PLAIN},
};

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static const char *danger(const struct diff_call *c)
{
	const struct call_fact *f = call_fact(c->name);

	return f ? f->why : NULL;
}

static bool same_set(const struct segen_strset *a, const struct segen_strset *b)
{
	for (size_t i = 0; a->n == b->n && i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return a->n == b->n;
}

/* Calls of one kind, answers, danger and reason share a paragraph. */
static bool joins(const struct diff_call *a, const struct diff_call *b)
{
	return a->kind == b->kind && same(danger(a), danger(b)) && !a->delta &&
	       !b->delta && !a->open.n && !b->open.n && same(a->before, b->before) &&
	       same(a->after, b->after) && same(a->reason, b->reason) &&
	       same_set(&a->targets, &b->targets);
}

static void details(const struct layout *l, const struct diff_call *c, size_t n_targets)
{
	if (c->delta)
		layout_text(l, 4, c->delta);
	if (c->risk != RISK_ORDINARY && c->kind != DIFF_ANSWER) {
		const struct call_fact *f = call_fact(c->name);
		_cleanup_free_ char *s = xasprintf("%s: %s", risk_fact(c->risk)->word,
						   f && f->why ? f->why : "");

		layout_text(l, 4, s);
	}
	if (c->reason) {
		_cleanup_free_ char *s = xasprintf("rule: %s", c->reason);

		layout_text(l, 4, s);
	}
	if (c->open.n) {
		_cleanup_(segen_buf_done) struct segen_buf b = {};

		segen_buf_puts(&b, "still open, does the same:");
		for (size_t i = 0; i < c->open.n; i++)
			segen_buf_printf(&b, " %s", c->open.v[i]);
		layout_text(l, 4, b.s);
	}
	for (size_t i = 0; n_targets > 1 && i < c->targets.n; i++) {
		_cleanup_free_ char *s = xasprintf("on %s", c->targets.v[i]);

		layout_text(l, 4, s);
	}
}

/* One paragraph; returns how many calls it takes in. */
static size_t paragraph(const struct layout *l, const struct diff *d, size_t i)
{
	const struct diff_call *c = &d->v[i];
	_cleanup_(segen_buf_done) struct segen_buf names = {};
	_cleanup_free_ char *answers = xasprintf("%s -> %s", c->before, c->after);
	size_t n = 1;

	while (i + n < d->n && joins(c, &d->v[i + n]))
		n++;
	if (n == 1) {
		segen_buf_printf(&names, "%s %s", kinds[c->kind].sign, c->name);
		layout_row(l, 0, COLUMN, kinds[c->kind].tone, names.s, answers);
	} else {
		for (size_t k = i; k < i + n; k++)
			segen_buf_printf(&names, "%s%s", k > i ? ", " : "", d->v[k].name);
		layout_row(l, 0, 2, kinds[c->kind].tone, kinds[c->kind].sign, names.s);
		layout_text(l, 4, answers);
	}
	details(l, c, d->n_targets);
	return n;
}

static void totals(const struct layout *l, const struct diff *d)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	segen_buf_printf(&b,
			 "%zu wider, %zu changed, %zu narrower, %zu refused otherwise; ",
			 d->n_kind[DIFF_WIDER], d->n_kind[DIFF_CHANGED],
			 d->n_kind[DIFF_NARROWER], d->n_kind[DIFF_ANSWER]);
	segen_buf_printf(&b, "%zu calls alike", d->n_equal);
	if (d->n_targets > 1)
		segen_buf_printf(&b, "; %zu targets", d->n_targets);
	layout_text(l, 0, b.s);
}

static void heading(const struct layout *l, const char *title, bool first)
{
	if (!first)
		segen_buf_puts(l->out, "\n");
	layout_line(l, TONE_STRONG, "%s", title);
}

void report_diff_text(const struct layout *l, const struct diff *d)
{
	enum diff_kind last = DIFF_KINDS;

	for (size_t i = 0; i < d->n;) {
		if (d->v[i].kind != last)
			heading(l, kinds[d->v[i].kind].title, i == 0);
		last = d->v[i].kind;
		i += paragraph(l, d, i);
	}
	if (d->n)
		segen_buf_puts(l->out, "\n");
	for (size_t i = 0; i < d->remarks.n; i++)
		layout_text(l, 0, d->remarks.v[i]);
	totals(l, d);
}

static void json_call(struct segen_json_out *w, const struct diff_call *c)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "name", c->name);
	segen_json_put_string(w, "kind", kinds[c->kind].word);
	segen_json_put_strings(w, "abis", c->abis.v, c->abis.n);
	segen_json_put_string(w, "before", c->before);
	segen_json_put_string(w, "after", c->after);
	if (c->delta)
		segen_json_put_string(w, "delta", c->delta);
	if (c->reason)
		segen_json_put_string(w, "reason", c->reason);
	segen_json_put_string(w, "risk", risk_fact(c->risk)->word);
	if (danger(c))
		segen_json_put_string(w, "danger", danger(c));
	if (c->open.n)
		segen_json_put_strings(w, "still-open", c->open.v, c->open.n);
	if (c->targets.n)
		segen_json_put_strings(w, "targets", c->targets.v, c->targets.n);
	segen_json_put_close(w, '}');
}

void report_diff_put(struct segen_json_out *w, const struct diff *d)
{
	segen_json_put_open(w, "calls", '[');
	for (size_t i = 0; i < d->n; i++)
		json_call(w, &d->v[i]);
	segen_json_put_close(w, ']');
	segen_json_put_strings(w, "remarks", d->remarks.v, d->remarks.n);
	segen_json_put_u64(w, "equal", d->n_equal);
	segen_json_put_u64(w, "targets", d->n_targets);
}

void report_diff_json(struct segen_buf *out, const struct diff *d)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};

	segen_json_put_open(&w, NULL, '{');
	segen_json_put_u64(&w, "segen-diff", 1);
	segen_json_put_string(&w, "of", "profiles");
	report_diff_put(&w, d);
	segen_json_put_close(&w, '}');
	segen_json_put_end(&w);
}

/* --- traces ------------------------------------------------------------------------- */

static const struct {
	const char *title, *sign, *word;
	enum tone tone;
} changes[] = {
	[TRACE_ADDED] = {"only in the second trace", "+", "added", TONE_BAD},
	[TRACE_REMOVED] = {"only in the first trace", "-", "removed", TONE_GOOD},
	[TRACE_CHANGED] = {"in both, with a difference", "~", "changed", TONE_PLAIN},
};

static void trace_call(const struct layout *l, const struct trace_diff_call *c)
{
	_cleanup_free_ char *label = NULL;
	bool native = c->arch == segen_arch_native();

	label = xasprintf("%s %s%s%s%s", changes[c->change].sign,
			  native ? "" : c->arch->name, native ? "" : " ", c->name,
			  c->probe ? " (never succeeded)" : "");
	layout_row(l, 0, COLUMN, changes[c->change].tone, label, "");
	layout_set(l, 4, COLUMN, "programs", &c->programs);
	layout_set(l, 4, COLUMN, "outcomes", &c->outcomes);
	layout_set(l, 4, COLUMN, "values", &c->values);
}

void report_trace_diff_text(const struct layout *l, const struct trace_diff *d)
{
	layout_set(l, 0, COLUMN, "programs", &d->programs);
	for (size_t i = 0; i < d->n; i++) {
		if (!i || d->v[i].change != d->v[i - 1].change)
			layout_line(l, TONE_STRONG, "%s", changes[d->v[i].change].title);
		trace_call(l, &d->v[i]);
	}
	layout_line(l, TONE_PLAIN, "%zu added, %zu removed, %zu changed; %zu calls alike",
		    d->n_change[TRACE_ADDED], d->n_change[TRACE_REMOVED],
		    d->n_change[TRACE_CHANGED], d->n_equal);
}

void report_trace_diff_json(struct segen_buf *out, const struct trace_diff *d)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};

	segen_json_put_open(&w, NULL, '{');
	segen_json_put_u64(&w, "segen-diff", 1);
	segen_json_put_string(&w, "of", "traces");
	segen_json_put_open(&w, "calls", '[');
	for (size_t i = 0; i < d->n; i++) {
		const struct trace_diff_call *c = &d->v[i];

		segen_json_put_open(&w, NULL, '{');
		segen_json_put_string(&w, "name", c->name);
		segen_json_put_string(&w, "abi", c->arch->name);
		segen_json_put_string(&w, "kind", changes[c->change].word);
		segen_json_put_strings(&w, "programs", c->programs.v, c->programs.n);
		segen_json_put_strings(&w, "outcomes", c->outcomes.v, c->outcomes.n);
		segen_json_put_strings(&w, "values", c->values.v, c->values.n);
		segen_json_put_close(&w, '}');
	}
	segen_json_put_close(&w, ']');
	segen_json_put_strings(&w, "programs", d->programs.v, d->programs.n);
	segen_json_put_u64(&w, "equal", d->n_equal);
	segen_json_put_close(&w, '}');
	segen_json_put_end(&w);
}
