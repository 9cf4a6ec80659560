/* trace.c: the trace in memory: runs, programs, calls. */
#include <segen/trace.h>

#include <segen/secrets.h>

#include <segen/syscall.h>

#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <time.h>

#include "trace/intern.h"
#include "trace/trace-internal.h"

/* (arch, nr) -> call: open addressing, a power of two, at most half full. */
struct segen_trace_index {
	struct segen_call **slots;
	size_t n_slots;
	struct intern programs;
};

static size_t call_hash(const struct segen_arch *arch, int64_t nr)
{
	return (size_t)((uint64_t)nr * 0x9e3779b97f4a7c15u >> 32) ^ arch->scmp;
}

static struct segen_call **index_slot(const struct segen_trace_index *x,
				      const struct segen_arch *arch, int64_t nr)
{
	size_t i = call_hash(arch, nr) & (x->n_slots - 1);

	while (x->slots[i] && (x->slots[i]->arch != arch || x->slots[i]->nr != nr))
		i = (i + 1) & (x->n_slots - 1);
	return &x->slots[i];
}

static struct segen_trace_index *index_of(struct segen_trace *t)
{
	if (!t->index)
		t->index = xcalloc(1, sizeof(*t->index));
	return t->index;
}

static void index_grow(struct segen_trace *t)
{
	struct segen_trace_index *x = index_of(t);

	if (2 * (t->n_calls + 1) <= x->n_slots)
		return;
	free(x->slots);
	x->n_slots = x->n_slots ? 2 * x->n_slots : 512;
	x->slots = xcalloc(x->n_slots, sizeof(struct segen_call *));
	for (size_t i = 0; i < t->n_calls; i++)
		*index_slot(x, t->calls[i]->arch, t->calls[i]->nr) = t->calls[i];
}

static void run_free(struct segen_run *r)
{
	for (char **a = r->argv; a && *a; a++)
		free(*a);
	free(r->argv);
	free(r->runtime);
	free(r->engine);
	free(r->image);
	free(r->image_id);
	free(r->image_digest);
	free(r->start);
	free(r->kernel);
	free(r->machine);
	free(r->libseccomp);
	segen_strset_done(&r->caps);
	segen_strset_done(&r->container.effective);
	free(r->container.profile);
	free(r->container.namespace);
	free(r->container.pod);
	free(r->container.name);
	segen_strset_done(&r->notes);
	free(r);
}

void segen_call_done(struct segen_call *c)
{
	for (size_t i = 0; i < c->n_seen; i++) {
		free(c->seen[i].outcomes);
		free(c->seen[i].programs);
	}
	for (size_t i = 0; i < c->first.n_frames; i++)
		segen_frame_done(&c->first.frames[i]);
	free(c->first.frames);
	free(c->seen);
	free(c->values);
	*c = (struct segen_call){};
}

void segen_trace_done(struct segen_trace *t)
{
	for (size_t i = 0; i < t->n_runs; i++)
		run_free(t->runs[i]);
	for (size_t i = 0; i < t->n_programs; i++)
		free(t->programs[i]);
	for (size_t i = 0; i < t->n_calls; i++) {
		segen_call_done(t->calls[i]);
		free(t->calls[i]);
	}
	free(t->runs);
	free(t->programs);
	free(t->calls);
	trace_denials_done(&t->denials);
	if (t->index) {
		free(t->index->slots);
		intern_done(&t->index->programs);
	}
	free(t->index);
	*t = (struct segen_trace){};
}

static void make_id(char id[SEGEN_RUN_ID_LEN + 1], time_t start)
{
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint64_t)getpid();
	snprintf(id, SEGEN_RUN_ID_LEN + 1, "%08" PRIx32 "%016" PRIx64, (uint32_t)start,
		 random);
}

