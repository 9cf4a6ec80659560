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

/* What a profile lacks of the floor. */
struct lack {
	unsigned parts; /* a bit per enum floor_part */
	bool rare;	/* only the calls that are a matter of timing */
};

/*
 * A start that was recorded shows all but what runc did not happen to call in it.
 * Runtimes of other names may be runc, or call it.
 */
static struct lack lack_of_trace(const struct segen_trace *t, unsigned all)
{
	_cleanup_free_ bool *recorded = recorded_runs(t);
	struct lack lack = {};

	for (size_t i = 0; i < t->n_runs; i++) {
		lack.rare |= recorded[i];
		if (recorded[i] && !is_crun(t->runs[i]))
			lack.parts = 1u << PART_RUNC;
	}
	return lack.rare ? lack : (struct lack){.parts = all};
}

static struct lack lack_of(const struct floor_choice *c, const struct segen_trace *t)
{
	unsigned init = c->no_init ? 0 : 1u << PART_DOCKER_INIT;
	unsigned all = init | 1u << PART_RUNC | 1u << PART_CRUN;

	switch (c->runtime) {
	case FLOOR_AUTO: return lack_of_trace(t, all);
	case FLOOR_ANY: break;
	case FLOOR_RUNC: return (struct lack){.parts = init | 1u << PART_RUNC};
	case FLOOR_CRUN: return (struct lack){.parts = init | 1u << PART_CRUN};
	case FLOOR_NONE: return (struct lack){};
	}
	return (struct lack){.parts = all};
}

static bool is_lacking(const struct lack *lack, const struct floor_fact *f, unsigned when)
{
	return (lack->parts & 1u << f->part) && (f->when & when) &&
	       (!lack->rare || (f->when & WHEN_RARE));
}

/* A call, and the first row of each part that asks for it. */
struct found {
	const char *name;
	const struct floor_fact *rows[PART_DOCKER_INIT + 1];
};

static char *timing_comment(void)
{
	return xstrdup("runtime timing: runc's Go runtime makes these calls now and then "
		       "(signals, scheduler, collector): not seen in the recorded start");
}

static char *comment_for(const struct found *c)
{
	struct segen_buf b = {};
	bool rare = true;

	for (unsigned part = PART_RUNC; part <= PART_CRUN; part++) {
		const struct floor_fact *f = c->rows[part];

		if (!f)
			continue;
		segen_buf_puts(&b, b.len ? " and " : "runtime floor: ");
		segen_buf_puts(&b, floor_part_name(part));
		segen_buf_puts(&b, " >= ");
		segen_buf_puts(&b, f->since);
		rare &= !!(f->when & WHEN_RARE);
	}
	if (!b.len)
		return xstrdup("docker-init: only for docker run --init");
	if (rare)
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
	struct lack lack = lack_of(c, t);
	unsigned when = c->no_new_privs ? WHEN_NNP : WHEN_ALWAYS;
	size_t n_facts, n = 0;
	const struct floor_fact *f = floor_facts(&n_facts);
	_cleanup_free_ struct found *found = xcalloc(n_facts, sizeof(*found));
	struct floor_call *v;

	for (size_t i = 0; i < n_facts; i++) {
		const struct floor_fact **row;

		if (!is_lacking(&lack, &f[i], when))
			continue;
		row = &entry(found, &n, f[i].name)->rows[f[i].part];
		if (!*row)
			*row = &f[i];
	}
	v = xcalloc(n, sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = (struct floor_call){
			found[i].name,
			lack.rare ? timing_comment() : comment_for(&found[i]),
		};
	*ret_n = n;
	return v;
}

void floor_calls_free(struct floor_call *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].comment);
	free(v);
}
