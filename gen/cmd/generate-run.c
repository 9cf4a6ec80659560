/* generate-run.c: from a trace and options to a written profile. */
#include "cmd/generate-run.h"

#include "facts/facts.h"
#include "generate/generate.h"

#include <string.h>

int generate_run(const struct generate_run *g, struct gen_report *ret_report,
		 struct segen_error *err)
{
	_cleanup_(profile_done) struct profile p = {};
	_cleanup_(gen_report_done) struct gen_report report = {};
	int r;

	r = generate(g->trace, g->base, &g->opts->policy, &p, &report, err);
	if (r == 0)
		r = profile_write(g->path, &p, g->style, err);
	if (r < 0)
		return r;
	*ret_report = report;
	report = (struct gen_report){};
	return 0;
}

/* Some program that made the call, or NULL. */
static const char *program_of(const struct segen_call *c, const struct segen_trace *t)
{
	for (size_t i = 0; i < c->n_seen; i++)
		if (c->seen[i].n_programs && c->seen[i].programs[0] < t->n_programs)
			return t->programs[c->seen[i].programs[0]];
	return NULL;
}

static char *user_of(const struct segen_call *c, const struct segen_trace *t)
{
	const char *program = program_of(c, t);

	return program ? xasprintf(" ('%s' made it)", program) : xstrdup("");
}

static bool is_denial_of(const struct segen_denial *d, const struct segen_call *c)
{
	return d->arch == c->arch && d->nr == c->nr && !segen_verdict_lets(d->verdict);
}

/*
 * The program whose arguments were refused, of the call that others may have made as
 * well.  Where nothing was refused in the recording, only the one that made it.
 */
static char *refused_user_of(const struct segen_call *c, const struct segen_trace *t)
{
	const struct segen_denials *d = &t->denials;
	const char *program = NULL;

	for (size_t i = 0; !program && i < d->n; i++)
		if (is_denial_of(&d->v[i], c) && d->v[i].at.program < t->n_programs)
			program = t->programs[d->v[i].at.program];
	if (program)
		return xasprintf(" ('%s' made it)", program);
	for (size_t i = 0; i < c->n_seen; i++)
		if (c->seen[i].n_programs > 1 ||
		    (i && c->seen[i].programs[0] != c->seen[0].programs[0]))
			return xstrdup("");
	return user_of(c, t);
}

static char *gates_of(const struct judged *j)
{
	struct segen_buf b = {};

	for (size_t i = 0; i < j->gates.n; i++)
		segen_buf_printf(&b, "%s%s", i ? " or " : "", j->gates.v[i]);
	return b.s ? b.s : xstrdup("other gates");
}

/* A probe that is answered with ENOSYS is nothing to worry about. */
static bool is_harmless(const struct judged *j, const struct segen_trace *t)
{
	return j->name && is_probe_fact(j->name) && segen_trace_is_probe(t, j->call);
}

/*
 * What a runtime alone has tried, and gone on without: containers start all the same, and
 * nobody wants to let it in.
 */
static bool is_runtime_only(const struct segen_call *c)
{
	for (size_t i = 0; i < c->n_seen; i++)
		if (c->seen[i].phases & SEGEN_PHASE_WORKLOAD)
			return false;
	return c->n_seen;
}

static char *remark(const struct judged *j, const struct segen_trace *t)
{
	_cleanup_free_ char *user = user_of(j->call, t), *gates = NULL;

	if (!j->name)
		return xasprintf("call %lld of %s has no known name, so it is left out%s",
				 (long long)j->call->nr, j->call->arch->name, user);
	if (is_harmless(j, t) || is_runtime_only(j->call))
		return NULL;
	if (j->in_profile && j->some_refused) {
		_cleanup_free_ char *refused = refused_user_of(j->call, t);

		return xasprintf(
			"the base refuses some of the arguments seen of '%s'%s; --refused=allow allows them",
			j->name, refused);
	}
	if (j->in_profile && j->class == CLASS_GATED && !j->gate_open) {
		gates = gates_of(j);
		return xasprintf("'%s' needs %s, as in the base%s", j->name, gates, user);
	}
	if (j->in_profile)
		return NULL;
	if (j->class == CLASS_REFUSED || j->class == CLASS_UNKNOWN)
		return xasprintf("the base refuses '%s'%s; --allow %s allows it", j->name,
				 user, j->name);
	if (segen_trace_is_refused(t, j->call))
		return xasprintf(
			"the container's own filter refused '%s'%s, so it is left out; --allow %s allows it",
			j->name, user, j->name);
	return NULL;
}

void generate_remarks(const struct gen_report *r, const struct segen_trace *t,
		      struct segen_strset *remarks)
{
	for (size_t i = 0; t && i < r->n_calls; i++) {
		_cleanup_free_ char *s = remark(&r->calls[i], t);

		if (s)
			segen_strset_add(remarks, s);
	}
}

void generate_drop_notes(struct segen_strset *notes, enum engine engine)
{
	for (size_t i = notes->n; engine == ENGINE_PODMAN && i-- > 0;)
		if (!strncmp(notes->v[i], "docker ", strlen("docker ")))
			segen_strset_remove(notes, notes->v[i]);
}
