/* floor.c: the runtime floor that is asked for. */
#include "facts/floor.h"

#include "facts/facts.h"

#include <string.h>

static bool is_of_container(const struct segen_run *run)
{
	return run->observe == SEGEN_OBSERVE_CONTAINER;
}

/* For each run whether the calls of a container's runtime are in it. */
static bool *recorded_runs(const struct segen_trace *t)
{
	bool *v = xcalloc(t->n_runs + 1, sizeof(*v));

	for (size_t i = 0; i < t->n_calls; i++)
		for (size_t k = 0; k < t->calls[i]->n_seen; k++)
			v[t->calls[i]->seen[k].run] |=
				t->calls[i]->seen[k].phases & SEGEN_PHASE_RUNTIME;
	for (size_t i = 0; i < t->n_runs; i++)
		v[i] &= is_of_container(t->runs[i]);
	return v;
}

static bool is_crun(const struct segen_run *run)
{
	return run->runtime && !strcmp(run->runtime, floor_part_name(PART_CRUN));
}

/*
 * The runtimes that recorded a start, a bit per enum floor_part; a runtime of another
 * name may be runc, or call it.
 */
static unsigned recorded_parts(const struct segen_trace *t)
{
	_cleanup_free_ bool *recorded = recorded_runs(t);
	unsigned parts = 0;

	for (size_t i = 0; i < t->n_runs; i++)
		if (recorded[i])
			parts |= 1u << (is_crun(t->runs[i]) ? PART_CRUN : PART_RUNC);
	return parts;
}

/* What is asked for, a bit per enum floor_part. */
static unsigned wanted_parts(const struct floor_choice *c, const struct segen_trace *t)
{
	const unsigned init = c->no_init ? 0 : 1u << PART_DOCKER_INIT;
	const unsigned any = init | 1u << PART_RUNC | 1u << PART_CRUN;

	switch (c->runtime) {
	case FLOOR_AUTO: return recorded_parts(t) ?: any;
	case FLOOR_ANY: return any;
	case FLOOR_RUNC: return init | 1u << PART_RUNC;
	case FLOOR_CRUN: return init | 1u << PART_CRUN;
	case FLOOR_EXACT:
	case FLOOR_NONE: break;
	}
	return 0;
}

static bool is_wanted(unsigned parts, const struct floor_fact *f, unsigned when)
{
	return (parts & 1u << f->part) && (f->when & when) && !(f->when & WHEN_TOLERATED);
}

/* A call, and for each part the version from which on it makes it, or NULL. */
struct found {
	const char *name;
	const char *since[PART_DOCKER_INIT + 1];
	bool always; /* not only now and then */
};

static void find(struct found *c, const struct floor_fact *f)
{
	const char **since = &c->since[f->part];

	if (!*since || strverscmp(f->since, *since) < 0)
		*since = f->since;
	c->always |= !(f->when & WHEN_RARE);
}

static char *comment_for(const struct found *c)
{
	struct segen_buf b = {};

	for (unsigned part = PART_RUNC; part <= PART_CRUN; part++) {
		if (!c->since[part])
			continue;
		segen_buf_puts(&b, b.len ? " and " : "runtime floor: ");
		segen_buf_puts(&b, floor_part_name((enum floor_part)part));
		segen_buf_puts(&b, " >= ");
		segen_buf_puts(&b, c->since[part]);
	}
	if (!b.len)
		return xstrdup("docker-init: only for docker run --init");
	if (!c->always)
		segen_buf_puts(&b, ", now and then (signals, scheduler and collector)");
	return b.s;
}

/* The entry of @name, a new one if there is none. */
static struct found *entry(struct found *v, size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++)
		if (!strcmp(v[i].name, name))
			return &v[i];
	v[*n].name = name;
	return &v[(*n)++];
}

struct floor_call *floor_calls(const struct floor_choice *c, const struct segen_trace *t,
			       size_t *ret_n)
{
	const unsigned parts = wanted_parts(c, t);
	const unsigned when = c->no_new_privs ? WHEN_NNP : WHEN_ALWAYS;
	size_t n_facts, n = 0;
	const struct floor_fact *f = floor_facts(&n_facts);
	_cleanup_free_ struct found *found = xcalloc(n_facts, sizeof(*found));
	struct floor_call *v;

	for (size_t i = 0; i < n_facts; i++)
		if (is_wanted(parts, &f[i], when))
			find(entry(found, &n, f[i].name), &f[i]);
	v = xcalloc(n + 1, sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = (struct floor_call){found[i].name, comment_for(&found[i])};
	*ret_n = n;
	return v;
}

void floor_calls_free(struct floor_call *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].comment);
	free(v);
}
