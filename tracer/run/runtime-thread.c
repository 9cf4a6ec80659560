/* runtime-thread.c: a small table by thread id; a runtime has some tens of threads. */
#include "run/runtime-thread.h"

#include <segen/util.h>

struct runtime_thread *runtime_thread_find(const struct runtime_thread_table *t,
					   pid_t tid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].tid == tid)
			return &t->v[i];
	return NULL;
}

struct runtime_thread *runtime_thread_add(struct runtime_thread_table *t, pid_t tid,
					  pid_t tgid, enum runtime_role role)
{
	GROW(t->v, t->n, t->cap);
	t->v[t->n] = (struct runtime_thread){.tid = tid, .tgid = tgid, .role = role};
	return &t->v[t->n++];
}

void runtime_thread_remove(struct runtime_thread_table *t, pid_t tid)
{
	struct runtime_thread *o = runtime_thread_find(t, tid);

	if (!o)
		return;
	inject_free(o->injection);
	*o = t->v[--t->n];
}

void runtime_thread_remove_process(struct runtime_thread_table *t, pid_t tgid, pid_t keep)
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

void runtime_threads_done(struct runtime_thread_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		inject_free(t->v[i].injection);
	free(t->v);
	*t = (struct runtime_thread_table){};
}
