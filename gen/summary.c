/* summary.c: one fact per line. */
#include "summary.h"

#include "duration.h"

#include <segen/syscall.h>

#include <inttypes.h>
#include <string.h>

#define PROGRAMS_SHOWN 3

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

/* How segen, or the container, answered where it refused: " (answered ENOSYS)". */
static void add_answer(struct segen_buf *out, const struct segen_call *c)
{
	for (size_t i = 0; i < c->n_seen; i++) {
		const struct segen_seen *s = &c->seen[i];
		const char *word;

		if (!s->refused || !s->n_outcomes)
			continue;
		word = segen_errno_name(s->outcomes[s->n_outcomes - 1].err);
		if (word)
			segen_buf_printf(out, " (answered %s)", word);
		return;
	}
}

static void add_programs(struct segen_buf *out, const struct segen_trace *t,
			 const struct segen_call *c)
{
	_cleanup_(segen_strset_done) struct segen_strset set = {};

	for (size_t i = 0; i < c->n_seen; i++)
		for (size_t k = 0; k < c->seen[i].n_programs; k++)
			segen_strset_add(&set, t->programs[c->seen[i].programs[k]]);
	for (size_t i = 0; i < MIN(set.n, PROGRAMS_SHOWN); i++)
		segen_buf_printf(out, "%s%s", i ? ", " : "", set.v[i]);
	if (set.n > PROGRAMS_SHOWN)
		segen_buf_printf(out, " and %zu more", set.n - PROGRAMS_SHOWN);
}

static void add_run(struct segen_buf *out, const struct summary *s)
{
	const struct segen_run *run = s->trace->runs[s->run];

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

/* "CAP_BPF or CAP_SYS_ADMIN" and whether the container has one of them. */
static void add_gate_key(struct segen_buf *out, const struct judged *j)
{
	for (size_t i = 0; i < j->gates.n; i++)
		segen_buf_printf(out, "%s%s", i ? " or " : "", j->gates.v[i]);
	segen_buf_puts(out,
		       j->gate_open ? ", which is given" : ", which is not given here");
}

/* One line per gate: the calls behind it. */
static void add_gated(struct segen_buf *out, const struct gen_report *r)
{
	_cleanup_(segen_strset_done) struct segen_strset keys = {};

	for (size_t i = 0; i < r->n_calls; i++) {
		_cleanup_(segen_buf_done) struct segen_buf key = {};

		if (r->calls[i].class != CLASS_GATED)
			continue;
		add_gate_key(&key, &r->calls[i]);
		segen_strset_add(&keys, key.s);
	}
	for (size_t k = 0; k < keys.n; k++) {
		const char *separator = "";

		label(out, "gated");
		for (size_t i = 0; i < r->n_calls; i++) {
			_cleanup_(segen_buf_done) struct segen_buf key = {};

			if (r->calls[i].class != CLASS_GATED)
				continue;
			add_gate_key(&key, &r->calls[i]);
			if (strcmp(key.s, keys.v[k]) != 0)
				continue;
			segen_buf_puts(out, separator);
			add_name(out, &r->calls[i]);
			add_answer(out, r->calls[i].call);
			separator = ", ";
		}
		segen_buf_printf(out, ": by %s\n", keys.v[k]);
	}
}

static void add_refused(struct segen_buf *out, const struct summary *s,
			enum call_class class, const char *word)
{
	for (size_t i = 0; i < s->report->n_calls; i++) {
		const struct judged *j = &s->report->calls[i];

		if (j->class != class)
			continue;
		label(out, word);
		add_name(out, j);
		add_answer(out, j->call);
		segen_buf_puts(out, ": wanted by ");
		add_programs(out, s->trace, j->call);
		segen_buf_puts(out, j->in_profile ? "; let in as asked\n" : "\n");
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
	if (s->report) {
		add_gated(out, s->report);
		add_refused(out, s, CLASS_REFUSED, "refused");
		add_refused(out, s, CLASS_UNKNOWN, "unknown");
	}
	add_lines(out, "note", &s->trace->runs[s->run]->notes);
	if (s->report)
		add_lines(out, "warning", &s->report->warnings);
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
