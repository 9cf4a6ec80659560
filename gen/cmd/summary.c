/* summary.c: one fact per row. */
#include "cmd/summary.h"

#include "cli/duration.h"
#include "cmd/generate-run.h"
#include "cmd/next-command.h"

#include <segen/quote.h>
#include <segen/syscall.h>

#include <inttypes.h>
#include <signal.h>
#include <string.h>

#define INDENT 2
#define COLUMN 12

/* Text from outside cannot leave its row. */
static void row(const struct layout *l, enum tone tone, const char *label,
		const char *text)
{
	_cleanup_free_ char *quoted = segen_quoted(text);

	layout_row(l, INDENT, COLUMN, tone, label, quoted);
}

/* What is to be copied to a shell stays as it is, on one line. */
static void command_row(const struct layout *l, const char *label, const char *command)
{
	_cleanup_free_ char *quoted = segen_quoted(command);

	segen_buf_printf(l->out, "  %-9s %s\n", label, quoted);
}

static const char *signal_name(int sig)
{
	static const struct {
		int sig;
		const char *name;
	} names[] = {
		{SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"},
		{SIGILL, "SIGILL"},   {SIGTRAP, "SIGTRAP"}, {SIGABRT, "SIGABRT"},
		{SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},   {SIGKILL, "SIGKILL"},
		{SIGUSR1, "SIGUSR1"}, {SIGSEGV, "SIGSEGV"}, {SIGUSR2, "SIGUSR2"},
		{SIGPIPE, "SIGPIPE"}, {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"},
		{SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGSYS, "SIGSYS"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].sig == sig)
			return names[i].name;
	return NULL;
}

static void add_signal(struct segen_buf *out, int sig)
{
	const char *name = signal_name(sig);

	if (name)
		segen_buf_puts(out, name);
	else
		segen_buf_printf(out, "signal %d", sig);
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

/* "was ended by SIGSEGV (status 139)", "ended with status 3". */
static void add_end(struct segen_buf *out, const struct summary *s)
{
	int status = s->run->exit;

	switch (s->ended_by) {
	case ENDED_BY_TIME:
		segen_buf_printf(out, "was ended by --for (SIGTERM; status %d)", status);
		return;
	case ENDED_BY_TIME_KILL:
		segen_buf_printf(
			out,
			"was ended by --for (SIGKILL, because SIGTERM did not end it; status %d)",
			status);
		return;
	case ENDED_BY_SECOND_INT:
		segen_buf_printf(out,
				 "was ended by a second interrupt (SIGKILL; status %d)",
				 status);
		return;
	case ENDED_BY_ITSELF: break;
	}
	if (status < 0) {
		/* Attached to, and detached from. */
		segen_buf_puts(out, "was recorded");
	} else if (s->signal) {
		segen_buf_puts(out, "was ended by ");
		add_signal(out, s->signal);
		segen_buf_printf(out, "%s (status %d)", s->signal == SIGINT ? ", ^C" : "",
				 status);
	} else {
		segen_buf_printf(out, "ended with status %d", status);
	}
}

static void add_run(const struct layout *l, const struct summary *s)
{
	const struct segen_run *run = s->run;
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	_cleanup_free_ char *quoted = NULL;

	segen_buf_printf(&b, "segen: '%s' ", s->name);
	add_end(&b, s);
	segen_buf_puts(&b, run->exit < 0 ? " for " : " after ");
	duration_add(&b, run->duration_ms);
	segen_buf_printf(&b, "; %" PRIu64 " process%s", run->processes,
			 run->processes == 1 ? "" : "es");
	if (s->trace->n_runs > 1)
		segen_buf_printf(&b, "; the trace holds %zu runs", s->trace->n_runs);
	quoted = segen_quoted(b.s);
	layout_line(l,
		    run->exit > 0 && s->ended_by == ENDED_BY_ITSELF ? TONE_BAD
								    : TONE_STRONG,
		    "%s", quoted);
}

/* "95 = 59 seen + 7 essential + 5 init + 24 runtime" */
static void add_sum(struct segen_buf *out, const struct gen_report *r)
{
	const char *separator = " = ";

	for (unsigned i = 0; i < N_ORIGINS; i++) {
		if (!r->origins[i])
			continue;
		segen_buf_printf(out, "%s%zu %s", separator, r->origins[i],
				 gen_origin_name((enum gen_origin)i));
		separator = " + ";
	}
}

static void add_counts(const struct layout *l, const struct summary *s)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};

	segen_buf_printf(&b, "%zu distinct", s->trace->n_calls);
	if (s->report) {
		segen_buf_printf(&b, "; the profile allows %zu",
				 s->report->profile_allows);
		add_sum(&b, s->report);
		segen_buf_printf(&b, ", of the %zu that the base does",
				 s->report->base_allows);
	}
	row(l, TONE_PLAIN, "calls", b.s);
}

/* By the order of the ids; ids of one second are in none, but this run is the last. */
static bool is_later(const struct summary *s, size_t a, size_t b)
{
	if (a == s->run_index || b == s->run_index)
		return b != s->run_index;
	return strcmp(s->trace->runs[a]->id, s->trace->runs[b]->id) > 0;
}

static size_t first_run(const struct summary *s, const struct segen_call *c)
{
	size_t first = c->n_seen ? c->seen[0].run : 0;

	for (size_t i = 1; i < c->n_seen; i++)
		if (is_later(s, first, c->seen[i].run))
			first = c->seen[i].run;
	return first;
}

/* How many runs, this one the last of them, added nothing. */
static size_t runs_without_news(const struct summary *s)
{
	const struct segen_trace *t = s->trace;
	size_t last = t->n_calls ? first_run(s, t->calls[0]) : 0, n = 0;

	for (size_t i = 1; i < t->n_calls; i++) {
		size_t run = first_run(s, t->calls[i]);

		last = is_later(s, run, last) ? run : last;
	}
	for (size_t i = 0; i < t->n_runs; i++)
		n += i != last && is_later(s, i, last);
	return n;
}

static void add_news(const struct layout *l, const struct summary *s)
{
	_cleanup_(segen_buf_done) struct segen_buf names = {}, b = {};
	const struct segen_trace *t = s->trace;
	size_t n = 0, quiet = runs_without_news(s);

	for (size_t i = 0; i < t->n_calls; i++) {
		struct judged j = {.call = t->calls[i]};

		if (first_run(s, t->calls[i]) != s->run_index)
			continue;
		j.name = segen_syscall_name(j.call->arch, j.call->nr);
		segen_buf_puts(&names, n++ ? ", " : "");
		add_name(&names, &j);
		free(j.name);
	}
	if (n)
		segen_buf_printf(&b, "%zu call%s that no earlier run made: %s", n,
				 n == 1 ? "" : "s", names.s);
	else
		segen_buf_printf(&b, "nothing new, for %zu run%s in a row", quiet,
				 quiet == 1 ? "" : "s");
	row(l, TONE_PLAIN, "added", b.s);
}

static void add_earlier(const struct layout *l, const struct summary *s)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {}, command = {};
	const struct earlier *e = s->earlier;

	segen_buf_printf(&b, "the previous trace held %zu more call%s than this run (",
			 e->lost.n, e->lost.n == 1 ? "" : "s");
	for (size_t i = 0; i < e->lost.n && i < 8; i++)
		segen_buf_printf(&b, "%s%s", i ? ", " : "", e->lost.v[i]);
	segen_buf_printf(&b, "%s); it is kept as %s; to combine both:",
			 e->lost.n > 8 ? ", ..." : "", e->path);
	row(l, TONE_WARN, "replaced", b.s);
	segen_buf_puts(&command, "segen merge -o ");
	shell_word(&command, s->trace_path);
	segen_buf_puts(&command, " ");
	shell_word(&command, e->path);
	segen_buf_puts(&command, " ");
	shell_word(&command, s->trace_path);
	command_row(l, "", command.s);
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

/* One row per gate that is open. */
static void add_gated(const struct layout *l, const struct gen_report *r)
{
	_cleanup_(segen_strset_done) struct segen_strset gates = {};

	for (size_t i = 0; i < r->n_calls; i++) {
		_cleanup_free_ char *gate = gate_of(&r->calls[i]);

		if (gate)
			segen_strset_add(&gates, gate);
	}
	for (size_t g = 0; g < gates.n; g++) {
		_cleanup_(segen_buf_done) struct segen_buf b = {};

		add_calls_behind(&b, r, gates.v[g]);
		segen_buf_printf(&b, ": through %s", gates.v[g]);
		row(l, TONE_PLAIN, "gated", b.s);
	}
}

static void add_rows(const struct layout *l, const char *word,
		     const struct segen_strset *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		row(l, TONE_PLAIN, word, lines->v[i]);
}

/* What is only worth knowing is told with the first run. */
static void add_warnings(const struct layout *l, const struct summary *s)
{
	const struct gen_report *r = s->report;

	for (size_t i = 0; i < r->n_warnings; i++)
		if (r->warnings[i].weight != WEIGHT_NOTE)
			row(l, TONE_WARN, "warning", r->warnings[i].text);
		else if (s->trace->n_runs <= 1)
			row(l, TONE_PLAIN, "note", r->warnings[i].text);
}

static bool has_failed(const struct summary *s)
{
	return s->run->exit > 0 && s->ended_by == ENDED_BY_ITSELF &&
	       s->signal != SIGINT && s->signal != SIGTERM;
}

static void add_next(const struct layout *l, const struct summary *s)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	const struct next_command next = {
		.argv = s->argv,
		.engine = s->engine,
		.target = s->target,
		.run = s->run,
		.profile = s->profile_path,
	};

	if (has_failed(s))
		row(l, TONE_WARN, "failed",
		    "anything after the failure is missing from the trace: if the failure was not intended, fix it and trace again, with --append to keep this run");
	if (s->profile_path) {
		next_command(&next, &b);
	} else {
		_cleanup_free_ char *profile = xasprintf("%s.seccomp.json", s->name);

		segen_buf_puts(&b, "segen gen ");
		shell_word(&b, s->trace_path);
		segen_buf_puts(&b, " -o ");
		shell_word(&b, profile);
	}
	command_row(l, "next", b.s);
}

static bool is_file(const char *path)
{
	return path && strcmp(path, "-") != 0;
}

void summary_text(const struct summary *s, const struct layout *l)
{
	add_run(l, s);
	add_counts(l, s);
	if (s->appended)
		add_news(l, s);
	add_rows(l, "remark", &s->run->notes);
	if (s->report) {
		_cleanup_(segen_strset_done) struct segen_strset remarks = {};

		generate_remarks(s->report, s->trace, &remarks);
		add_gated(l, s->report);
		add_rows(l, "note", &remarks);
		add_warnings(l, s);
	}
	if (s->earlier && s->earlier->path)
		add_earlier(l, s);
	if (is_file(s->trace_path))
		row(l, TONE_PLAIN, "trace", s->trace_path);
	if (is_file(s->profile_path))
		row(l, TONE_PLAIN, "profile", s->profile_path);
	if (is_file(s->profile_path) || (!s->profile_path && is_file(s->trace_path)))
		add_next(l, s);
}
