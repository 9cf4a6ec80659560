/* tracefile-denied.c: who wanted what was refused. */
#include "trace/tracefile-read.h"

#include <segen/syscall.h>

#include <string.h>

#include "trace/trace-internal.h"
#include "trace/tracefile-keys.h"

static int read_abi(struct segen_json *r, const struct segen_json_token *t, void *into,
		    struct segen_error *err)
{
	struct segen_denial *d = into;
	const char *name;
	int e = segen_json_string(r, t, &name, err);

	if (e < 0)
		return e;
	d->arch = segen_arch_by_name(name);
	if (d->arch && !strcmp(d->arch->name, name))
		return 0;
	return segen_json_fail(r, err, "an ABI that segen does not know");
}

static int read_call(struct segen_json *r, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	struct segen_denial *d = into;
	const char *key;
	int e = segen_json_string(r, t, &key, err);

	if (e < 0)
		return e;
	if (!d->arch)
		return segen_json_fail(r, err, "'abi' has to stand before it");
	if (tracefile_find_call(d->arch, key, &d->nr))
		return 0;
	return segen_json_fail(r, err, "no system call of %s that this segen knows",
			       d->arch->name);
}

static int read_answer(struct segen_json *r, const struct segen_json_token *t, void *into,
		       struct segen_error *err)
{
	struct segen_denial *d = into;
	const char *word;
	int e = segen_json_string(r, t, &word, err);

	if (e < 0)
		return e;
	for (size_t i = 0; i < ARRAY_SIZE(tracefile_answers); i++) {
		if (strcmp(tracefile_answers[i], word) != 0)
			continue;
		d->verdict.action = (enum segen_action)i;
		return 0;
	}
	return segen_json_fail(r, err, "no filter has this answer");
}

static int read_errno(struct segen_json *r, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	struct segen_denial *d = into;
	const char *key;
	int e = segen_json_string(r, t, &key, err);

	if (e < 0 || tracefile_find_errno(key, &d->verdict.err) == 0)
		return e;
	return segen_json_fail(r, err, "no errno has this name");
}

static int read_text(struct segen_json *r, const struct segen_json_token *t, void *into,
		     struct segen_error *err)
{
	struct segen_denial *d = into;
	struct segen_json_token value;
	const char *key;
	int e = segen_json_open(r, t, SEGEN_JSON_OBJECT, err);

	while (e >= 0 && (e = segen_json_member(r, &key, &value, err)) > 0) {
		unsigned index = (unsigned)(key[0] - '0');

		if (index > 5 || key[1])
			return segen_json_fail(r, err, "not an argument's index, 0 to 5");
		if (d->text[index])
			return segen_json_fail(r, err, "this key appears twice");
		e = segen_json_text(r, &value, &d->text[index], err);
	}
	return e;
}

static const struct segen_json_field fields[] = {
	{"abi", read_abi, 0, SEGEN_JSON_REQUIRED},
	{"call", read_call, 0, SEGEN_JSON_REQUIRED},
	{"answer", read_answer, 0, SEGEN_JSON_REQUIRED},
	{"errno", read_errno, 0, SEGEN_JSON_OPTIONAL},
	{"count", segen_json_uint64, offsetof(struct segen_denial, count),
	 SEGEN_JSON_REQUIRED},
	{"first", tracefile_read_first, offsetof(struct segen_denial, at),
	 SEGEN_JSON_REQUIRED},
	{"text", read_text, 0, SEGEN_JSON_OPTIONAL},
};

static int read_denial(struct segen_json *r, const struct segen_json_token *t,
		       struct segen_error *err)
{
	struct tracefile_reader *f = r->ctx;
	struct segen_denial d = {};
	int e = segen_json_fields(r, t, fields, ARRAY_SIZE(fields), &d, err);

	if (e >= 0 && trace_denials_find(&f->t->denials, &d) < f->t->denials.n)
		e = segen_json_fail(r, err, "the same denial appears twice");
	if (e >= 0)
		trace_denials_append(&f->t->denials, &d);
	segen_denial_done(&d);
	return e;
}

int tracefile_read_denied(struct segen_json *r, const struct segen_json_token *t,
			  void *into, struct segen_error *err)
{
	struct tracefile_reader *f = r->ctx;
	struct segen_json_token element;
	int e = segen_json_open(r, t, SEGEN_JSON_ARRAY, err);

	while (e >= 0 && (e = segen_json_element(r, &element, err)) > 0) {
		if (f->t->denials.n == TRACEFILE_DENIALS_MAX)
			return segen_json_fail(r, err, "more than %d denials",
					       TRACEFILE_DENIALS_MAX);
		e = read_denial(r, &element, err);
	}
	return e;
}
