/* tracee.c: a chained hash of threads, by id. */
#include "state/tracee.h"

#include <string.h>

static size_t bucket(const struct tracee_table *t, pid_t tid)
{
	return (size_t)tid & (t->n_buckets - 1);
}

static void link_in(struct tracee_table *t, struct tracee *tracee)
{
	size_t b = bucket(t, tracee->tid);

	tracee->next = t->buckets[b];
	t->buckets[b] = tracee;
}

static void unlink_from(struct tracee_table *t, struct tracee *tracee)
{
	struct tracee **p = &t->buckets[bucket(t, tracee->tid)];

	while (*p && *p != tracee)
		p = &(*p)->next;
	if (*p)
		*p = tracee->next;
}

static void resize(struct tracee_table *t, size_t n_buckets)
{
	struct tracee_table old = *t;

	t->buckets = xcalloc(n_buckets, sizeof(struct tracee *));
	t->n_buckets = n_buckets;
	for (size_t i = 0; i < old.n_buckets; i++) {
		struct tracee *next;

		for (struct tracee *e = old.buckets[i]; e; e = next) {
			next = e->next;
			link_in(t, e);
		}
	}
	free(old.buckets);
}

static void process_put(struct tracee_table *t, struct process *p)
{
	if (--p->threads)
		return;
	t->n_processes--;
	free(p);
}

void early_exit_add(struct early_exits *e, pid_t tid)
{
	pid_t *place = &e->tids[e->next++ % ARRAY_SIZE(e->tids)];

	e->n += *place == 0;
	*place = tid;
}

bool early_exit_take(struct early_exits *e, pid_t tid)
{
	for (size_t i = 0; e->n && i < ARRAY_SIZE(e->tids); i++) {
		if (e->tids[i] != tid)
			continue;
		e->tids[i] = 0;
		e->n--;
		return true;
	}
	return false;
}

void tracee_table_done(struct tracee_table *t)
{
	for (size_t i = 0; i < t->n_buckets; i++)
		while (t->buckets[i])
			tracee_remove(t, t->buckets[i]);
	free(t->buckets);
	*t = (struct tracee_table){};
}

struct tracee *tracee_find(const struct tracee_table *t, pid_t tid)
{
	if (!t->n_buckets)
		return NULL;
	for (struct tracee *e = t->buckets[bucket(t, tid)]; e; e = e->next)
		if (e->tid == tid)
			return e;
	return NULL;
}

struct tracee *tracee_add(struct tracee_table *t, pid_t tid, struct process *process)
{
	struct tracee *e = xcalloc(1, sizeof(*e));

	if (!process) {
		process = xcalloc(1, sizeof(*process));
		process->tgid = tid;
		t->n_processes++;
	}
	if (t->n >= t->n_buckets)
		resize(t, t->n_buckets ? 2 * t->n_buckets : 64);
	e->tid = tid;
	e->process = process;
	process->threads++;
	link_in(t, e);
	t->n++;
	return e;
}

void tracee_remove(struct tracee_table *t, struct tracee *tracee)
{
	unlink_from(t, tracee);
	t->n--;
	process_put(t, tracee->process);
	inject_free(tracee->injection);
	free(tracee);
}

/* Remove every thread of @p but @keep. */
static void remove_siblings(struct tracee_table *t, const struct process *p,
			    const struct tracee *keep)
{
	for (size_t i = 0; i < t->n_buckets && p->threads > 1; i++) {
		struct tracee *next;

		for (struct tracee *e = t->buckets[i]; e; e = next) {
			next = e->next;
			if (e->process == p && e != keep)
				tracee_remove(t, e);
		}
	}
}

struct tracee *tracee_exec(struct tracee_table *t, pid_t old, pid_t tgid)
{
	struct tracee *e = tracee_find(t, old);

	if (!e)
		return NULL;
	remove_siblings(t, e->process, e);
	if (old != tgid) {
		unlink_from(t, e);
		e->tid = tgid;
		link_in(t, e);
	}
	return e;
}

struct process *tracee_process(const struct tracee_table *t, pid_t tgid)
{
	struct tracee *leader = tracee_find(t, tgid);

	return leader && leader->process->tgid == tgid ? leader->process : NULL;
}

struct process *tracee_process_any(const struct tracee_table *t, pid_t tgid)
{
	struct process *p = tracee_process(t, tgid);

	for (size_t i = 0; !p && i < t->n_buckets; i++)
		for (const struct tracee *e = t->buckets[i]; e && !p; e = e->next)
			if (e->process->tgid == tgid)
				p = e->process;
	return p;
}

void tracee_each(const struct tracee_table *t, void (*fn)(struct tracee *t, void *ctx),
		 void *ctx)
{
	for (size_t i = 0; i < t->n_buckets; i++)
		for (struct tracee *e = t->buckets[i]; e; e = e->next)
			fn(e, ctx);
}
