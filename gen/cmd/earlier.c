/* earlier.c: keep a trace that holds more than the one that replaces it. */
#include "cmd/earlier.h"

#include <segen/syscall.h>
#include <segen/tracefile.h>

#include <string.h>
#include <sys/stat.h>

static bool is_file(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void find_lost(const struct segen_trace *old, const struct segen_trace *t,
		      struct segen_strset *lost)
{
	for (size_t i = 0; i < old->n_calls; i++) {
		const struct segen_call *c = old->calls[i];
		_cleanup_free_ char *name = NULL;

		if (segen_trace_find(t, c->arch, c->nr))
			continue;
		name = segen_syscall_name(c->arch, c->nr);
		segen_strset_add(lost, name ? name : "a call without a name");
	}
}

int earlier_keep(const char *path, const struct segen_trace *t, struct earlier *ret,
		 struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace old = {};
	int r;

	*ret = (struct earlier){};
	if (!is_file(path) || segen_tracefile_read(path, &old, NULL) < 0)
		return 0;
	find_lost(&old, t, &ret->lost);
	if (!ret->lost.n)
		return 0;
	ret->path = xasprintf("%s.old", path);
	/* Of what was kept before nothing is lost either. */
	if (is_file(ret->path))
		segen_tracefile_read(ret->path, &old, NULL);
	r = segen_tracefile_write(ret->path, &old, err);
	if (r < 0)
		earlier_done(ret);
	return r;
}

void earlier_done(struct earlier *e)
{
	segen_strset_done(&e->lost);
	free(e->path);
	*e = (struct earlier){};
}

bool run_has_begun(const struct segen_trace *t, size_t run)
{
	for (size_t i = 0; i < t->n_calls; i++)
		for (size_t k = 0; k < t->calls[i]->n_seen; k++) {
			const struct segen_observation *s = &t->calls[i]->seen[k];

			if (s->run == run &&
			    (!s->phases || (s->phases & ~SEGEN_PHASE_RUNTIME)))
				return true;
		}
	return false;
}
