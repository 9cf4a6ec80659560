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

/* --- seen ------------------------------------------------------------------------- */

static int read_outcome(struct json_reader *r, struct segen_observation *s,
			const char *key, const struct json_token *t,
			struct segen_error *err)
{
	size_t before = s->n_outcomes;
	int64_t number;
	uint64_t count;

	if (!strcmp(key, TRACEFILE_OK))
		number = 0;
	else if (!parse_number(key, &number))
		number = segen_errno_by_name(key);
	else if (number == 0)
		number = -1;
	if (number < 0 || number > INT_MAX)
		return json_scan_fail(&r->scan, err, "no errno has this name");
	if (json_take_u64(r, t, UINT64_MAX, &count, err) < 0)
		return -EINVAL;
	segen_seen_outcome(s, (int)number, count);
	if (s->n_outcomes == before)
		return json_scan_fail(&r->scan, err, "the same errno is there twice");
	return 0;
}

static int read_outcomes(struct json_reader *r, const struct json_token *t, void *into,
			 struct segen_error *err)
{
	struct json_token value;
	const char *key;
	int e = json_open(r, t, JSON_OBJECT, err);

	while (e >= 0 && (e = json_next_member(r, &key, &value, err)) > 0)
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

static int read_phases(struct json_reader *r, const struct json_token *t, void *into,
		       struct segen_error *err)
{
	unsigned *phases = into;
	struct json_token element;
	const char *name;
	int e = json_open(r, t, JSON_ARRAY, err);

	*phases = 0;
	while (e >= 0 && (e = json_next_element(r, &element, err)) > 0) {
		e = json_take_string(r, &element, &name, err);
		if (e >= 0 && !phase_bit(name))
			e = json_scan_fail(&r->scan, err, "unknown phase");
		if (e >= 0)
			*phases |= phase_bit(name);
	}
	return e;
}

static int read_programs(struct json_reader *r, const struct json_token *t, void *into,
			 struct segen_error *err)
{
	struct json_token element;
	size_t program;
	int e = json_open(r, t, JSON_ARRAY, err);

	while (e >= 0 && (e = json_next_element(r, &element, err)) > 0) {
		e = tracefile_take_program(r, &element, &program, err);
		if (e >= 0)
			trace_seen_append_program(into, program);
	}
	trace_seen_sort_programs(into);
	return e;
}

#define SEEN(key, read, member)                                              \
	{                                                                    \
		key, read, offsetof(struct segen_observation, member), false \
	}

static const struct json_field seen_fields[] = {
	{"count", json_field_u64, offsetof(struct segen_observation, count), true},
	SEEN("at-least", json_field_bool, at_least),
	SEEN("refused", json_field_u64, refused),
	SEEN("phases", read_phases, phases),
	{"outcomes", read_outcomes, 0, false},
	{"programs", read_programs, 0, false},
};

static int read_seen_by(struct json_reader *r, struct segen_call *c, const char *id,
			const struct json_token *t, struct segen_error *err)
{
	struct segen_observation *s;
	size_t run;
	int e = tracefile_find_run(r, id, &run, err);

	if (e < 0)
		return e;
	s = trace_call_append_seen(c, run);
	s->phases = SEGEN_PHASE_WORKLOAD;
	return json_read_fields(r, t, seen_fields, ARRAY_SIZE(seen_fields), s, err);
}

static int read_seen(struct json_reader *r, const struct json_token *t, void *into,
		     struct segen_error *err)
{
	struct segen_call *c = into;
	struct json_token value;
	const char *id;
	int e = json_open(r, t, JSON_OBJECT, err);

	while (e >= 0 && (e = json_next_member(r, &id, &value, err)) > 0)
		e = read_seen_by(r, c, id, &value, err);
	if (e < 0)
		return e;
	trace_call_sort_seen(c);
	for (size_t i = 1; i < c->n_seen; i++)
		if (c->seen[i - 1].run == c->seen[i].run)
			return json_scan_fail(&r->scan, err, "a run is there twice");
	return c->n_seen ? 0 : json_scan_fail(&r->scan, err, "seen by no run");
}

/* --- values ----------------------------------------------------------------------- */

static int read_many(struct json_reader *r, const struct json_token *t,
		     struct segen_call *c, unsigned index, struct segen_error *err)
{
	const char *word;
	int e = json_take_string(r, t, &word, err);

