/* tracefile-call.c: what is written about one call. */
#include "tracefile-read.h"

#include <segen/syscall.h>

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "tracefile-keys.h"

/* The member that a loop over @up's members is at. */
static struct segen_json member(const struct segen_json *up, const char *key,
				struct json_object *v)
{
	return (struct segen_json){.v = v, .up = up, .key = key};
}

/* The number in "#123"; false when there is none. */
static bool read_number(const char *key, int64_t *ret)
{
	const char *digits = key[0] == TRACEFILE_NUMBER ? key + 1 : "";
	char *end;

	if (strspn(digits + (*digits == '-'), "0123456789") == 0)
		return false;
	errno = 0;
	*ret = strtoll(digits, &end, 10);
	return !errno && !*end;
}

/* --- seen ------------------------------------------------------------------------- */

static int read_outcome(struct segen_seen *s, const struct segen_json *at,
			struct segen_error *err)
{
	size_t before = s->n_outcomes;
	int64_t number;
	uint64_t count;
	int e = segen_json_as_u64(at, &count, err);

	if (e < 0)
		return e;
	if (!strcmp(at->key, TRACEFILE_OK))
		number = 0;
	else if (!read_number(at->key, &number))
		number = segen_errno_by_name(at->key);
	else if (number == 0)
		number = -1;
	if (number < 0 || number > INT_MAX)
		return segen_json_fail(at, err, "no errno has this name");
	segen_seen_outcome(s, (int)number, count);
	if (s->n_outcomes == before)
		return segen_json_fail(at, err, "the same errno is there twice");
	return 0;
}

static int read_outcomes(struct segen_seen *s, const struct segen_json *up,
			 struct segen_error *err)
{
	struct segen_json outcomes;
	int e = segen_json_get_object(up, "outcomes", &outcomes, err);

	if (e <= 0)
		return e;
	json_object_object_foreach(outcomes.v, key, v)
	{
		struct segen_json at = member(&outcomes, key, v);

		e = read_outcome(s, &at, err);
		if (e < 0)
			return e;
	}
	return 0;
}

static unsigned phase_bit(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tracefile_phases); i++)
		if (!strcmp(tracefile_phases[i].name, name))
			return tracefile_phases[i].bit;
	return 0;
}

static int read_phases(struct segen_seen *s, const struct segen_json *up,
		       struct segen_error *err)
{
	struct segen_json phases;
	size_t n;
	int e = segen_json_get_array(up, "phases", &phases, err);

	s->phases = e ? 0 : SEGEN_PHASE_WORKLOAD;
	if (e <= 0)
		return e;
	e = segen_json_as_array(&phases, &n, err);
	for (size_t i = 0; e >= 0 && i < n; i++) {
		struct segen_json at = segen_json_element(&phases, i);
		const char *name;

		e = segen_json_as_string(&at, &name, err);
		if (e >= 0 && !phase_bit(name))
			e = segen_json_fail(&at, err, "unknown phase '%s'", name);
		if (e >= 0)
			s->phases |= phase_bit(name);
	}
	return e;
}

static int read_programs(struct tracefile_reader *r, struct segen_seen *s,
			 const struct segen_json *up, struct segen_error *err)
{
	struct segen_json programs;
	size_t n, index;
	int e = segen_json_get_array(up, "programs", &programs, err);

	if (e <= 0)
		return e;
	e = segen_json_as_array(&programs, &n, err);
	for (size_t i = 0; e >= 0 && i < n; i++) {
		struct segen_json at = segen_json_element(&programs, i);
		const char *path;

		e = segen_json_as_string(&at, &path, err);
		if (e >= 0)
			e = tracefile_program(r, &at, path, &index, err);
		if (e >= 0)
			segen_seen_program(s, index);
	}
	return e;
}

