/* json-read.c: reads fields, members, elements and values of JSON text. */
#include <segen/json-write.h>
#include <segen/json.h>

#include <errno.h>
#include <string.h>

#include "shared/json-keys.h"
#include "shared/json-scan.h"

void segen_json_init(struct segen_json *j, const char *text, size_t len, const char *name)
{
	*j = (struct segen_json){};
	json_scan_init(&j->scan, text, len, name);
}

void segen_json_done(struct segen_json *j)
{
	segen_buf_done(&j->key);
	segen_buf_done(&j->string);
}

int segen_json_fail(const struct segen_json *j, struct segen_error *err, const char *fmt,
		    ...)
{
	va_list ap;
	int r;

	va_start(ap, fmt);
	r = json_scan_vfail(&j->scan, err, fmt, ap);
	va_end(ap);
	return r;
}

/* The way to @where is found by going it once more: errors are rare. */
int segen_json_fail_at(const struct segen_json *j, const char *where,
		       struct segen_error *err, const char *fmt, ...)
{
	struct segen_json_scan s;
	struct segen_json_token t = {};
	va_list ap;
	int r = 0;

	json_scan_init(&s, j->scan.text, (size_t)(j->scan.end - j->scan.text),
		       j->scan.name);
	while (r == 0 && s.at <= where && t.kind != SEGEN_JSON_END)
		r = json_scan_next(&s, &t, NULL);
	s.at = where;
	va_start(ap, fmt);
	r = json_scan_vfail(&s, err, fmt, ap);
	va_end(ap);
	return r;
}

/* --- values ----------------------------------------------------------------------- */

static int must_be(struct segen_json *j, const struct segen_json_token *t,
		   const char *wanted, struct segen_error *err)
{
	static const char *const words[] = {
		[SEGEN_JSON_OBJECT] = "an object",
		[SEGEN_JSON_ARRAY] = "an array",
		[SEGEN_JSON_STRING] = "a string",
		[SEGEN_JSON_INT] = "a number",
		[SEGEN_JSON_UINT] = "a number",
		[SEGEN_JSON_DOUBLE] = "a number with a point or exponent",
		[SEGEN_JSON_TRUE] = "a boolean",
		[SEGEN_JSON_FALSE] = "a boolean",
		[SEGEN_JSON_NULL] = "null",
	};

	return segen_json_fail_at(j, t->s, err, "must be %s, not %s", wanted,
				  words[t->kind]);
}

static const char *text_of(struct segen_buf *b, const struct segen_json_token *t)
{
	b->len = 0;
	json_token_text(t, b);
	return b->s;
}

int segen_json_string(struct segen_json *j, const struct segen_json_token *t,
		      const char **ret, struct segen_error *err)
{
	if (t->kind != SEGEN_JSON_STRING)
		return must_be(j, t, "a string", err);
	*ret = text_of(&j->string, t);
	return 0;
}

int segen_json_u64(struct segen_json *j, const struct segen_json_token *t, uint64_t max,
		   uint64_t *ret, struct segen_error *err)
{
	if (t->kind != SEGEN_JSON_UINT && t->kind != SEGEN_JSON_INT)
		return must_be(j, t, "a whole number", err);
	if (t->kind == SEGEN_JSON_INT && t->i < 0)
		return segen_json_fail_at(j, t->s, err, "must not be negative");
	if (t->u > max)
		return segen_json_fail_at(j, t->s, err, "more than %ju", (uintmax_t)max);
	*ret = t->u;
	return 0;
}

/* --- containers ------------------------------------------------------------------- */

int segen_json_open(struct segen_json *j, const struct segen_json_token *t,
		    enum segen_json_kind kind, struct segen_error *err)
{
	if (t->kind == kind)
		return 0;
	return must_be(j, t, kind == SEGEN_JSON_OBJECT ? "an object" : "an array", err);
}

