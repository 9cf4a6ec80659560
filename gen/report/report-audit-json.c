/* report-audit-json.c: an audit as JSON, which a page embeds as well, and as SARIF. */
#include "report/report-audit.h"

#include "report/report-diff.h"
#include "report/report-why.h"
#include "report/sarif.h"

#include <segen/json-write.h>

#include <math.h>
#include <string.h>

static void put_set(struct segen_json_out *w, const char *key,
		    const struct segen_strset *set)
{
	segen_json_put_strings(w, key, set->v, set->n);
}

/* A number with one digit behind the point. */
static void put_tenths(struct segen_json_out *w, const char *key, double x)
{
	_cleanup_free_ char *text = xasprintf("%.1f", round(x * 10) / 10);

	segen_json_put_raw(w, key, text);
}

static void put_exposure(struct segen_json_out *w, const char *key,
			 const struct exposure *e)
{
	segen_json_put_line(w, key, '{');
	put_tenths(w, "score", exposure_score(e));
	segen_json_put_u64(w, "points", e->points);
	segen_json_put_u64(w, "of", e->of);
	segen_json_put_u64(w, "calls", e->calls);
	segen_json_put_close(w, '}');
}

static void put_class(struct segen_json_out *w, const struct audit_class *c)
{
	const struct risk_fact *r = risk_fact(c->risk);

	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "class", r->word);
	segen_json_put_u64(w, "weight", r->weight);
	segen_json_put_string(w, "what", r->what);
	segen_json_put_string(w, "source", r->source->url);
	put_set(w, "allowed", &c->all);
	put_set(w, "allowed-for-some-arguments", &c->some);
	segen_json_put_u64(w, "docker", c->docker);
	segen_json_put_close(w, '}');
}

static void put_calls(struct segen_json_out *w, const char *key,
		      const struct audit_calls *c)
{
	segen_json_put_open(w, key, '[');
	for (size_t i = 0; i < c->n; i++) {
		const struct audit_call *v = &c->v[i];
		const struct call_fact *f = call_fact(v->name);

		segen_json_put_open(w, NULL, '{');
		segen_json_put_string(w, "name", v->name);
		segen_json_put_string(w, "abi", v->arch->name);
		segen_json_put_u64(w, "count", v->count);
		segen_json_put_u64(w, "refused", v->refused);
		put_set(w, "programs", &v->programs);
		segen_json_put_string(w, "risk", risk_fact(call_risk(v->name))->word);
		if (f && f->why)
			segen_json_put_string(w, "danger", f->why);
		if (v->gate)
			segen_json_put_string(w, "docker-capability", v->gate);
		segen_json_put_close(w, '}');
	}
	segen_json_put_close(w, ']');
}

static void put_coverage(struct segen_json_out *w, const struct coverage *c)
{
	_cleanup_(segen_buf_done) struct segen_buf words = {};

	audit_words_coverage(&words, c);
	segen_json_put_open(w, "coverage", '{');
	segen_json_put_string(w, "words", words.s);
	segen_json_put_u64(w, "runs", c->runs);
	segen_json_put_u64(w, "runs-left-out", c->left_out);
	segen_json_put_u64(w, "calls", c->calls);
	segen_json_put_u64(w, "in-one-run-only", c->once);
	segen_json_put_u64(w, "runs-without-news", c->quiet);
	segen_json_put_line(w, "calls-after-run", '[');
	for (size_t i = 0; i < c->runs; i++)
		segen_json_put_u64(w, NULL, c->by_run[i]);
	segen_json_put_close(w, ']');
	segen_json_put_open(w, "calls-after-ms", '[');
	for (size_t i = 0; i < c->n_by_time; i++) {
		segen_json_put_line(w, NULL, '[');
		segen_json_put_u64(w, NULL, c->by_time[i].ms);
		segen_json_put_u64(w, NULL, c->by_time[i].calls);
		segen_json_put_close(w, ']');
	}
	segen_json_put_close(w, ']');
	segen_json_put_u64(w, "ms", c->total_ms);
	segen_json_put_u64(w, "last-new-us", c->last_new_us);
	segen_json_put_u64(w, "of-us", c->last_run_us);
	if (c->estimated) {
		segen_json_put_line(w, "chao2", '{');
		put_tenths(w, "estimate", c->chao2.estimate);
		put_tenths(w, "low", c->chao2.low);
		put_tenths(w, "high", c->chao2.high);
		put_tenths(w, "standard-error", c->chao2.error);
		segen_json_put_close(w, '}');
	}
	segen_json_put_close(w, '}');
}

static void put_recorded(struct segen_json_out *w, const struct audit *a)
{
	_cleanup_free_ char *line = audit_docker_run(a);

	segen_json_put_u64(w, "used", a->n_used);
	put_set(w, "unused", &a->unused);
	put_set(w, "unseen-but-asked-for", &a->unseen);
	put_calls(w, "risky", &a->risky);
	put_calls(w, "refused", &a->refused);
	put_calls(w, "missing", &a->missing);
	put_calls(w, "probes", &a->probes);
	segen_json_put_open(w, "capabilities", '{');
	segen_json_put_bool(w, "known", a->caps_known);
	put_set(w, "held", &a->held);
	put_set(w, "used", &a->used);
	segen_json_put_bool(w, "no-new-privileges", a->no_new_privs);
	segen_json_put_string(w, "docker-run", line);
	segen_json_put_close(w, '}');
	put_coverage(w, &a->coverage);
}

static void put_answers(struct segen_json_out *w, const struct answers *a)
{
	segen_json_put_open(w, "answers", '{');
	for (size_t i = 0; i < a->n; i++) {
		segen_json_put_open(w, a->v[i].arch->name, '{');
		for (size_t k = 0; k < a->v[i].n; k++)
			put_set(w, a->v[i].v[k].answer, &a->v[i].v[k].calls);
		segen_json_put_close(w, '}');
	}
	segen_json_put_close(w, '}');
}

