/* tracefile-call.c: what a file says about each call. */
#include "trace/tracefile-read.h"

#include <segen/syscall.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "trace/trace-internal.h"
#include "trace/tracefile-keys.h"

/* The number in "#123"; false when there is none. */
static bool parse_number(const char *key, int64_t *ret)
{
	const char *digits = key[0] == TRACEFILE_NUMBER ? key + 1 : "";
	char *end;

	if (strspn(digits + (*digits == '-'), "0123456789") == 0)
		return false;
	errno = 0;
	*ret = strtoll(digits, &end, 10);
	return !errno && !*end;
}

int tracefile_find_errno(const char *key, int *ret)
{
	int64_t number;

	if (!parse_number(key, &number))
		number = segen_errno_by_name(key);
	if (number <= 0 || number > INT_MAX)
		return -ENOENT;
	*ret = (int)number;
	return 0;
}

/* --- seen ------------------------------------------------------------------------- */

static int read_outcome(struct segen_json *r, struct segen_observation *s,
			const char *key, const struct segen_json_token *t,
			struct segen_error *err)
{
	size_t before = s->n_outcomes;
	int number;
	uint64_t count;

	if (!strcmp(key, TRACEFILE_OK))
		number = 0;
	else if (tracefile_find_errno(key, &number) < 0)
		return segen_json_fail(r, err, "no errno has this name");
	if (segen_json_u64(r, t, UINT64_MAX, &count, err) < 0)
		return -EINVAL;
	segen_seen_outcome(s, number, count);
	if (s->n_outcomes == before)
		return segen_json_fail(r, err, "the same errno appears twice");
	return 0;
}

static int read_outcomes(struct segen_json *r, const struct segen_json_token *t,
			 void *into, struct segen_error *err)
{
	struct segen_json_token value;
	const char *key;
	int e = segen_json_open(r, t, SEGEN_JSON_OBJECT, err);

	while (e >= 0 && (e = segen_json_member(r, &key, &value, err)) > 0)
		e = read_outcome(r, into, key, &value, err);
	return e;
}

static unsigned phase_bit(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tracefile_phases); i++)
		if (!strcmp(tracefile_phases[i].name, name))
			return tracefile_phases[i].bit;
	return 0;
}

static int read_phases(struct segen_json *r, const struct segen_json_token *t, void *into,
		       struct segen_error *err)
{
	unsigned *phases = into;
	struct segen_json_token element;
	const char *name;
	int e = segen_json_open(r, t, SEGEN_JSON_ARRAY, err);

	*phases = 0;
	while (e >= 0 && (e = segen_json_element(r, &element, err)) > 0) {
		e = segen_json_string(r, &element, &name, err);
		if (e >= 0 && !phase_bit(name))
			e = segen_json_fail(r, err, "unknown phase");
		if (e >= 0)
			*phases |= phase_bit(name);
	}
	return e;
}

static int read_programs(struct segen_json *r, const struct segen_json_token *t,
			 void *into, struct segen_error *err)
{
	struct segen_json_token element;
	size_t program;
	int e = segen_json_open(r, t, SEGEN_JSON_ARRAY, err);

	while (e >= 0 && (e = segen_json_element(r, &element, err)) > 0) {
		e = tracefile_take_program(r, &element, &program, err);
		if (e >= 0)
			trace_seen_append_program(into, program);
	}
	trace_seen_sort_programs(into);
	return e;
}

#define SEEN(key, read, member)                                        \
	{                                                              \
		key, read, offsetof(struct segen_observation, member), \
			SEGEN_JSON_OPTIONAL                            \
	}

static const struct segen_json_field seen_fields[] = {
	{"count", segen_json_uint64, offsetof(struct segen_observation, count),
	 SEGEN_JSON_REQUIRED},
	SEEN("at-least", segen_json_bool, at_least),
	SEEN("refused", segen_json_uint64, refused),
	SEEN("phases", read_phases, phases),
	{"outcomes", read_outcomes, 0, SEGEN_JSON_OPTIONAL},
	{"programs", read_programs, 0, SEGEN_JSON_OPTIONAL},
};

static int read_seen_by(struct segen_json *r, struct segen_call *c, const char *id,
			const struct segen_json_token *t, struct segen_error *err)
{
	struct segen_observation *s;
	size_t run;
	int e = tracefile_find_run(r, id, &run, err);

	if (e < 0)
		return e;
	s = trace_call_append_seen(c, run);
	s->phases = SEGEN_PHASE_WORKLOAD;
	return segen_json_fields(r, t, seen_fields, ARRAY_SIZE(seen_fields), s, err);
}

static int read_seen(struct segen_json *r, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	struct segen_call *c = into;
	struct segen_json_token value;
	const char *id;
	int e = segen_json_open(r, t, SEGEN_JSON_OBJECT, err);

	while (e >= 0 && (e = segen_json_member(r, &id, &value, err)) > 0)
		e = read_seen_by(r, c, id, &value, err);
	if (e < 0)
		return e;
	trace_call_sort_seen(c);
	for (size_t i = 1; i < c->n_seen; i++)
		if (c->seen[i - 1].run == c->seen[i].run)
			return segen_json_fail(r, err, "a run appears twice");
	return c->n_seen ? 0 : segen_json_fail(r, err, "seen by no run");
}