/* The next key and the first token of its value: 1, or 0 at the end. */
static int next_pair(struct segen_json *j, struct segen_json_token *ret_key,
		     struct segen_json_token *ret, struct segen_error *err)
{
	int r = json_scan_next(&j->scan, ret_key, err);

	if (r < 0 || ret_key->kind == SEGEN_JSON_OBJECT_END)
		return MIN(r, 0);
	r = json_scan_next(&j->scan, ret, err);
	return r < 0 ? r : 1;
}

int segen_json_pair(struct segen_json *j, const char **ret_key,
		    struct segen_json_token *ret, struct segen_error *err)
{
	struct segen_json_token key;
	int r = next_pair(j, &key, ret, err);

	if (r > 0)
		*ret_key = text_of(&j->key, &key);
	return r;
}

int segen_json_member(struct segen_json *j, const char **ret_key,
		      struct segen_json_token *ret, struct segen_error *err)
{
	int r;

	do
		r = segen_json_pair(j, ret_key, ret, err);
	while (r > 0 && ret->kind == SEGEN_JSON_NULL);
	return r;
}

int segen_json_element(struct segen_json *j, struct segen_json_token *ret,
		       struct segen_error *err)
{
	int r = json_scan_next(&j->scan, ret, err);

	return r < 0 ? r : ret->kind != SEGEN_JSON_ARRAY_END;
}

int segen_json_begin(struct segen_json *j, struct segen_json_token *ret,
		     struct segen_error *err)
{
	if (j->scan.end - j->scan.text > (ptrdiff_t)SEGEN_JSON_MAX)
		return segen_json_fail(j, err, "more than %u MiB", SEGEN_JSON_MAX >> 20);
	return json_scan_next(&j->scan, ret, err);
}

int segen_json_end(struct segen_json *j, struct segen_error *err)
{
	struct segen_json_token t;

	return json_scan_next(&j->scan, &t, err);
}

static int twice(const struct segen_json *j, const char *key, struct segen_error *err)
{
	return segen_json_fail_at(j, key - 1, err, "this key appears twice");
}

static int check_keys(const struct segen_json *j, struct json_keys *k,
		      struct segen_error *err)
{
	const char *second = json_keys_second(k, j->scan.text);

	return second ? twice(j, second, err) : 0;
}

/* --- values of any shape ---------------------------------------------------------- */

static int walk_value(struct segen_json *j, const struct segen_json_token *t,
		      struct segen_json_out *w, const char *key, struct segen_error *err);

/* @w may be NULL: then it is only looked at. */
static int walk_object(struct segen_json *j, struct segen_json_out *w,
		       struct segen_error *err)
{
	_cleanup_(json_keys_done) struct json_keys keys = {};
	struct segen_json_token key, t;
	int r;

	while ((r = next_pair(j, &key, &t, err)) > 0) {
		json_keys_add(&keys, j->scan.text, &key);
		r = walk_value(j, &t, w, w ? text_of(&j->key, &key) : NULL, err);
		if (r < 0)
			return r;
	}
	return r < 0 ? r : check_keys(j, &keys, err);
}

static int walk_array(struct segen_json *j, struct segen_json_out *w,
		      struct segen_error *err)
{
	struct segen_json_token t;
	int r;

	while ((r = segen_json_element(j, &t, err)) > 0) {
		r = walk_value(j, &t, w, NULL, err);
		if (r < 0)
			break;
	}
	return r;
}

static void put_scalar(struct segen_json_out *w, const char *key,
		       const struct segen_json_token *t)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};

	if (t->kind == SEGEN_JSON_STRING) {
		segen_json_put_string(w, key, text_of(&text, t));
		return;
	}
	segen_buf_add(&text, t->s, t->n);
	segen_json_put_raw(w, key, text.s);
}

/* The scanner bounds the depth. */
static int walk_value(struct segen_json *j, const struct segen_json_token *t,
		      struct segen_json_out *w, const char *key, struct segen_error *err)
{
	bool object = t->kind == SEGEN_JSON_OBJECT;
	int r;