static char *iso_time(time_t now)
{
	struct tm tm;
	char s[32];

	gmtime_r(&now, &tm);
	strftime(s, sizeof(s), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return xstrdup(s);
}

static size_t append_run(struct segen_trace *t)
{
	struct segen_run *r = xcalloc(1, sizeof(*r));

	r->exit = -1;
	GROW(t->runs, t->n_runs, t->cap_runs);
	t->runs[t->n_runs] = r;
	return t->n_runs++;
}

size_t segen_trace_run(struct segen_trace *t, const char *id)
{
	size_t run;

	for (size_t i = t->n_runs; i > 0; i--)
		if (!strcmp(t->runs[i - 1]->id, id))
			return i - 1;
	run = append_run(t);
	snprintf(t->runs[run]->id, sizeof(t->runs[run]->id), "%s", id);
	return run;
}

static void host_facts(struct segen_run *r)
{
	struct utsname u;

	uname(&u);
	r->kernel = xstrdup(u.release);
	r->machine = xstrdup(u.machine);
	r->libseccomp = segen_syscall_library();
}

size_t segen_trace_add_run(struct segen_trace *t, char *const *argv)
{
	size_t run = append_run(t);
	struct segen_run *r = t->runs[run];
	time_t now = time(NULL);

	make_id(r->id, now);
	r->argv = segen_secrets_starred(argv);
	r->start = iso_time(now);
	host_facts(r);
	return run;
}

size_t segen_trace_program(struct segen_trace *t, const char *path)
{
	struct intern *known = &index_of(t)->programs;
	size_t i;

	if (intern_find(known, path, &i))
		return i;
	GROW(t->programs, t->n_programs, t->cap_programs);
	i = t->n_programs++;
	t->programs[i] = xstrdup(path);
	intern_add(known, t->programs[i], i);
	return i;
}

bool segen_trace_has_program(const struct segen_trace *t, const char *path)
{
	size_t i;

	return t->index && intern_find(&t->index->programs, path, &i);
}

const char *segen_trace_program_name(const struct segen_trace *t, size_t program)
{
	return program < t->n_programs ? t->programs[program] : "a program";
}

void trace_keep_calls(struct segen_trace *t,
		      bool (*keep)(const struct segen_call *, void *), void *ctx)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_calls; i++) {
		if (keep(t->calls[i], ctx)) {
			t->calls[n++] = t->calls[i];
			continue;
		}
		segen_call_done(t->calls[i]);
		free(t->calls[i]);
	}
	if (n == t->n_calls)
		return;
	t->n_calls = n;
	memset(t->index->slots, 0, t->index->n_slots * sizeof(*t->index->slots));
	for (size_t i = 0; i < n; i++)
		*index_slot(t->index, t->calls[i]->arch, t->calls[i]->nr) = t->calls[i];
}

char **trace_take_programs(struct segen_trace *t, size_t *ret_n)
{
	if (t->index)
		intern_done(&t->index->programs);
	*ret_n = t->n_programs;
	t->n_programs = t->cap_programs = 0;
	return TAKE_PTR(t->programs);
}

struct segen_call *segen_trace_find(const struct segen_trace *t,
				    const struct segen_arch *arch, int64_t nr)
{
	return t->n_calls ? *index_slot(t->index, arch, nr) : NULL;
}

struct segen_call *segen_trace_call(struct segen_trace *t, const struct segen_arch *arch,
				    int64_t nr, bool *ret_new)
{
	struct segen_call *c = segen_trace_find(t, arch, nr);

	if (ret_new)
		*ret_new = !c;
	if (c)
		return c;
	c = xcalloc(1, sizeof(*c));
	c->arch = arch;
	c->nr = nr;
	index_grow(t);
	*index_slot(t->index, arch, nr) = c;
	GROW(t->calls, t->n_calls, t->cap_calls);
	t->calls[t->n_calls++] = c;
	return c;
}

struct segen_observation *segen_call_seen(struct segen_call *c, size_t run)
{
	size_t i = c->n_seen;

	while (i > 0 && c->seen[i - 1].run > run)
		i--;
	if (i > 0 && c->seen[i - 1].run == run)
		return &c->seen[i - 1];
	GROW(c->seen, c->n_seen, c->cap_seen);
	memmove(c->seen + i + 1, c->seen + i, (c->n_seen - i) * sizeof(*c->seen));
	c->n_seen++;
	c->seen[i] = (struct segen_observation){.run = run};
	return &c->seen[i];
}

void segen_seen_outcome(struct segen_observation *s, int err, uint64_t count)
{
	size_t i = s->n_outcomes;

	while (i > 0 && s->outcomes[i - 1].err > err)
		i--;
	if (i > 0 && s->outcomes[i - 1].err == err) {
		s->outcomes[i - 1].count += count;
		return;
	}
	GROW(s->outcomes, s->n_outcomes, s->cap_outcomes);
	memmove(s->outcomes + i + 1, s->outcomes + i,
		(s->n_outcomes - i) * sizeof(*s->outcomes));
	s->n_outcomes++;
	s->outcomes[i] = (struct segen_outcome){.err = err, .count = count};
}

