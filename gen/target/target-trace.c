/* target-trace.c: capabilities of recorded containers. */
#include "target/target-trace.h"

#include <string.h>

static bool equal(const struct segen_strset *a, const struct segen_strset *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

/* The set that all containers have, or NULL. */
static const struct segen_strset *common_caps(const struct segen_trace *trace)
{
	const struct segen_strset *caps = NULL;

	for (size_t i = 0; i < trace->n_runs; i++) {
		const struct segen_run *run = trace->runs[i];

		if (!run->container.known)
			continue;
		if (caps && !equal(caps, &run->caps))
			return NULL;
		caps = &run->caps;
	}
	return caps;
}

bool target_from_trace(struct target *t, const struct segen_trace *trace)
{
	const struct segen_strset *caps = common_caps(trace);
	struct segen_buf list = {};
	int r;

	if (!caps || t->has_base || t->added.n || t->dropped.n)
		return false;
	for (size_t i = 0; i < caps->n; i++)
		segen_buf_printf(&list, "%s%s", i ? "," : "", caps->v[i]);
	/* A capability newer than segen: then its default is as good. */
	r = target_set_caps(t, list.s ? list.s : "none", NULL);
	segen_buf_done(&list);
	return r == 0;
}
