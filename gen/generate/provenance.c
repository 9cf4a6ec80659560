/* provenance.c: describe the input of a generated profile. */
#include "generate/provenance.h"

#include <string.h>

/* More names than this are counted. */
#define NAMES_MAX 5

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void put_names(struct segen_buf *b, const char *before,
		      const struct segen_strset *names)
{
	for (size_t i = 0; i < MIN(names->n, NAMES_MAX); i++)
		segen_buf_printf(b, "%s'%s'", i ? ", " : before, names->v[i]);
	if (names->n > NAMES_MAX)
		segen_buf_printf(b, " and %zu more", names->n - NAMES_MAX);
}

char *provenance(const struct segen_trace *trace, const char *base)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {};
	struct segen_buf b = {};

	for (size_t i = 0; i < trace->n_runs; i++)
		if (trace->runs[i]->argv && trace->runs[i]->argv[0])
			segen_strset_add(&names, last_part(trace->runs[i]->argv[0]));
	segen_buf_printf(&b, "segen %s: %zu run%s", SEGEN_VERSION, trace->n_runs,
			 trace->n_runs == 1 ? "" : "s");
	put_names(&b, " of ", &names);
	if (base)
		segen_buf_printf(&b, ", base %s", last_part(base));
	return b.s;
}
