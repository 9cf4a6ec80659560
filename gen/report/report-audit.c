/* report-audit.c: what profiles expose and what of it was used, as text. */
#include "report/report-audit.h"

#include "inspect/sheet.h"
#include "inspect/words.h"

#include <inttypes.h>
#include <string.h>

#define COLUMN 18
#define NAMES_MAX 40 /* in one list */
#define RUNS_MAX 20

/* --- sentences ---------------------------------------------------------------------- */

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void words_estimate(struct segen_buf *b, const struct coverage *c)
{
	double unseen = c->chao2.estimate - (double)c->calls;

	segen_buf_printf(b, "%zu of about %.0f calls were seen", c->calls,
			 c->chao2.estimate);
	if (unseen >= 0.5)
		segen_buf_printf(
			b,
			": some %.0f may still be unseen (95 %% interval: %.0f to "
			"%.0f calls in all)",
			unseen, c->chao2.low, c->chao2.high);
	else
		segen_buf_printf(b,
				 ": none seems to be left (95 %% interval: up to %.0f)",
				 c->chao2.high);
}

void audit_words_coverage(struct segen_buf *b, const struct coverage *c)
{
	if (!c->runs)
		segen_buf_puts(b,
			       "every run began with --known: no estimate is possible");
	else if (!c->estimated)
		segen_buf_printf(
			b,
			"%zu run%s: too few for an estimate; record at least %d, with everything the workload will have to do",
			c->runs, plural(c->runs), COVERAGE_RUNS_MIN);
	else
		words_estimate(b, c);
	if (c->runs > 1)
		segen_buf_printf(
			b, "; %zu in one run only, nothing new in the last %zu run%s",
			c->once, c->quiet, plural(c->quiet));
	if (c->runs == 1 && c->last_run_us)
		segen_buf_printf(b, "; the last new call came at %.1f s of %.1f s",
				 (double)c->last_new_us / 1e6,
				 (double)c->last_run_us / 1e6);
	if (c->left_out)
		segen_buf_printf(b, "; %zu run%s with --known left out", c->left_out,
				 plural(c->left_out));
}

void audit_words_log(struct segen_buf *b, const struct log_entry *e,
		     const struct profile *docker)
{
	_cleanup_(sheet_done) struct sheet s = {};

	if (e->action == SEGEN_ACT_ERRNO)
		segen_buf_puts(b, "refused with an errno");
	else
		words_verdict(b, (struct segen_verdict){e->action, 0});
	if (!e->name || sheet_init(&s, e->name, docker) < 0)
		return;
	if (s.fallback)
		segen_buf_printf(b, "; may stay ENOSYS: programs fall back to %s",
				 s.fallback);
	if (!s.n_base)
		segen_buf_puts(b, "; Docker's default refuses it");
	for (size_t i = 0; i < s.n_base; i++)
		if (s.base[i].gates || s.base[i].conds)
			segen_buf_printf(b, "; Docker's default: %s%s%s%s%s%s",
					 s.base[i].answer, s.base[i].gates ? " " : "",
					 s.base[i].gates ? s.base[i].gates : "",
					 s.base[i].conds ? " (" : "",
					 s.base[i].conds ? s.base[i].conds : "",
					 s.base[i].conds ? ")" : "");
}

static void names(struct segen_buf *b, const struct segen_strset *set)
{
	for (size_t i = 0; i < set->n && i < NAMES_MAX; i++)
		segen_buf_printf(b, "%s%s", i ? ", " : "", set->v[i]);
	if (set->n > NAMES_MAX)
		segen_buf_printf(b, " and %zu more", set->n - NAMES_MAX);
}

/* --- exposure ----------------------------------------------------------------------- */

static const char *judgement(double score)
{
	return score < 1.5   ? "tight"
	       : score < 3.5 ? "moderate"
	       : score < 6   ? "wide"
			     : "open";
}

