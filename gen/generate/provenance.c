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
		segen_buf_printf(b, "%s%s", i ? ", " : before, names->v[i]);
	if (names->n > NAMES_MAX)
		segen_buf_printf(b, " and %zu more", names->n - NAMES_MAX);
}

static void add_program(struct segen_strset *to, const struct segen_run *run)
{
	_cleanup_free_ char *s = NULL;

	if (!run->argv || !run->argv[0])
		return;
	s = xasprintf("'%s'", last_part(run->argv[0]));
	segen_strset_add(to, s);
}

/* The name, and what it stood for at that time. */
static void add_image(struct segen_strset *to, const struct segen_run *run)
{
	const char *digest = run->image_digest ? run->image_digest : run->image_id;
	_cleanup_free_ char *s = NULL;

	if (!run->image && !digest)
		return;
	s = xasprintf("%s%s%s%s", run->image ? run->image : "",
		      run->image && digest ? " (" : "", digest ? digest : "",
		      run->image && digest ? ")" : "");
	segen_strset_add(to, s);
}

char *provenance(const struct segen_trace *trace, const char *base)
{
	_cleanup_(segen_strset_done) struct segen_strset names = {}, images = {};
	struct segen_buf b = {};

	for (size_t i = 0; i < trace->n_runs; i++) {
		add_program(&names, trace->runs[i]);
		add_image(&images, trace->runs[i]);
	}
	segen_buf_printf(&b, "segen %s: %zu run%s", SEGEN_VERSION, trace->n_runs,
			 trace->n_runs == 1 ? "" : "s");
	put_names(&b, " of ", &names);
	put_names(&b, images.n > 1 ? ", images " : ", image ", &images);
	if (base)
		segen_buf_printf(&b, ", base %s", last_part(base));
	return b.s;
}