static void put_more(struct segen_json_out *w, const struct audit_more *m)
{
	if (m->calls) {
		segen_json_put_open(w, "every-call", '[');
		for (size_t i = 0; i < m->calls->n; i++)
			report_why_put(w, &m->calls->v[i], NULL);
		segen_json_put_close(w, ']');
	}
	if (m->answers)
		put_answers(w, m->answers);
	if (m->diff) {
		segen_json_put_open(w, "against", '{');
		segen_json_put_string(w, "profile", m->against);
		report_diff_put(w, m->diff);
		segen_json_put_close(w, '}');
	}
}

static void put_audit(struct segen_json_out *w, const struct audit *a,
		      const struct audit_more *more)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_string(w, "profile", a->path);
	segen_json_put_u64(w, "calls", a->n_calls);
	put_exposure(w, "exposure", &a->own);
	put_exposure(w, "docker", &a->docker);
	put_exposure(w, "unconfined", &a->unconfined);
	segen_json_put_open(w, "classes", '[');
	for (unsigned r = RISK_N; r-- > 0;)
		put_class(w, &a->classes[r]);
	segen_json_put_close(w, ']');
	if (a->traced)
		put_recorded(w, a);
	if (more)
		put_more(w, more);
	segen_json_put_close(w, '}');
}

static void put_log(struct segen_json_out *w, const struct audited *a)
{
	segen_json_put_open(w, "log", '{');
	segen_json_put_u64(w, "lines", a->log->lines);
	segen_json_put_u64(w, "unreadable", a->log->unreadable);
	segen_json_put_bool(w, "incomplete", a->log->suppressed > 0);
	segen_json_put_open(w, "calls", '[');
	for (size_t i = 0; i < a->log->n; i++) {
		const struct log_entry *e = &a->log->v[i];
		_cleanup_free_ char *number = xasprintf("#%lld", (long long)e->nr);
		_cleanup_(segen_buf_done) struct segen_buf words = {};

		audit_words_log(&words, e, a->docker);
		segen_json_put_open(w, NULL, '{');
		segen_json_put_string(w, "name", e->name ? e->name : number);
		segen_json_put_string(w, "abi", e->arch->name);
		segen_json_put_u64(w, "count", e->count);
		if (e->exe)
			segen_json_put_string(w, "exe", e->exe);
		if (e->comm)
			segen_json_put_string(w, "comm", e->comm);
		segen_json_put_string(w, "action", profile_action_name(e->action));
		segen_json_put_string(w, "words", words.s);
		segen_json_put_close(w, '}');
	}
	segen_json_put_close(w, ']');
	segen_json_put_close(w, '}');
}

void report_audit_put(struct segen_json_out *w, const struct audited *a)
{
	segen_json_put_open(w, NULL, '{');
	segen_json_put_u64(w, "segen-audit", 1);
	segen_json_put_string(w, "segen", SEGEN_VERSION);
	if (a->trace)
		report_recorded_put(w, a->trace);
	segen_json_put_open(w, "profiles", '[');
	for (size_t i = 0; i < a->n; i++)
		put_audit(w, &a->v[i], a->more ? &a->more[i] : NULL);
	segen_json_put_close(w, ']');
	if (a->log)
		put_log(w, a);
	segen_json_put_close(w, '}');
	segen_json_put_end(w);
}

void report_audit_json(struct segen_buf *out, const struct audited *a)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};

	report_audit_put(&w, a);
}

/* --- SARIF -------------------------------------------------------------------------- */

#define DOCKER_URL "https://docs.docker.com/engine/security/seccomp/"

static const struct sarif_rule rules[] = {
	{"risky", "a risky call is used", "there are published reasons against it",
	 DOCKER_URL},
	{"unused", "a call is allowed that nothing asks for",
	 "every reachable call is kernel code that can be attacked", DOCKER_URL},
	{"refused", "a call was refused when it was recorded",
	 "the workload asked for it and was refused", DOCKER_URL},
	{"new", "a call that succeeded is not allowed",
	 "the workload will fail without it", DOCKER_URL},
};

static void result(struct segen_json_out *w, const char *rule, const char *level,
		   const char *file, const char *fmt, const char *name)
{
	_cleanup_free_ char *text = xasprintf("%s: %s", name, fmt);
	struct sarif_result r = {rule, level, text, file, 0};

	sarif_add(w, &r);
}

static void results(struct segen_json_out *w, const struct audit *a)
{
	for (size_t i = 0; i < a->risky.n; i++) {
		const struct call_fact *f = call_fact(a->risky.v[i].name);

		result(w, "risky", "warning", a->path, f && f->why ? f->why : "risky",
		       a->risky.v[i].name);
	}
	for (size_t i = 0; i < a->unused.n; i++)
		result(w, "unused", "note", a->path, "allowed, but no run made it",
		       a->unused.v[i]);
	for (size_t i = 0; i < a->refused.n; i++)
		result(w, "refused", "note", a->path, "was refused when it was recorded",
		       a->refused.v[i].name);
	for (size_t i = 0; i < a->missing.n; i++)
		result(w, "new", "error", a->path,
		       "succeeded when recorded, is not allowed", a->missing.v[i].name);
}

void report_audit_sarif(struct segen_buf *out, const struct audited *a)
{
	struct segen_json_out w = {.out = out, .style = SEGEN_JSON_LINES};

	sarif_begin(&w, rules, ARRAY_SIZE(rules));
	for (size_t i = 0; i < a->n; i++)
		results(&w, &a->v[i]);
	sarif_end(&w);
}
