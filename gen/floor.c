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

/* The first row of the call and part that fits, or NULL. */
static const struct floor_fact *find_row(const char *name, enum floor_part part,
					 unsigned when)
{
	size_t n;
	const struct floor_fact *f = floor_facts(&n);

	for (size_t i = 0; i < n; i++)
		if (f[i].part == part && (f[i].when & when) && !strcmp(f[i].name, name))
			return &f[i];
	return NULL;
}

static char *comment_for(const char *name, unsigned parts, unsigned when)
{
	struct segen_buf b = {};
	bool rare = true;

	for (unsigned part = PART_RUNC; part <= PART_CRUN; part++) {
		const struct floor_fact *f = find_row(name, part, when);

		if (!f || !(parts & 1u << part))
			continue;
		segen_buf_printf(&b, "%s%s >= %s", b.len ? " and " : "runtime floor: ",
				 floor_part_name(part), f->since);
		rare &= !!(f->when & WHEN_RARE);
	}
	if (!b.len)
		return xstrdup("docker-init: only for docker run --init");
	if (rare)
		segen_buf_puts(&b, ", now and then (signals, scheduler and collector)");
	return b.s;
}

static bool in_list(const struct floor_call *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(v[i].name, name))
			return true;
	return false;
}

struct floor_call *floor_calls(const struct gen_policy *p, const struct segen_trace *t,
			       size_t *ret_n)
{
	unsigned parts = wanted_parts(p, t);
	unsigned when = p->no_new_privs ? WHEN_NNP : WHEN_ALWAYS;
	size_t n_facts, n = 0;
	const struct floor_fact *f = floor_facts(&n_facts);
	struct floor_call *v = xcalloc(n_facts, sizeof(*v));

	for (size_t i = 0; i < n_facts; i++) {
		if (!(parts & 1u << f[i].part) || !(f[i].when & when) ||
		    in_list(v, n, f[i].name))
			continue;
		v[n].name = f[i].name;
		v[n++].comment = comment_for(f[i].name, parts, when);
	}
	*ret_n = n;
	return v;
}

void floor_calls_free(struct floor_call *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].comment);
	free(v);
}