	if (!object && t->kind != SEGEN_JSON_ARRAY) {
		if (w)
			put_scalar(w, key, t);
		return 0;
	}
	if (w)
		segen_json_put_open(w, key, object ? '{' : '[');
	r = object ? walk_object(j, w, err) : walk_array(j, w, err);
	if (w && r >= 0)
		segen_json_put_close(w, object ? '}' : ']');
	return r;
}

int segen_json_skip(struct segen_json *j, const struct segen_json_token *t,
		    struct segen_error *err)
{
	return walk_value(j, t, NULL, NULL, err);
}

int segen_json_put_value(struct segen_json_out *w, const char *key, struct segen_json *j,
			 const struct segen_json_token *t, struct segen_error *err)
{
	return walk_value(j, t, w, key, err);
}

void segen_json_put_members(struct segen_json_out *w, const char *object)
{
	_cleanup_(segen_json_done) struct segen_json j = {};
	struct segen_json_token t;

	if (!object)
		return;
	segen_json_init(&j, object, strlen(object), "kept");
	if (segen_json_begin(&j, &t, NULL) >= 0)
		walk_object(&j, w, NULL);
}

/* --- fields ----------------------------------------------------------------------- */

/* An object while it is read. */
struct reading {
	const struct segen_json_field *fields;
	size_t n;
	uint64_t there; /* bits of fields */
	bool keeps;	/* what no field knows */
	struct json_keys unknown;
	struct segen_buf rest;
	struct segen_json_out out; /* of @rest */
};

static void reading_done(struct reading *r)
{
	json_keys_done(&r->unknown);
	segen_buf_done(&r->rest);
}

static size_t find_field(const struct segen_json *j, const struct reading *r)
{
	size_t i = 0;

	while (i < r->n && !(j->take_key ? j->take_key(j->key.s, r->fields[i].key, j->ctx)
					 : !strcmp(j->key.s, r->fields[i].key)))
		i++;
	return i;
}

static int read_unknown(struct segen_json *j, struct reading *r,
			const struct segen_json_token *key,
			const struct segen_json_token *t, struct segen_error *err)
{
	json_keys_add(&r->unknown, j->scan.text, key);
	if (!r->keeps)
		return segen_json_skip(j, t, err);
	if (!r->rest.len)
		segen_json_put_open(&r->out, NULL, '{');
	return segen_json_put_value(&r->out, j->key.s, j, t, err);
}

static int read_member(struct segen_json *j, struct reading *r,
		       const struct segen_json_token *key,
		       const struct segen_json_token *t, void *obj,
		       struct segen_error *err)
{
	const struct segen_json_field *f;
	size_t i;

	text_of(&j->key, key);
	i = find_field(j, r);
	if (i == r->n)
		return read_unknown(j, r, key, t, err);
	f = &r->fields[i];
	if (r->there >> i & 1)
		return strcmp(j->key.s, f->key) == 0
			       ? twice(j, key->s, err)
			       : segen_json_fail_at(j, key->s - 1, err,
						    "second key for '%s'; keep only one",
						    f->key);
	r->there |= UINT64_C(1) << i;
	if (t->kind == SEGEN_JSON_NULL && f->need != SEGEN_JSON_NULLABLE)
		return 0;
	return f->read(j, t, (char *)obj + f->offset, err);
}

static int check_required(const struct segen_json *j, const struct reading *r,
			  struct segen_error *err)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->fields[i].need == SEGEN_JSON_REQUIRED && !(r->there >> i & 1))
			return segen_json_fail(j, err, "'%s' is missing",
					       r->fields[i].key);
	return 0;
}

static void take_text(void *into, struct segen_buf *b)
{
	char **text = into;

	free(*text);
	*text = TAKE_PTR(b->s);
}

