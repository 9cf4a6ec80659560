/* json-fields.c: fields, elements and values of a scan. */
#include "shared/json-fields.h"

#include <string.h>

void json_reader_init(struct json_reader *r, const char *text, size_t len,
		      const char *name)
{
	*r = (struct json_reader){};
	json_scan_init(&r->scan, text, len, name);
}

void json_reader_done(struct json_reader *r)
{
	segen_buf_done(&r->key);
	segen_buf_done(&r->text);
}

/* --- values ----------------------------------------------------------------------- */

static const char *text_of(struct segen_buf *b, const struct json_token *t)
{
	b->len = 0;
	json_token_text(t, b);
	return b->s;
}

int json_take_string(struct json_reader *r, const struct json_token *t, const char **ret,
		     struct segen_error *err)
{
	if (t->kind != JSON_STRING)
		return json_scan_fail(&r->scan, err, "not a string");
	*ret = text_of(&r->text, t);
	return 0;
}

int json_take_u64(struct json_reader *r, const struct json_token *t, uint64_t max,
		  uint64_t *ret, struct segen_error *err)
{
	uint64_t value = t->kind == JSON_INT ? (uint64_t)t->i : t->u;

	if (t->kind != JSON_UINT && (t->kind != JSON_INT || t->i < 0))
		return json_scan_fail(&r->scan, err, "not a whole number of 0 or more");
	if (value > max)
		return json_scan_fail(&r->scan, err, "more than %ju", (uintmax_t)max);
	*ret = value;
	return 0;
}

int json_skip(struct json_reader *r, const struct json_token *t, struct segen_error *err)
{
	unsigned outside = r->scan.depth - 1;
	struct json_token inner;
	int e = 0;

	if (t->kind != JSON_OBJECT && t->kind != JSON_ARRAY)
		return 0;
	while (!e && r->scan.depth > outside)
		e = json_scan_next(&r->scan, &inner, err);
	return e;
}

/* --- containers ------------------------------------------------------------------- */

int json_open(struct json_reader *r, const struct json_token *t, enum json_kind kind,
	      struct segen_error *err)
{
	if (t->kind == kind)
		return 0;
	return json_scan_fail(&r->scan, err,
			      kind == JSON_OBJECT ? "not an object" : "not an array");
}

int json_next_member(struct json_reader *r, const char **ret_key, struct json_token *ret,
		     struct segen_error *err)
{
	struct json_token key;
	int e;

	do {
		e = json_scan_next(&r->scan, &key, err);
		if (e < 0 || key.kind == JSON_OBJECT_END)
			return MIN(e, 0);
		e = json_scan_next(&r->scan, ret, err);
		if (e < 0)
			return e;
	} while (ret->kind == JSON_NULL);
	*ret_key = text_of(&r->key, &key);
	return 1;
}

int json_next_element(struct json_reader *r, struct json_token *ret,
		      struct segen_error *err)
{
	int e = json_scan_next(&r->scan, ret, err);

	return e < 0 ? e : ret->kind != JSON_ARRAY_END;
}

/* --- fields ----------------------------------------------------------------------- */

static size_t find_field(const struct json_field *fields, size_t n, const char *key)
{
	size_t i = 0;

	while (i < n && (*fields[i].key != *key || strcmp(fields[i].key, key) != 0))
		i++;
	return i;
}

static int check_required(const struct json_reader *r, const struct json_field *fields,
			  size_t n, uint64_t there, struct segen_error *err)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].required && !(there >> i & 1))
			return json_scan_fail(&r->scan, err, "'%s' is missing",
					      fields[i].key);
	return 0;
}

int json_read_fields(struct json_reader *r, const struct json_token *t,
		     const struct json_field *fields, size_t n, void *obj,
		     struct segen_error *err)
{
	struct json_token value = {};
	const char *key = NULL;
	uint64_t there = 0;
	int e = json_open(r, t, JSON_OBJECT, err);

	if (e < 0)
		return e;
	while ((e = json_next_member(r, &key, &value, err)) > 0) {
		size_t i = find_field(fields, n, key);

		if (i == n)
			e = json_skip(r, &value, err);
		else if (there >> i & 1)
			e = json_scan_fail(&r->scan, err, "this key is there twice");
		else
			e = fields[i].read(r, &value, (char *)obj + fields[i].offset,
					   err);
		if (e < 0)
			return e;
		there |= i < n ? UINT64_C(1) << i : 0;
	}
	return e < 0 ? e : check_required(r, fields, n, there, err);
}

int json_field_text(struct json_reader *r, const struct json_token *t, void *into,
		    struct segen_error *err)
{
	char **text = into;
	const char *s = NULL;
	int e = json_take_string(r, t, &s, err);

	if (e < 0)
		return e;
	free(*text);
	*text = xstrdup(s);
	return 0;
}

int json_field_u64(struct json_reader *r, const struct json_token *t, void *into,
		   struct segen_error *err)
{
	return json_take_u64(r, t, UINT64_MAX, into, err);
}

int json_field_bool(struct json_reader *r, const struct json_token *t, void *into,
		    struct segen_error *err)
{
	bool *value = into;

	if (t->kind != JSON_TRUE && t->kind != JSON_FALSE)
		return json_scan_fail(&r->scan, err, "not true or false");
	*value = t->kind == JSON_TRUE;
	return 0;
}

int json_field_set(struct json_reader *r, const struct json_token *t, void *into,
		   struct segen_error *err)
{
	struct json_token element = {};
	const char *s = NULL;
	int e = json_open(r, t, JSON_ARRAY, err);

	while (e >= 0 && (e = json_next_element(r, &element, err)) > 0) {
		e = json_take_string(r, &element, &s, err);
		if (e >= 0)
			segen_strset_add(into, s);
	}
	return e;
}
