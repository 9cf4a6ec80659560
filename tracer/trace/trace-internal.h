/*
 * trace-internal.h: what the modules that make up the trace share.
 *
 * Private to tracer/trace*.c.
 */
#pragma once

#include <segen/trace.h>

/* Forget all programs; the caller owns the old table and its strings. */
char **trace_take_programs(struct segen_trace *t, size_t *ret_n);

/* Take the calls out that @keep is false for; it is asked in their order. */
void trace_keep_calls(struct segen_trace *t,
		      bool (*keep)(const struct segen_call *, void *), void *ctx);

/*
 * For bulk insertion: inserting in order is quadratic.  Append, then sort; appended runs
 * must not be there yet, programs may.
 */
struct segen_observation *trace_call_append_seen(struct segen_call *c, size_t run);
void trace_call_sort_seen(struct segen_call *c);
/* What @run saw, among the first @n, which are sorted; or NULL. */
struct segen_observation *trace_call_find_seen(const struct segen_call *c, size_t n,
					       size_t run);

/* In which order two stacks are; 0: they are the same. */
int trace_compare_stacks(const struct segen_first *a, const struct segen_first *b);

void trace_denials_done(struct segen_denials *s);
/* The index of the one of @d's kind, or @s->n; a new one. */
size_t trace_denials_find(const struct segen_denials *s, const struct segen_denial *d);
size_t trace_denials_append(struct segen_denials *s, struct segen_denial *d);

void trace_seen_append_program(struct segen_observation *s, size_t program);
void trace_seen_sort_programs(struct segen_observation *s);