static int read_seen(struct tracefile_reader *r, struct segen_call *c,
		     const struct segen_json *at, struct segen_error *err)
{
	struct segen_seen *s;
	size_t run;
	int e = segen_json_as_object(at, err);

	if (e < 0)
		return e;
	if (!intern_find(&r->runs, at->key, &run))
		return segen_json_fail(at, err, "no run has this id");
	s = segen_call_seen(c, run);
	e = tracefile_need_u64(at, "count", UINT64_MAX, &s->count, err);
	if (e >= 0)
		e = tracefile_get_u64(at, "refused", UINT64_MAX, &s->refused, err);
	if (e >= 0)
		e = segen_json_get_bool(at, "at-least", &s->at_least, err);
	if (e >= 0)
		e = read_outcomes(s, at, err);
	if (e >= 0)
		e = read_phases(s, at, err);
	return e < 0 ? e : read_programs(r, s, at, err);
}

static int read_all_seen(struct tracefile_reader *r, struct segen_call *c,
			 const struct segen_json *up, struct segen_error *err)
{
	struct segen_json seen;
	int e = tracefile_need_object(up, "seen", &seen, err);

	if (e < 0)
		return e;
	json_object_object_foreach(seen.v, key, v)
	{
		struct segen_json at = member(&seen, key, v);

		e = read_seen(r, c, &at, err);
		if (e < 0)
			return e;
	}
	return c->n_seen ? 0 : segen_json_fail(&seen, err, "seen by no run");
}

/* --- values ----------------------------------------------------------------------- */

static int read_argument(struct segen_call *c, const struct segen_json *at,
			 struct segen_error *err)
{
	unsigned index = (unsigned)(at->key[0] - '0');
	const char *word;
	size_t n;
	int e;

	if (index > 5 || at->key[1])
		return segen_json_fail(at, err, "not an argument's index, 0 to 5");
	if (json_object_is_type(at->v, json_type_string)) {
		e = segen_json_as_string(at, &word, err);
		if (e < 0)
			return e;
		if (strcmp(word, TRACEFILE_MANY) != 0)
			return segen_json_fail(at, err, "not an array and not '%s'",
					       TRACEFILE_MANY);
		segen_call_many_values(c, index);
		return 0;
	}
	e = segen_json_as_array(at, &n, err);
	for (size_t i = 0; e >= 0 && i < n; i++) {
		struct segen_json element = segen_json_element(at, i);
		uint64_t value;

		e = tracefile_read_hex(&element, &value, err);
		if (e >= 0)
			segen_call_value(c, index, value);
	}
	return e;
}

static int read_values(struct segen_call *c, const struct segen_json *up,
		       struct segen_error *err)
{
	struct segen_json values;
	int e = segen_json_get_object(up, "values", &values, err);

	if (e <= 0)
		return e;
	json_object_object_foreach(values.v, key, v)
	{
		struct segen_json at = member(&values, key, v);

		e = read_argument(c, &at, err);
		if (e < 0)
			return e;
	}
	return 0;
}

/* --- the call --------------------------------------------------------------------- */

static int read_call_key(const struct segen_arch *arch, const struct segen_json *at,
			 int64_t *ret, struct segen_error *err)
{
	if (read_number(at->key, ret))
		return 0;
	*ret = segen_syscall_nr(arch, at->key);
	if (*ret >= 0)
		return 0;
	return segen_json_fail(at, err,
			       "'%s' is no system call of %s that this segen knows",
			       at->key, arch->name);
}

int tracefile_read_call(struct tracefile_reader *r, const struct segen_arch *arch,
			const struct segen_json *at, struct segen_error *err)
{
	struct segen_call *c;
	bool is_new;
	int64_t nr;
	int e = segen_json_as_object(at, err);

	if (e >= 0)
		e = read_call_key(arch, at, &nr, err);
	if (e < 0)
		return e;
	c = segen_trace_call(r->t, arch, nr, &is_new);
	if (!is_new)
		return segen_json_fail(at, err, "the same call is there twice");
	e = read_all_seen(r, c, at, err);
	if (e >= 0)
		e = read_values(c, at, err);
	return e < 0 ? e : tracefile_read_first(r, c, at, err);
}
