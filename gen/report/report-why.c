/* report-why.c: why a call is in a profile or not. */
#include "report/report-why.h"

#include <segen/json-write.h>

#include <inttypes.h>
#include <string.h>

#define LABEL 2
#define COLUMN 12
#define FRAMES_MAX 6 /* in text */

static void row(const struct layout *l, const char *label, const char *text)
{
	layout_row(l, LABEL, COLUMN, TONE_PLAIN, label, text);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* --- profiles -------------------------------------------------------------------------
 */

static const char *state(const struct reply *r)
{
	return r->lets == LETS_ALL    ? "ALLOWED"
	       : r->lets == LETS_SOME ? "PARTLY"
				      : "REFUSED";
}

static void rule(const struct layout *l, const struct why_profile *p,
		 const struct why_rule *r, size_t line)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	segen_buf_puts(&b, p->path);
	if (line)
		segen_buf_printf(&b, ":%zu", line);
	segen_buf_printf(&b, " syscalls[%zu]: %s", r->index, r->answer);
	if (r->conds)
		segen_buf_printf(&b, " (%s)", r->conds);
	if (r->gates)
		segen_buf_printf(&b, " %s", r->gates);
	if (!r->applies)
		segen_buf_puts(&b, "; not for this container");
	row(l, "rule", b.s);
	if (r->comment && (!p->reason || strcmp(r->comment, p->reason) != 0))
		row(l, "", r->comment);
}

static void profile(const struct layout *l, const struct why *w, size_t i,
		    const struct why_lines *lines)
{
	const struct why_profile *p = &w->profiles[i];
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	segen_buf_printf(&b, "%s %s", w->sheet.name, state(&p->reply));
	if (w->n_profiles > 1)
		segen_buf_printf(&b, " in %s", p->path);
	layout_line(l, p->reply.lets == LETS_NONE ? TONE_BAD : TONE_STRONG, "%s", b.s);
	row(l, p->reply.lets == LETS_NONE && !p->n_rules ? "answer" : "why",
	    p->reason ? p->reason : p->answer);
	if (p->reason && p->reply.lets == LETS_NONE)
		row(l, "answer", p->answer);
	for (size_t k = 0; k < p->n_rules; k++)
		rule(l, p, &p->rules[k], lines->line(lines->ctx, i, &p->rules[k]));
	if (!p->n_rules) {
		_cleanup_free_ char *s =
			xasprintf("none in %s: the default action%s", p->path,
				  p->reply.stub ? ", or runc's stub" : "");

		row(l, "rule", s);
	}
}

/* --- traces ---------------------------------------------------------------------------
 */

static void add_phases(struct segen_buf *b, unsigned phases)
{
	if (phases & SEGEN_PHASE_RUNTIME)
		segen_buf_puts(b, phases == SEGEN_PHASE_RUNTIME
					  ? ", by the runtime only"
					  : ", also by the runtime");
	if (phases & SEGEN_PHASE_EXEC)
		segen_buf_puts(b, ", in exec");
}

static void seen(const struct layout *l, const struct why *w, const struct why_seen *s)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	if (s->arch != w->seen[0].arch || w->n_seen > 1)
		segen_buf_printf(&b, "%s: ", s->arch->name);
	segen_buf_printf(&b, "%s%" PRIu64 " call%s in %zu of %zu run%s",
			 s->at_least ? "at least " : "", s->count,
			 s->count == 1 ? "" : "s", s->n_runs, w->trace->n_runs,
			 w->trace->n_runs == 1 ? "" : "s");
	add_phases(&b, s->phases);
	if (s->refused)
		segen_buf_printf(&b, ", %" PRIu64 " refused by the filter", s->refused);
	if (s->probe)
		segen_buf_puts(&b, "; never succeeded");
	row(l, "seen", b.s);
	layout_set(l, LABEL, COLUMN, "outcomes", &s->outcomes);
	layout_set(l, LABEL, COLUMN, "by", &s->programs);
	layout_set(l, LABEL, COLUMN, "values", &s->values);
}

static void frame(struct segen_buf *b, const struct segen_frame *f)
{
	const char *module = f->module ? base_name(f->module) : "?";

	if (f->symbol)
		segen_buf_printf(b, "%s+0x%" PRIx64 " %s", f->symbol, f->offset, module);
	else
		segen_buf_printf(b, "+0x%" PRIx64 " %s", f->offset, module);
}