static void class(const struct layout *l, const struct audit_class *c)
{
	const struct risk_fact *r = risk_fact(c->risk);
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	_cleanup_free_ char *label = NULL;

	label = xasprintf("%s %s", c->all.n ? "✗" : "✓", r->word);
	if (!c->all.n) {
		segen_buf_printf(&b, "cannot %s", r->what);
		if (c->some.n) {
			segen_buf_puts(&b, "; for some arguments only: ");
			names(&b, &c->some);
		}
	} else {
		segen_buf_printf(&b, "can %s (%u each): ", r->what, r->weight);
		names(&b, &c->all);
		if (c->docker >= c->all.n)
			segen_buf_puts(&b, "; Docker's default as well");
	}
	layout_row(l, 2, COLUMN, c->all.n ? TONE_BAD : TONE_GOOD, label, b.s);
}

static void exposure(const struct layout *l, const struct audit *a)
{
	double own = exposure_score(&a->own);
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	segen_buf_printf(&b, "EXPOSURE %.1f of 10, %s", own, judgement(own));
	layout_line(l, TONE_STRONG, "%s", b.s);
	b.len = 0;
	segen_buf_printf(&b, "%s; Docker's default %.1f, unconfined 10", a->path,
			 exposure_score(&a->docker));
	layout_text(l, 2, b.s);
	b.len = 0;
	segen_buf_printf(&b, "%zu of %zu calls; Docker's default %zu", a->own.calls,
			 a->n_calls, a->docker.calls);
	layout_text(l, 2, b.s);
	if (a->traced) {
		b.len = 0;
		segen_buf_printf(&b,
				 "of them %zu recorded, %zu asked for by runtimes and "
				 "libcs, %zu unused",
				 a->n_used, a->unseen.n, a->unused.n);
		layout_text(l, 2, b.s);
	}
	for (unsigned r = RISK_N; r-- > RISK_ORDINARY + 1;)
		class(l, &a->classes[r]);
}

/* --- what was recorded -------------------------------------------------------------- */

static void heading(const struct layout *l, const char *title, size_t n)
{
	segen_buf_puts(l->out, "\n");
	layout_line(l, TONE_STRONG, "%s: %zu", title, n);
}

static void call(const struct layout *l, const struct audit_call *c)
{
	const struct call_fact *f = call_fact(c->name);
	bool native = c->arch == segen_arch_native();
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	_cleanup_free_ char *label = xasprintf("%s%s%s", native ? "" : c->arch->name,
					       native ? "" : " ", c->name);

	segen_buf_printf(&b, "%" PRIu64 "x", c->refused ? c->refused : c->count);
	for (size_t i = 0; i < c->programs.n; i++)
		segen_buf_printf(&b, "%s %s", i ? "," : " by", c->programs.v[i]);
	if (c->gate)
		segen_buf_printf(&b, "; Docker allows it with %s", c->gate);
	if (f && f->why)
		segen_buf_printf(&b, "; %s: %s", risk_fact(f->risk)->word, f->why);
	layout_row(l, 2, COLUMN, TONE_PLAIN, label, b.s);
}

static void calls(const struct layout *l, const char *title, const struct audit_calls *c,
		  const char *advice)
{
	if (!c->n)
		return;
	heading(l, title, c->n);
	for (size_t i = 0; i < c->n; i++)
		call(l, &c->v[i]);
	if (advice)
		layout_text(l, 2, advice);
}

static void set(const struct layout *l, const char *title, const struct segen_strset *s,
		const char *advice)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	if (!s->n)
		return;
	heading(l, title, s->n);
	names(&b, s);
	layout_text(l, 2, b.s);
	if (advice)
		layout_text(l, 2, advice);
}

static void probes(const struct layout *l, const struct audit_calls *c)
{
	_cleanup_(segen_strset_done) struct segen_strset s = {};

	for (size_t i = 0; i < c->n; i++)
		segen_strset_add(&s, c->v[i].name);
	set(l, "PROBES, NEVER SUCCEEDED", &s,
	    "to leave them out: segen gen --drop-probes");
}

static void capabilities(const struct layout *l, const struct audit *a)
{
	_cleanup_free_ char *line = audit_docker_run(a);

	segen_buf_puts(l->out, "\n");
	layout_line(l, TONE_STRONG,
		    "CAPABILITIES: %zu held, %zu needed by recorded calls", a->held.n,
		    a->used.n);
	layout_set(l, 2, COLUMN, "used", &a->used);
	if (!a->caps_known)
		layout_text(
			l, 2,
			"the held ones are assumed, because no trace is of a container");
	layout_text(
		l, 2,
		"Calls do not show whether CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID and the like are needed: try without them.");
	layout_text(l, 2, line);
}