void segen_seen_retract(struct segen_observation *s, int err)
{
	size_t i = 0;

	while (i < s->n_outcomes && s->outcomes[i].err != err)
		i++;
	if (i == s->n_outcomes || --s->outcomes[i].count)
		return;
	s->n_outcomes--;
	memmove(s->outcomes + i, s->outcomes + i + 1,
		(s->n_outcomes - i) * sizeof(*s->outcomes));
}

void segen_seen_program(struct segen_observation *s, size_t program)
{
	size_t i = s->n_programs;

	while (i > 0 && s->programs[i - 1] > program)
		i--;
	if (i > 0 && s->programs[i - 1] == program)
		return;
	GROW(s->programs, s->n_programs, s->cap_programs);
	memmove(s->programs + i + 1, s->programs + i,
		(s->n_programs - i) * sizeof(*s->programs));
	s->n_programs++;
	s->programs[i] = program;
}

static struct segen_values *values_of(struct segen_call *c, unsigned index)
{
	size_t i = c->n_values;

	while (i > 0 && c->values[i - 1].index > index)
		i--;
	if (i > 0 && c->values[i - 1].index == index)
		return &c->values[i - 1];
	GROW(c->values, c->n_values, c->cap_values);
	memmove(c->values + i + 1, c->values + i, (c->n_values - i) * sizeof(*c->values));
	c->n_values++;
	c->values[i] = (struct segen_values){.index = index};
	return &c->values[i];
}

bool segen_call_value(struct segen_call *c, unsigned index, uint64_t value)
{
	struct segen_values *v = values_of(c, index);
	unsigned i = 0;

	while (i < v->n && v->v[i] < value)
		i++;
	if (v->many || (i < v->n && v->v[i] == value))
		return false;
	if (v->n == SEGEN_VALUES_MAX) {
		v->many = true;
		v->n = 0;
		return true;
	}
	memmove(v->v + i + 1, v->v + i, (v->n - i) * sizeof(*v->v));
	v->v[i] = value;
	v->n++;
	return true;
}

void segen_call_many_values(struct segen_call *c, unsigned index)
{
	struct segen_values *v = values_of(c, index);

	v->many = true;
	v->n = 0;
}

const struct segen_values *segen_call_values(const struct segen_call *c, unsigned index)
{
	for (size_t i = 0; i < c->n_values; i++)
		if (c->values[i].index == index)
			return &c->values[i];
	return NULL;
}

uint64_t segen_call_count(const struct segen_call *c, bool *ret_at_least)
{
	uint64_t count = 0;
	bool at_least = false;

	for (size_t i = 0; i < c->n_seen; i++) {
		count += c->seen[i].count;
		at_least |= c->seen[i].at_least;
	}
	if (ret_at_least)
		*ret_at_least = at_least;
	return count;
}

bool segen_call_is_probe(const struct segen_call *c)
{
	bool failed = false;

	for (size_t i = 0; i < c->n_seen; i++) {
		const struct segen_observation *s = &c->seen[i];

		if (s->n_outcomes && s->outcomes[0].err == 0)
			return false;
		/* Let go, it may have succeeded unseen; if refused it has not. */
		if (s->at_least && s->refused < s->count)
			return false;
		failed |= s->n_outcomes > 0;
	}
	return failed;
}

static bool has_run(const struct segen_call *c, size_t run)
{
	for (size_t i = 0; i < c->n_seen; i++)
		if (c->seen[i].run == run)
			return true;
	return false;
}

bool segen_trace_is_probe(const struct segen_trace *t, const struct segen_call *c)
{
	for (size_t i = 0; i < t->n_runs; i++)
		if (t->runs[i]->known && !has_run(c, i))
			return false;
	return segen_call_is_probe(c);
}

bool segen_trace_is_refused(const struct segen_trace *t, const struct segen_call *c)
{
	for (size_t i = 0; i < c->n_seen; i++) {
		const struct segen_observation *s = &c->seen[i];

		if (t->runs[s->run]->observe != SEGEN_OBSERVE_CONTAINER || !s->refused ||
		    s->refused < s->count)
			return false;
	}
	return c->n_seen > 0;
}