/* --- values ----------------------------------------------------------------------- */

static int read_many(struct segen_json *r, const struct segen_json_token *t,
		     struct segen_call *c, unsigned index, struct segen_error *err)
{
	const char *word;
	int e = segen_json_string(r, t, &word, err);

	if (e < 0)
		return e;
	if (strcmp(word, TRACEFILE_MANY) != 0)
		return segen_json_fail(r, err, "not an array and not \"%s\"",
				       TRACEFILE_MANY);
	segen_call_many_values(c, index);
	return 0;
}

static int read_argument(struct segen_json *r, const char *key,
			 const struct segen_json_token *t, struct segen_call *c,
			 struct segen_error *err)
{
	unsigned index = (unsigned)(key[0] - '0');
	struct segen_json_token element;
	uint64_t value;
	int e;

	if (index > 5 || key[1])
		return segen_json_fail(r, err, "not an argument's index, 0 to 5");
	if (segen_call_values(c, index))
		return segen_json_fail(r, err, "this key appears twice");
	if (t->kind == SEGEN_JSON_STRING)
		return read_many(r, t, c, index, err);
	e = segen_json_open(r, t, SEGEN_JSON_ARRAY, err);
	while (e >= 0 && (e = segen_json_element(r, &element, err)) > 0) {
		e = tracefile_take_hex(r, &element, &value, err);
		if (e >= 0)
			segen_call_value(c, index, value);
	}
	return e;
}

static int read_values(struct segen_json *r, const struct segen_json_token *t, void *into,
		       struct segen_error *err)
{
	struct segen_json_token value;
	const char *key;
	int e = segen_json_open(r, t, SEGEN_JSON_OBJECT, err);

	while (e >= 0 && (e = segen_json_member(r, &key, &value, err)) > 0)
		e = read_argument(r, key, &value, into, err);
	return e;
}

/* --- calls ------------------------------------------------------------------------ */

static const struct segen_json_field call_fields[] = {
	{"seen", read_seen, 0, SEGEN_JSON_REQUIRED},
	{"values", read_values, 0, SEGEN_JSON_OPTIONAL},
	{"first", tracefile_read_first, offsetof(struct segen_call, first),
	 SEGEN_JSON_REQUIRED},
};

static int check_first(struct segen_json *r, const struct segen_call *c,
		       struct segen_error *err)
{
	if (trace_call_find_seen(c, c->n_seen, c->first.run))
		return 0;
	return segen_json_fail(r, err,
			       "the run of 'first' is not one of those in 'seen'");
}

/* NAME#NUMBER: who does not know the name, which is newer, keeps the number. */
static bool find_new_call(const struct segen_arch *arch, const char *key, size_t len,
			  int64_t *ret)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	_cleanup_free_ char *name = xstrndup(key, len);
	_cleanup_free_ char *other = NULL;
	int known = segen_syscall_nr(arch, name);

	if (strspn(name, letters) != len || !parse_number(key + len, ret) || *ret < 0)
		return false;
	if (known >= 0)
		return known == *ret;
	other = segen_syscall_name(arch, *ret);
	return !other;
}

/* NAME, #NUMBER, or both. */
bool tracefile_find_call(const struct segen_arch *arch, const char *key, int64_t *ret)
{
	size_t len = strcspn(key, (char[]){TRACEFILE_NUMBER, '\0'});

	if (len && key[len])
		return find_new_call(arch, key, len, ret);
	if (!len)
		return parse_number(key, ret);
	*ret = segen_syscall_nr(arch, key);
	return *ret >= 0;
}

static int read_call(struct segen_json *r, const struct segen_arch *arch, const char *key,
		     const struct segen_json_token *t, struct segen_error *err)
{
	struct tracefile_reader *f = r->ctx;
	struct segen_call *c;
	bool is_new;
	int64_t nr;
	int e;

	if (!tracefile_find_call(arch, key, &nr))
		return segen_json_fail(
			r, err, "no system call of %s that this segen knows", arch->name);
	c = segen_trace_call(f->t, arch, nr, &is_new);
	if (!is_new)
		return segen_json_fail(r, err, "the same call appears twice");
	e = segen_json_fields(r, t, call_fields, ARRAY_SIZE(call_fields), c, err);
	return e < 0 ? e : check_first(r, c, err);
}

static int read_abi(struct segen_json *r, const char *name,
		    const struct segen_json_token *t, struct segen_error *err)
{
	const struct segen_arch *arch = segen_arch_by_name(name);
	struct segen_json_token value;
	const char *key;
	int e = segen_json_open(r, t, SEGEN_JSON_OBJECT, err);

	if (e >= 0 && (!arch || strcmp(arch->name, name) != 0))
		return segen_json_fail(r, err, "an ABI that segen does not know");
	while (e >= 0 && (e = segen_json_member(r, &key, &value, err)) > 0)
		e = read_call(r, arch, key, &value, err);
	return e;
}

int tracefile_read_calls(struct segen_json *r, const struct segen_json_token *t,
			 void *into, struct segen_error *err)
{
	struct segen_json_token value;
	const char *name;
	int e = segen_json_open(r, t, SEGEN_JSON_OBJECT, err);

	while (e >= 0 && (e = segen_json_member(r, &name, &value, err)) > 0)
		e = read_abi(r, name, &value, err);
	return e;
}
