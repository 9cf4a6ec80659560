/* report-verify.c: what a run under a profile was denied. */
#include "report/report-verify.h"

#include <segen/json-write.h>

#include <inttypes.h>
#include <string.h>

#define LABEL 9
#define STACK_SHOWN 8

static const char *const words[] = {
	[VERIFY_DENIED] = "DENIED",
	[VERIFY_LOGGED] = "LOGGED",
};

static const char *program_of(const struct segen_trace *t, const struct segen_denial *d)
{
	return d->at.program < t->n_programs ? t->programs[d->at.program] : "(unknown)";
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void put_frame(struct segen_buf *b, const struct segen_frame *f)
{
	if (f->symbol)
		segen_buf_printf(b, "%s+0x%" PRIx64, f->symbol, f->offset);
	else
		segen_buf_printf(b, "0x%" PRIx64, f->offset);
	if (f->module)
		segen_buf_printf(b, " (%s)", base_name(f->module));
}

/* "unlink+0xb (libc.so.6) < main+0x57 (nginx)": innermost first. */
static char *stack_words(const struct segen_first *at)
{
	struct segen_buf b = {};

	for (size_t i = 0; i < MIN(at->n_frames, STACK_SHOWN); i++) {
		segen_buf_puts(&b, i ? " < " : "");
		put_frame(&b, &at->frames[i]);
	}
	return b.s ? b.s : xstrdup("not known");
}

static void finding_text(const struct layout *l, const struct verify_finding *f,
			 const struct segen_trace *t)
{
	const struct segen_denial *d = f->denial;
	_cleanup_free_ char *head = xasprintf(
		"%s%s%s  %s  %" PRIu64 "x", f->name,
		d->arch == segen_arch_native() ? "" : " of ",
		d->arch == segen_arch_native() ? "" : d->arch->name, f->answer, d->count);
	_cleanup_free_ char *who =
		xasprintf("%s, process %d, thread %d, after %" PRIu64 " ms",
			  program_of(t, d), d->at.pid, d->at.tid, d->at.time_us / 1000);
	_cleanup_free_ char *stack = stack_words(&d->at);

	layout_row(l, 0, LABEL, f->kind == VERIFY_DENIED ? TONE_BAD : TONE_WARN,
		   words[f->kind], head);
	layout_row(l, 2, LABEL, TONE_PLAIN, "call", f->call);
	layout_row(l, 2, LABEL, TONE_PLAIN, "by", who);
	layout_row(l, 2, LABEL, TONE_PLAIN, "from", stack);
	layout_row(l, 2, LABEL, TONE_PLAIN, "base", f->base);
	if (f->kind == VERIFY_DENIED)
		layout_row(l, 2, LABEL, TONE_GOOD, "fix",
			   f->fix ? f->fix
			   : f->fixable
				   ? "segen verify --fix"
				   : "none: only calls that have a name can be allowed");
	segen_buf_puts(l->out, "\n");
}

static void end_text(const struct layout *l, const struct verify *v,
		     const struct verify_run *run)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	if (v->n_denied)
		segen_buf_printf(&b, "%" PRIu64 " %s denied at %zu %s", v->calls,
				 v->calls == 1 ? "call was" : "calls were", v->n_denied,
				 v->n_denied == 1 ? "place" : "places");
	else
		segen_buf_puts(&b, "nothing was denied");
	segen_buf_printf(&b, " under '%s'; the workload ended with status %d",
			 run->profile, run->status);
	if (run->started_by)
		segen_buf_printf(&b, "; started by %s", run->started_by);
	layout_text(l, 0, b.s);
	if (!run->started_by)
		layout_text(
			l, 0,
			"This ran on the host. A container's runtime makes calls under the profile, too; to prove that the container starts: segen verify PROFILE -- docker run ... IMAGE ...");
}

void report_verify_text(const struct layout *l, const struct verify *v,
			const struct segen_trace *t, const struct verify_run *run)
{
	for (size_t i = 0; i < v->n; i++)
		finding_text(l, &v->v[i], t);
	end_text(l, v, run);
}

static void args_json(struct segen_json_out *e, const struct segen_denial *d)
{
	segen_json_put_open(e, "args", '[');
	for (size_t i = 0; i < ARRAY_SIZE(d->at.args); i++) {
		_cleanup_free_ char *hex = xasprintf("0x%" PRIx64, d->at.args[i]);

		segen_json_put_string(e, NULL, d->text[i] ? d->text[i] : hex);
	}
	segen_json_put_close(e, ']');
}

static void stack_json(struct segen_json_out *e, const struct segen_first *at)
{
	segen_json_put_open(e, "stack", '[');
	for (size_t i = 0; i < at->n_frames; i++) {
		_cleanup_(segen_buf_done) struct segen_buf b = {};

		put_frame(&b, &at->frames[i]);
		segen_json_put_string(e, NULL, b.s);
	}
	segen_json_put_close(e, ']');
}

static void finding_json(struct segen_json_out *e, const struct verify_finding *f,
			 const struct segen_trace *t)
{
	const struct segen_denial *d = f->denial;

	segen_json_put_open(e, NULL, '{');
	segen_json_put_string(e, "kind", f->kind == VERIFY_DENIED ? "denied" : "logged");
	segen_json_put_string(e, "call", f->name);
	segen_json_put_string(e, "abi", d->arch->name);
	segen_json_put_string(e, "answer", f->answer);
	segen_json_put_u64(e, "count", d->count);
	segen_json_put_string(e, "text", f->call);
	args_json(e, d);
	segen_json_put_string(e, "program", program_of(t, d));
	segen_json_put_u64(e, "pid", (uint64_t)d->at.pid);
	segen_json_put_u64(e, "tid", (uint64_t)d->at.tid);
	segen_json_put_u64(e, "us", d->at.time_us);
	stack_json(e, &d->at);
	segen_json_put_string(e, "base", f->base);
	if (f->fixable)
		segen_json_put_string(e, "fix", "--fix");
	else if (f->fix)
		segen_json_put_string(e, "fix", f->fix);
	segen_json_put_close(e, '}');
}

void report_verify_json(struct segen_buf *out, const struct verify *v,
			const struct segen_trace *t, const struct verify_run *run)
{
	struct segen_json_out e = {.out = out, .style = SEGEN_JSON_LINES};

	segen_json_put_open(&e, NULL, '{');
	segen_json_put_u64(&e, "segen-verify", 1);
	segen_json_put_string(&e, "profile", run->profile);
	if (run->started_by)
		segen_json_put_string(&e, "started-by", run->started_by);
	segen_json_put_u64(&e, "status", (uint64_t)run->status);
	segen_json_put_u64(&e, "denied", v->calls);
	segen_json_put_open(&e, "findings", '[');
	for (size_t i = 0; i < v->n; i++)
		finding_json(&e, &v->v[i], t);
	segen_json_put_close(&e, ']');
	segen_json_put_close(&e, '}');
	segen_json_put_end(&e);
}
