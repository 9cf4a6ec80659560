/*
 * random-trace.h: traces that nobody would think of, the same for the same seed.
 *
 * Few ids, names and numbers, so that two traces share a lot and contradict each other.
 */
#pragma once

#include <segen/trace.h>
#include <segen/util.h>

struct random_trace {
	uint64_t state;
	unsigned runs, calls, depth; /* at most */
	unsigned numbers;	     /* of calls to choose from; 0: all */
};

static inline uint64_t random_next(struct random_trace *r)
{
	/* splitmix64 */
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static inline unsigned random_below(struct random_trace *r, unsigned n)
{
	return (unsigned)(random_next(r) % n);
}

static const char *const random_words[] = {
	"/bin/sh",
	"/usr/bin/env",
	"/opt/with space#?/a b",
	"",
	"/caf\xc3\xa9",
	"/not\xff-utf8\xc3",
	"/not\\xff-utf8\\xc3",
	"quote\"back\\slash\n\x01",
	"/bin/sh+0x1 [x]",
};

static inline const char *random_word(struct random_trace *r)
{
	return random_words[random_below(r, ARRAY_SIZE(random_words))];
}

static inline char *random_text(struct random_trace *r)
{
	return random_below(r, 4) ? xstrdup(random_word(r)) : NULL;
}

static inline void random_run(struct random_trace *r, struct segen_run *run)
{
	unsigned n = random_below(r, 3);

	run->argv = xcalloc(n + 1, sizeof(*run->argv));
	for (unsigned i = 0; i < n; i++)
		run->argv[i] = xstrdup(random_word(r));
	run->mode = (enum segen_mode)random_below(r, 4);
	run->observe = (enum segen_observe)random_below(r, 5);
	run->runtime = random_text(r);
	run->known = random_below(r, 4) == 0;
	run->start = random_text(r);
	run->kernel = random_text(r);
	run->machine = random_text(r);
	run->libseccomp = random_text(r);
	run->exit = (int)random_below(r, 257) - 1;
	run->duration_ms = random_below(r, 3) ? random_below(r, 1000) : UINT64_MAX;
	run->processes = random_below(r, 5);
	run->threads = random_below(r, 5);
	for (unsigned i = random_below(r, 3); i > 0; i--)
		segen_strset_add(&run->caps, random_word(r));
	for (unsigned i = random_below(r, 3); i > 0; i--)
		segen_strset_add(&run->notes, random_word(r));
}

static inline size_t random_program(struct random_trace *r, struct segen_trace *t)
{
	return segen_trace_program(t, random_word(r));
}

static inline void random_seen(struct random_trace *r, struct segen_trace *t,
			       struct segen_call *c)
{
	static const int errnos[] = {0, 1, 2, 11, 38, 524, 100000};
	struct segen_observation *s =
		segen_call_seen(c, random_below(r, (unsigned)t->n_runs));

	s->count += random_below(r, 100);
	s->refused += random_below(r, 3);
	s->at_least |= !random_below(r, 3);
	s->phases |= random_below(r, 8);
	for (unsigned i = random_below(r, 4); i > 0; i--)
		segen_seen_outcome(s, errnos[random_below(r, ARRAY_SIZE(errnos))],
				   1 + random_below(r, 5));
	for (unsigned i = random_below(r, 4); i > 0; i--)
		segen_seen_program(s, random_program(r, t));
}

static inline void random_values(struct random_trace *r, struct segen_call *c)
{
	unsigned n = random_below(r, 20);

	for (unsigned i = 0; i < n; i++)
		segen_call_value(c, random_below(r, 2) * 5,
				 random_below(r, 3) ? random_below(r, 20) : UINT64_MAX);
}

static inline void random_first(struct random_trace *r, struct segen_trace *t,
				struct segen_call *c)
{
	struct segen_first *f = &c->first;

	f->run = c->seen[random_below(r, (unsigned)c->n_seen)].run;
	f->time_us = random_below(r, 2);
	f->program = random_below(r, 4) ? random_program(r, t) : SIZE_MAX;
	f->pid = (pid_t)random_below(r, 2);
	f->tid = (pid_t)random_below(r, 2);
	/* Often all the same, so that what is compared last counts as well. */
	if (random_below(r, 2))
		f->program = SIZE_MAX;
	else
		for (size_t i = 0; i < ARRAY_SIZE(f->args); i++)
			f->args[i] =
				random_below(r, 3) ? random_below(r, 2) : random_next(r);
	f->n_frames = random_below(r, r->depth + 1);
	f->frames = f->n_frames ? xcalloc(f->n_frames, sizeof(*f->frames)) : NULL;
	for (size_t i = 0; i < f->n_frames; i++)
		f->frames[i] = (struct segen_frame){
			.module = random_text(r),
			.symbol = random_below(r, 3)
					  ? xasprintf("f%u", random_below(r, 9))
					  : NULL,
			.offset = random_below(r, 4096),
		};
	for (size_t i = 0; i < f->n_frames; i++)
		if (f->frames[i].module && random_below(r, 2))
			f->frames[i].build_id = xasprintf("%02x", random_below(r, 4));
}

static inline void random_call(struct random_trace *r, struct segen_trace *t)
{
	static const char *const abis[] = {"x86_64", "i386", "x32", "aarch64", "mips64"};
	static const int64_t odd[] = {-1, INT64_MIN, INT64_MAX, 1000000, 0x40000000};
	const char *abi = abis[random_below(r, r->numbers ? 2 : ARRAY_SIZE(abis))];
	int64_t nr = random_below(r, 6) ? random_below(r, r->numbers ? r->numbers : 480)
					: odd[random_below(r, ARRAY_SIZE(odd))];
	bool is_new;
	struct segen_call *c = segen_trace_call(t, segen_arch_by_name(abi), nr, &is_new);

	for (unsigned i = random_below(r, 3) + is_new; i > 0; i--)
		random_seen(r, t, c);
	random_values(r, c);
	if (is_new)
		random_first(r, t, c);
}

/* The caller calls segen_trace_done(). */
static inline struct segen_trace random_trace(struct random_trace *r)
{
	struct segen_trace t = {};
	unsigned n_runs = 1 + random_below(r, r->runs),
		 n_calls = random_below(r, r->calls);

	for (unsigned i = 0; i < n_runs; i++) {
		char id[SEGEN_RUN_ID_LEN + 1];
		size_t known = t.n_runs, run;

		snprintf(id, sizeof(id), "%0*x", SEGEN_RUN_ID_LEN,
			 random_below(r, 2 * r->runs));
		run = segen_trace_run(&t, id);
		if (run == known)
			random_run(r, t.runs[run]);
	}
	for (unsigned i = 0; i < n_calls; i++)
		random_call(r, &t);
	return t;
}
