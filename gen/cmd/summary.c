/* summary.c: one fact per line. */
#include "cmd/summary.h"

#include "cli/duration.h"
#include "cmd/generate-run.h"

#include <inttypes.h>
#include <string.h>

static void label(struct segen_buf *out, const char *word)
{
	segen_buf_printf(out, "  %-9s ", word);
}

static void add_name(struct segen_buf *out, const struct judged *j)
{
	if (j->name)
		segen_buf_puts(out, j->name);
	else
		segen_buf_printf(out, "number %" PRId64, j->call->nr);
	if (j->call->arch != segen_arch_native())
		segen_buf_printf(out, " (%s)", j->call->arch->name);
}

static void add_run(struct segen_buf *out, const struct summary *s)
{
	const struct segen_run *run = s->run;

	/* Attached to, and detached from. */
	if (run->exit < 0)
		segen_buf_printf(out, "segen: '%s' was recorded for ", s->name);
	else
		segen_buf_printf(out, "segen: '%s' ended with status %d after ", s->name,
				 run->exit);
	duration_add(out, run->duration_ms);
	segen_buf_printf(out, "; %" PRIu64 " process%s", run->processes,
			 run->processes == 1 ? "" : "es");
	if (s->trace->n_runs > 1)
		segen_buf_printf(out, "; the trace holds %zu runs", s->trace->n_runs);
	segen_buf_puts(out, "\n");
}

static void add_counts(struct segen_buf *out, const struct summary *s)
{
	label(out, "calls");
	segen_buf_printf(out, "%zu distinct", s->trace->n_calls);
	if (s->report)
		segen_buf_printf(out,
				 "; the profile allows %zu of the %zu that the base "
				 "does",
				 s->report->profile_allows, s->report->base_allows);
	segen_buf_puts(out, "\n");
}

/*
 * What opens the gate that a call has passed: "CAP_BPF or CAP_SYS_ADMIN"; NULL: it has
 * passed none, or only one that depends on the architecture.
 */
static char *gate_of(const struct judged *j)
{
	struct segen_buf b = {};

	if (j->class != CLASS_GATED || !j->gate_open || !j->in_profile)
		return NULL;
	for (size_t i = 0; i < j->gates.n; i++)
		if (strncmp(j->gates.v[i], "arch ", strlen("arch ")) != 0)
			segen_buf_printf(&b, "%s%s", b.len ? " or " : "", j->gates.v[i]);
	return b.s;
}

static void add_calls_behind(struct segen_buf *out, const struct gen_report *r,
			     const char *gate)
{
	const char *separator = "";

	for (size_t i = 0; i < r->n_calls; i++) {
		_cleanup_free_ char *own = gate_of(&r->calls[i]);

		if (!own || strcmp(own, gate) != 0)
			continue;
		segen_buf_puts(out, separator);
		add_name(out, &r->calls[i]);
		separator = ", ";
	}
}

/* One line per gate that is open. */
static void add_gated(struct segen_buf *out, const struct gen_report *r)
{
	_cleanup_(segen_strset_done) struct segen_strset gates = {};

	for (size_t i = 0; i < r->n_calls; i++) {
		_cleanup_free_ char *gate = gate_of(&r->calls[i]);

		if (gate)
			segen_strset_add(&gates, gate);
	}
	for (size_t g = 0; g < gates.n; g++) {
		label(out, "gated");
		add_calls_behind(out, r, gates.v[g]);
		segen_buf_printf(out, ": through %s\n", gates.v[g]);
	}
}

static void add_lines(struct segen_buf *out, const char *word,
		      const struct segen_strset *lines)
{
	for (size_t i = 0; i < lines->n; i++) {
		label(out, word);
		segen_buf_printf(out, "%s\n", lines->v[i]);
	}
}

static void add_warnings(struct segen_buf *out, const struct gen_report *r)
{
	for (size_t i = 0; i < r->n_warnings; i++) {
		label(out, "warning");
		segen_buf_printf(out, "%s\n", r->warnings[i].text);
	}
}

/* Options that turn Docker's default capabilities into the target's. */
static void add_cap_options(struct segen_buf *out, const struct target *t)
{
	_cleanup_(target_done) struct target def = {};

	target_init_default(&def);
	for (size_t i = 0; i < def.caps.n; i++)
		if (!segen_strset_has(&t->caps, def.caps.v[i]))
			segen_buf_printf(out, " --cap-drop %s",
					 def.caps.v[i] + strlen("CAP_"));
	for (size_t i = 0; i < t->caps.n; i++)
		if (!segen_strset_has(&def.caps, t->caps.v[i]))
			segen_buf_printf(out, " --cap-add %s",
					 t->caps.v[i] + strlen("CAP_"));
}

static void add_next(struct segen_buf *out, const struct summary *s)
{
	label(out, "next");
	if (!s->profile_path) {
		segen_buf_printf(out, "segen gen %s -o %s.seccomp.json\n", s->trace_path,
				 s->name);
		return;
	}
	segen_buf_puts(out, "docker run");
	add_cap_options(out, s->target);
	segen_buf_printf(out, " --security-opt seccomp=%s IMAGE\n", s->profile_path);
}

static bool is_file(const char *path)
{
	return path && strcmp(path, "-") != 0;
}

void summary_text(const struct summary *s, struct segen_buf *out)
{
	add_run(out, s);
	add_counts(out, s);
	add_lines(out, "remark", &s->run->notes);
	if (s->report) {
		_cleanup_(segen_strset_done) struct segen_strset remarks = {};

		generate_remarks(s->report, s->trace, &remarks);
		add_gated(out, s->report);
		add_lines(out, "note", &remarks);
		add_warnings(out, s->report);
	}
	if (is_file(s->trace_path)) {
		label(out, "trace");
		segen_buf_printf(out, "%s\n", s->trace_path);
	}
	if (is_file(s->profile_path)) {
		label(out, "profile");
		segen_buf_printf(out, "%s\n", s->profile_path);
	}
	if (is_file(s->profile_path) || (!s->profile_path && is_file(s->trace_path)))
		add_next(out, s);
}
