/* floor.c: the runtime floor that a policy asks for. */
#include "floor.h"

#include "facts.h"

#include <string.h>

static bool run_has_runtime_calls(const struct segen_trace *t, size_t run)
{
	for (size_t i = 0; i < t->n_calls; i++)
		for (size_t k = 0; k < t->calls[i]->n_seen; k++)
			if (t->calls[i]->seen[k].run == run &&
			    (t->calls[i]->seen[k].phases & SEGEN_PHASE_RUNTIME))
				return true;
	return false;
}

bool floor_is_recorded(const struct segen_trace *t)
{
	for (size_t i = 0; t && i < t->n_runs; i++)
		if (t->runs[i]->observe && !strcmp(t->runs[i]->observe, "container") &&
		    run_has_runtime_calls(t, i))
			return true;
	return false;
}

/* A bit per enum floor_part. */
static unsigned wanted_parts(const struct gen_policy *p, const struct segen_trace *t)
{
	unsigned init = p->no_init ? 0 : 1u << PART_DOCKER_INIT;

	switch (p->floor) {
	case FLOOR_AUTO:
		if (floor_is_recorded(t))
			return 0;
		break;
	case FLOOR_ANY: break;
	case FLOOR_RUNC: return init | 1u << PART_RUNC;
	case FLOOR_CRUN: return init | 1u << PART_CRUN;
	case FLOOR_NONE: return 0;
	}
	return init | 1u << PART_RUNC | 1u << PART_CRUN;
}

/* A call, and the first row of each part that asks for it. */
struct found {
	const char *name;
	const struct floor_fact *rows[PART_DOCKER_INIT + 1];
};

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
	/* Most differ in the first letter. */
	for (size_t i = 0; i < *n; i++)
		if (*v[i].name == *name && !strcmp(v[i].name, name))
			return &v[i];
	v[*n].name = name;
	return &v[(*n)++];
}

struct floor_call *floor_calls(const struct gen_policy *p, const struct segen_trace *t,
			       size_t *ret_n)
{
	unsigned parts = wanted_parts(p, t);
	unsigned when = p->no_new_privs ? WHEN_NNP : WHEN_ALWAYS;
	size_t n_facts, n = 0;
	const struct floor_fact *f = floor_facts(&n_facts);
	_cleanup_free_ struct found *found = xcalloc(n_facts, sizeof(*found));
	struct floor_call *v;

	for (size_t i = 0; i < n_facts; i++) {
		const struct floor_fact **row;

		if (!(parts & 1u << f[i].part) || !(f[i].when & when))
			continue;
		row = &entry(found, &n, f[i].name)->rows[f[i].part];
		if (!*row)
			*row = &f[i];
	}
	v = xcalloc(n, sizeof(*v));
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