int segen_json_fields(struct segen_json *j, const struct segen_json_token *t,
		      const struct segen_json_field *fields, size_t n, void *obj,
		      struct segen_error *err)
{
	_cleanup_(reading_done) struct reading r = {.fields = fields, .n = n};
	struct segen_json_token key, value;
	int e = segen_json_open(j, t, SEGEN_JSON_OBJECT, err);

	r.keeps = n && !fields[n - 1].key;
	r.n -= r.keeps;
	r.out = (struct segen_json_out){.out = &r.rest, .style = SEGEN_JSON_COMPACT};
	while (e >= 0 && (e = next_pair(j, &key, &value, err)) > 0)
		e = read_member(j, &r, &key, &value, obj, err);
	if (e >= 0)
		e = check_keys(j, &r.unknown, err);
	if (e >= 0)
		e = check_required(j, &r, err);
	if (e < 0 || !r.rest.len)
		return MIN(e, 0);
	segen_json_put_close(&r.out, '}');
	take_text((char *)obj + fields[n - 1].offset, &r.rest);
	return 0;
}

int segen_json_document(struct segen_json *j, const struct segen_json_field *fields,
			size_t n, void *obj, struct segen_error *err)
{
	struct segen_json_token t = {.kind = SEGEN_JSON_NULL, .s = j->scan.text};
	int r = segen_json_begin(j, &t, err);

	if (r >= 0)
		r = segen_json_fields(j, &t, fields, n, obj, err);
	return r < 0 ? r : segen_json_end(j, err);
}

int segen_json_text(struct segen_json *j, const struct segen_json_token *t, void *into,
		    struct segen_error *err)
{
	char **text = into;
	const char *s = NULL;
	int r = segen_json_string(j, t, &s, err);

	if (r < 0)
		return r;
	free(*text);
	*text = xstrdup(s);
	return 0;
}

int segen_json_uint64(struct segen_json *j, const struct segen_json_token *t, void *into,
		      struct segen_error *err)
{
	return segen_json_u64(j, t, UINT64_MAX, into, err);
}

int segen_json_bool(struct segen_json *j, const struct segen_json_token *t, void *into,
		    struct segen_error *err)
{
	bool *value = into;

	if (t->kind != SEGEN_JSON_TRUE && t->kind != SEGEN_JSON_FALSE)
		return must_be(j, t, "true or false", err);
	*value = t->kind == SEGEN_JSON_TRUE;
	return 0;
}

int segen_json_set(struct segen_json *j, const struct segen_json_token *t, void *into,
		   struct segen_error *err)
{
	struct segen_json_token element = {};
	const char *s = NULL;
	int r = segen_json_open(j, t, SEGEN_JSON_ARRAY, err);

	while (r >= 0 && (r = segen_json_element(j, &element, err)) > 0) {
		r = segen_json_string(j, &element, &s, err);
		if (r >= 0)
			segen_strset_add(into, s);
	}
	return r;
}

int segen_json_list(struct segen_json *j, const struct segen_json_token *t, void *into,
		    struct segen_error *err)
{
	char ***v = into;
	size_t *n = (size_t *)(v + 1), cap = 0;
	struct segen_json_token element = {};
	const char *s = NULL;
	int r = segen_json_open(j, t, SEGEN_JSON_ARRAY, err);

	while (r >= 0 && (r = segen_json_element(j, &element, err)) > 0) {
		r = segen_json_string(j, &element, &s, err);
		if (r < 0)
			break;
		segen_grow(v, *n, &cap, sizeof(**v));
		(*v)[(*n)++] = xstrdup(s);
	}
	return r;
}

int segen_json_keep(struct segen_json *j, const struct segen_json_token *t, void *into,
		    struct segen_error *err)
{
	_cleanup_(segen_buf_done) struct segen_buf text = {};
	struct segen_json_out w = {.out = &text, .style = SEGEN_JSON_COMPACT};
	int r = segen_json_put_value(&w, NULL, j, t, err);

	if (r >= 0)
		take_text(into, &text);
	return r;
}