static void log_entries(const struct layout *l, const struct audited *a)
{
	for (size_t i = 0; i < a->log->n; i++) {
		const struct log_entry *e = &a->log->v[i];
		_cleanup_(segen_buf_done) struct segen_buf b = {};
		_cleanup_free_ char *label = NULL;

		if (e->name)
			label = xasprintf("%s", e->name);
		else
			label = xasprintf("#%" PRId64, e->nr);
		segen_buf_printf(&b, "%zux", e->count);
		if (e->arch != segen_arch_native())
			segen_buf_printf(&b, " %s", e->arch->name);
		if (e->exe || e->comm)
			segen_buf_printf(&b, " by %s", e->exe ? e->exe : e->comm);
		segen_buf_puts(&b, "; ");
		audit_words_log(&b, e, a->docker);
		layout_row(l, 2, COLUMN, TONE_PLAIN, label, b.s);
	}
}

static void log_text(const struct layout *l, const struct audited *a)
{
	layout_line(l, TONE_STRONG, "LOG: %zu seccomp line%s, %zu different",
		    a->log->lines, plural(a->log->lines), a->log->n);
	log_entries(l, a);
	if (a->log->unreadable)
		layout_line(l, TONE_PLAIN, "  %zu of them could not be read",
			    a->log->unreadable);
	if (a->log->suppressed)
		layout_text(l, 2,
			    "The kernel has left out lines (rate limit): calls may be "
			    "missing here.");
}

/* The curve: calls known after parts of the time, and after runs. */
static void curve(const struct layout *l, const struct coverage *c)
{
	static const unsigned parts[] = {10, 25, 50, 75, 90, 100};
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	for (size_t i = 0; c->total_ms && i < ARRAY_SIZE(parts); i++)
		segen_buf_printf(&b, "%s%u%%: %zu", i ? ", " : "", parts[i],
				 coverage_at(c, parts[i] == 100
							? UINT64_MAX
							: c->total_ms * parts[i] / 100));
	if (b.len)
		layout_row(l, 2, COLUMN, TONE_PLAIN, "calls by time", b.s);
	b.len = 0;
	for (size_t i = 0; i < c->runs && i < RUNS_MAX; i++)
		segen_buf_printf(&b, "%s%zu", i ? " " : "", c->by_run[i]);
	if (c->runs > RUNS_MAX)
		segen_buf_printf(&b, " ... %zu", c->by_run[c->runs - 1]);
	if (c->runs > 1)
		layout_row(l, 2, COLUMN, TONE_PLAIN, "calls by run", b.s);
}

static void one(const struct layout *l, const struct audit *a)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	exposure(l, a);
	if (!a->traced)
		return;
	set(l, "ALLOWED AND UNUSED", &a->unused,
	    "no run made them, and no runtime or libc asks for them");
	calls(l, "USED AND RISKY", &a->risky, NULL);
	calls(l, "REFUSED WHEN RECORDED", &a->refused,
	      "to allow one: segen gen --allow CALL or --tie CALL=CAP");
	calls(l, "RECORDED, BUT NOT ALLOWED", &a->missing,
	      "the workload will fail without them: segen gen with this trace adds them");
	probes(l, &a->probes);
	capabilities(l, a);
	audit_words_coverage(&b, &a->coverage);
	segen_buf_puts(l->out, "\n");
	layout_line(l, TONE_STRONG, "TRACED ENOUGH?");
	layout_text(l, 2, b.s);
	curve(l, &a->coverage);
}

void report_audit_text(const struct layout *l, const struct audited *a)
{
	for (size_t i = 0; i < a->n; i++) {
		if (i)
			segen_buf_puts(l->out, "\n");
		one(l, &a->v[i]);
	}
	if (a->n && a->log)
		segen_buf_puts(l->out, "\n");
	if (a->log)
		log_text(l, a);
}
