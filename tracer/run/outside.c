/* outside.c: a small table; a runtime has some tens of threads. */
#include "run/outside.h"

#include <segen/util.h>

struct outside *outside_find(const struct outside_table *t, pid_t tid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].tid == tid)
			return &t->v[i];
	return NULL;
}

struct outside *outside_add(struct outside_table *t, pid_t tid, pid_t tgid,
			    enum outside_role role)
{
	GROW(t->v, t->n, t->cap);
	t->v[t->n] = (struct outside){.tid = tid, .tgid = tgid, .role = role};
	return &t->v[t->n++];
}

void outside_remove(struct outside_table *t, pid_t tid)
{
	struct outside *o = outside_find(t, tid);

	if (!o)
		return;
	inject_free(o->injection);
	*o = t->v[--t->n];
}

void outside_remove_process(struct outside_table *t, pid_t tgid, pid_t keep)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i].tgid != tgid || t->v[i].tid == keep)
			t->v[n++] = t->v[i];
		else
			inject_free(t->v[i].injection);
	}
	t->n = n;
}

void outside_done(struct outside_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		inject_free(t->v[i].injection);
	free(t->v);
	*t = (struct outside_table){};
}