	if (e < 0)
		return e;
	if (strcmp(word, TRACEFILE_MANY) != 0)
		return json_scan_fail(&r->scan, err, "not an array and not \"%s\"",
				      TRACEFILE_MANY);
	segen_call_many_values(c, index);
	return 0;
}

static int read_argument(struct json_reader *r, const char *key,
			 const struct json_token *t, struct segen_call *c,
			 struct segen_error *err)
{
	unsigned index = (unsigned)(key[0] - '0');
	struct json_token element;
	uint64_t value;
	int e;

	if (index > 5 || key[1])
		return json_scan_fail(&r->scan, err, "not an argument's index, 0 to 5");
	if (segen_call_values(c, index))
		return json_scan_fail(&r->scan, err, "this key is there twice");
	if (t->kind == JSON_STRING)
		return read_many(r, t, c, index, err);
	e = json_open(r, t, JSON_ARRAY, err);
	while (e >= 0 && (e = json_next_element(r, &element, err)) > 0) {
		e = tracefile_take_hex(r, &element, &value, err);
		if (e >= 0)
			segen_call_value(c, index, value);
	}
	return e;
}

static int read_values(struct json_reader *r, const struct json_token *t, void *into,
		       struct segen_error *err)
{
	struct json_token value;
	const char *key;
	int e = json_open(r, t, JSON_OBJECT, err);

	while (e >= 0 && (e = json_next_member(r, &key, &value, err)) > 0)
		e = read_argument(r, key, &value, into, err);
	return e;
}

/* --- calls ------------------------------------------------------------------------ */

static const struct json_field call_fields[] = {
	{"seen", read_seen, 0, true},
	{"values", read_values, 0, false},
	{"first", tracefile_read_first, offsetof(struct segen_call, first), true},
};

static int check_first(struct json_reader *r, const struct segen_call *c,
		       struct segen_error *err)
{
	if (trace_call_find_seen(c, c->n_seen, c->first.run))
		return 0;
	return json_scan_fail(&r->scan, err,
			      "the run of 'first' is none of those in 'seen'");
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
static bool find_call(const struct segen_arch *arch, const char *key, int64_t *ret)
{
	size_t len = strcspn(key, (char[]){TRACEFILE_NUMBER, '\0'});

	if (len && key[len])
		return find_new_call(arch, key, len, ret);
	if (!len)
		return parse_number(key, ret);
	*ret = segen_syscall_nr(arch, key);
	return *ret >= 0;
}

static int read_call(struct json_reader *r, const struct segen_arch *arch,
		     const char *key, const struct json_token *t, struct segen_error *err)
{
	struct tracefile_reader *f = r->ctx;
	struct segen_call *c;
	bool is_new;
	int64_t nr;
	int e;

	if (!find_call(arch, key, &nr))
		return json_scan_fail(&r->scan, err,
				      "no system call of %s that this segen knows",
				      arch->name);
	c = segen_trace_call(f->t, arch, nr, &is_new);
	if (!is_new)
		return json_scan_fail(&r->scan, err, "the same call is there twice");
	f->known = segen_trace_find(f->into, arch, nr);
	e = json_read_fields(r, t, call_fields, ARRAY_SIZE(call_fields), c, err);
	return e < 0 ? e : check_first(r, c, err);
}

static int read_abi(struct json_reader *r, const char *name, const struct json_token *t,
		    struct segen_error *err)
{
	const struct segen_arch *arch = segen_arch_by_name(name);
	struct json_token value;
	const char *key;
	int e = json_open(r, t, JSON_OBJECT, err);

	if (e >= 0 && (!arch || strcmp(arch->name, name) != 0))
		return json_scan_fail(&r->scan, err, "an ABI that segen does not know");
	while (e >= 0 && (e = json_next_member(r, &key, &value, err)) > 0)
		e = read_call(r, arch, key, &value, err);
	return e;
}

int tracefile_read_calls(struct json_reader *r, const struct json_token *t, void *into,
			 struct segen_error *err)
{
	struct json_token value;
	const char *name;
	int e = json_open(r, t, JSON_OBJECT, err);

	while (e >= 0 && (e = json_next_member(r, &name, &value, err)) > 0)
		e = read_abi(r, name, &value, err);
	return e;
}