static const char *first_program(const struct why *w, const struct segen_first *f)
{
	return f->program < w->trace->n_programs ? w->trace->programs[f->program] : NULL;
}

static void first(const struct layout *l, const struct why *w, const struct why_seen *s)
{
	const struct segen_first *f = &s->call->first;
	const char *program = first_program(w, f);
	_cleanup_(segen_buf_done) struct segen_buf b = {}, stack = {};

	segen_buf_printf(&b, "at %" PRIu64 " ms", f->time_us / 1000);
	if (program && s->programs.n > 1)
		segen_buf_printf(&b, " by %s", program);
	segen_buf_printf(&b, ", pid %d", f->pid);
	row(l, "first", b.s);
	for (size_t i = 0; i < f->n_frames && i < FRAMES_MAX; i++) {
		segen_buf_puts(&stack, i ? " < " : "");
		frame(&stack, &f->frames[i]);
	}
	if (f->n_frames > FRAMES_MAX)
		segen_buf_puts(&stack, " < ...");
	row(l, "stack", stack.len ? stack.s : "could not be traced");
}

static void traces(const struct layout *l, const struct why *w)
{
	for (size_t i = 0; i < w->n_seen; i++) {
		seen(l, w, &w->seen[i]);
		first(l, w, &w->seen[i]);
	}
	if (w->trace && !w->n_seen) {
		_cleanup_free_ char *s =
			xasprintf("never, in %zu run%s", w->trace->n_runs,
				  w->trace->n_runs == 1 ? "" : "s");

		row(l, "seen", s);
	}
}

/* --- facts ----------------------------------------------------------------------------
 */

static void docker(const struct layout *l, const struct why *w)
{
	const struct sheet *s = &w->sheet;
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	segen_buf_puts(&b, w->docker.lets == LETS_ALL	 ? "allowed"
			   : w->docker.lets == LETS_SOME ? "allowed for some arguments"
							 : "refused");
	for (size_t i = 0; i < s->n_base; i++) {
		if (!s->base[i].gates && !s->base[i].conds)
			continue;
		segen_buf_printf(&b, "; %s", s->base[i].answer);
		if (s->base[i].gates)
			segen_buf_printf(&b, " %s", s->base[i].gates);
		if (s->base[i].conds)
			segen_buf_printf(&b, " (%s)", s->base[i].conds);
	}
	row(l, "docker", b.s);
}

static void facts(const struct layout *l, const struct why *w)
{
	const struct sheet *s = &w->sheet;

	docker(l, w);
	if (s->fact && s->fact->why) {
		_cleanup_free_ char *text =
			xasprintf("%s: %s", risk_fact(s->fact->risk)->word, s->fact->why);

		row(l, "risk", text);
	}
	layout_set(l, LABEL, COLUMN, "instead", &s->alternatives);
	for (size_t i = 0; i < s->same_job.n; i++)
		row(l, i ? "" : "same job", s->same_job.v[i]);
	for (size_t i = 0; i < w->remove.n; i++)
		row(l, i ? "" : "without", w->remove.v[i]);
}

void report_why_text(const struct layout *l, const struct why *w,
		     const struct why_lines *lines)
{
	for (size_t i = 0; i < w->n_profiles; i++)
		profile(l, w, i, lines);
	if (!w->n_profiles)
		layout_line(l, TONE_STRONG, "%s", w->sheet.name);
	traces(l, w);
	facts(l, w);
}

/* --- JSON -----------------------------------------------------------------------------
 */

static const char *lets_word(enum lets l)
{
	return l == LETS_ALL ? "all" : l == LETS_SOME ? "some" : "none";
}

static void json_rule(struct segen_json_out *w, const struct why_rule *r, size_t line)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_u64(w, "rule", r->index);
	if (line)
		segen_json_put_u64(w, "line", line);
	segen_json_put_bool(w, "applies", r->applies);
	segen_json_put_string(w, "answer", r->answer);
	if (r->gates)
		segen_json_put_string(w, "when", r->gates);
	if (r->conds)
		segen_json_put_string(w, "arguments", r->conds);
	if (r->comment)
		segen_json_put_string(w, "comment", r->comment);
	segen_json_put_close(w, '}');
}

