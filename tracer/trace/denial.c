/* denial.c: refused calls, one for each kind and place. */
#include "trace/trace-internal.h"

void segen_denial_done(struct segen_denial *d)
{
	for (size_t i = 0; i < d->at.n_frames; i++)
		segen_frame_done(&d->at.frames[i]);
	free(d->at.frames);
	for (size_t i = 0; i < ARRAY_SIZE(d->text); i++)
		free(d->text[i]);
	*d = (struct segen_denial){};
}

void trace_denials_done(struct segen_denials *s)
{
	for (size_t i = 0; i < s->n; i++)
		segen_denial_done(&s->v[i]);
	free(s->v);
	*s = (struct segen_denials){};
}

bool segen_denial_same(const struct segen_denial *a, const struct segen_denial *b)
{
	return a->arch == b->arch && a->nr == b->nr &&
	       a->verdict.action == b->verdict.action &&
	       a->verdict.err == b->verdict.err && a->at.run == b->at.run &&
	       a->at.program == b->at.program && !trace_compare_stacks(&a->at, &b->at);
}

size_t trace_denials_find(const struct segen_denials *s, const struct segen_denial *d)
{
	size_t i = 0;

	while (i < s->n && !segen_denial_same(&s->v[i], d))
		i++;
	return i;
}

size_t trace_denials_append(struct segen_denials *s, struct segen_denial *d)
{
	GROW(s->v, s->n, s->cap);
	s->v[s->n] = *d;
	*d = (struct segen_denial){};
	return s->n++;
}

size_t segen_trace_denied(struct segen_trace *t, struct segen_denial *d)
{
	size_t i = trace_denials_find(&t->denials, d);

	if (i == t->denials.n && i < SEGEN_DENIALS_MAX)
		return trace_denials_append(&t->denials, d);
	if (i < t->denials.n)
		t->denials.v[i].count += d->count;
	segen_denial_done(d);
	return i < t->denials.n ? i : SIZE_MAX;
}