static void json_profile(struct segen_json_out *w, const struct why *y, size_t i,
			 const struct why_lines *lines)
{
	const struct why_profile *p = &y->profiles[i];

	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "file", p->path);
	segen_json_put_string(w, "lets-in", lets_word(p->reply.lets));
	segen_json_put_string(w, "answer", p->answer);
	if (p->reason)
		segen_json_put_string(w, "reason", p->reason);
	segen_json_put_open(w, "rules", '[');
	for (size_t k = 0; k < p->n_rules; k++)
		json_rule(w, &p->rules[k],
			  lines ? lines->line(lines->ctx, i, &p->rules[k]) : 0);
	segen_json_put_close(w, ']');
	segen_json_put_close(w, '}');
}

static void json_first(struct segen_json_out *w, const struct why *y,
		       const struct segen_first *f)
{
	const char *program = first_program(y, f);

	segen_json_put_open(w, "first", '{');
	segen_json_put_u64(w, "us", f->time_us);
	if (program)
		segen_json_put_string(w, "program", program);
	segen_json_put_u64(w, "pid", (uint64_t)f->pid);
	segen_json_put_open(w, "stack", '[');
	for (size_t i = 0; i < f->n_frames; i++) {
		_cleanup_(segen_buf_done) struct segen_buf b = {};

		frame(&b, &f->frames[i]);
		segen_json_put_string(w, NULL, b.s);
	}
	segen_json_put_close(w, ']');
	segen_json_put_close(w, '}');
}

static void json_seen(struct segen_json_out *w, const struct why *y,
		      const struct why_seen *s)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "abi", s->arch->name);
	segen_json_put_u64(w, "count", s->count);
	segen_json_put_bool(w, "at-least", s->at_least);
	segen_json_put_u64(w, "runs", s->n_runs);
	segen_json_put_u64(w, "of-runs", y->trace->n_runs);
	segen_json_put_u64(w, "refused", s->refused);
	segen_json_put_bool(w, "never-succeeded", s->probe);
	segen_json_put_strings(w, "outcomes", s->outcomes.v, s->outcomes.n);
	segen_json_put_strings(w, "programs", s->programs.v, s->programs.n);
	segen_json_put_strings(w, "values", s->values.v, s->values.n);
	json_first(w, y, &s->call->first);
	segen_json_put_close(w, '}');
}

void report_why_put(struct segen_json_out *w, const struct why *y,
		    const struct why_lines *lines)
{
	const struct call_fact *f = y->sheet.fact;

	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "name", y->sheet.name);
	segen_json_put_open(w, "profiles", '[');
	for (size_t i = 0; i < y->n_profiles; i++)
		json_profile(w, y, i, lines);
	segen_json_put_close(w, ']');
	segen_json_put_open(w, "seen", '[');
	for (size_t i = 0; i < y->n_seen; i++)
		json_seen(w, y, &y->seen[i]);
	segen_json_put_close(w, ']');
	segen_json_put_string(w, "docker", lets_word(y->docker.lets));
	segen_json_put_string(w, "risk", risk_fact(call_risk(y->sheet.name))->word);
	if (f && f->why) {
		segen_json_put_string(w, "danger", f->why);
		segen_json_put_string(w, "source", f->why_source->url);
	}
	segen_json_put_strings(w, "alternatives", y->sheet.alternatives.v,
			       y->sheet.alternatives.n);
	segen_json_put_strings(w, "same-job", y->sheet.same_job.v, y->sheet.same_job.n);
	segen_json_put_strings(w, "without", y->remove.v, y->remove.n);
	segen_json_put_close(w, '}');
}

void report_why_json(struct segen_buf *out, const struct why *v, size_t n,
		     const struct why_lines *lines)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};

	segen_json_put_open(&w, NULL, '{');
	segen_json_put_u64(&w, "segen-why", 1);
	segen_json_put_open(&w, "calls", '[');
	for (size_t i = 0; i < n; i++)
		report_why_put(&w, &v[i], lines);
	segen_json_put_close(&w, ']');
	segen_json_put_close(&w, '}');
	segen_json_put_end(&w);
}
