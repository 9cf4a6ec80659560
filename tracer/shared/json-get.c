/* json-get.c: values of a document by type, with errors that say where. */
#include <segen/json.h>

#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <string.h>

#include "shared/json-text.h"

static void add_path(const struct segen_json *at, struct segen_buf *out)
{
	if (!at->up)
		segen_buf_puts(out, "$");
	else
		add_path(at->up, out);
	if (at->up && at->key)
		json_path_key(out, at->key);
	else if (at->up)
		segen_buf_printf(out, "[%zu]", at->index);
}

int segen_json_fail(const struct segen_json *at, struct segen_error *err, const char *fmt,
		    ...)
{
	_cleanup_(segen_buf_done) struct segen_buf path = {};
	const struct segen_json *root = at;
	va_list ap;
	int r;

	if (!err)
		return -EINVAL;
	while (root->up)
		root = root->up;
	add_path(at, &path);
	va_start(ap, fmt);
	r = json_fail(err, root->name ? root->name : "document", path.s, fmt, ap);
	va_end(ap);
	return r;
}

static const char *type_word(struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_null: return "null";
	case json_type_boolean: return "a boolean";
	case json_type_double: return "a number with a point or exponent";
	case json_type_int: return "a number";
	case json_type_object: return "an object";
	case json_type_array: return "an array";
	case json_type_string: return "a string";
	}
	return "something else";
}

static int must_be(const struct segen_json *at, enum json_type type, const char *word,
		   struct segen_error *err)
{
	if (json_object_is_type(at->v, type))
		return 0;
	return segen_json_fail(at, err, "must be %s, not %s", word, type_word(at->v));
}

int segen_json_as_object(const struct segen_json *at, struct segen_error *err)
{
	return must_be(at, json_type_object, "an object", err);
}

int segen_json_as_array(const struct segen_json *at, size_t *ret_n,
			struct segen_error *err)
{
	int r = must_be(at, json_type_array, "an array", err);

	if (r == 0)
		*ret_n = json_object_array_length(at->v);
	return r;
}

struct segen_json segen_json_element(const struct segen_json *array, size_t i)
{
	return (struct segen_json){
		.v = json_object_array_get_idx(array->v, i), .up = array, .index = i};
}

int segen_json_as_string(const struct segen_json *at, const char **ret,
			 struct segen_error *err)
{
	int r = must_be(at, json_type_string, "a string", err);

	if (r == 0)
		*ret = json_object_get_string(at->v);
	return r;
}

int segen_json_as_u64(const struct segen_json *at, uint64_t *ret, struct segen_error *err)
{
	int r = must_be(at, json_type_int, "a whole number", err);

	if (r < 0)
		return r;
	if (json_object_get_int64(at->v) < 0)
		return segen_json_fail(at, err, "must not be negative");
	*ret = json_object_get_uint64(at->v);
	return 0;
}

static int as_int(const struct segen_json *at, int64_t *ret, struct segen_error *err)
{
	int r = must_be(at, json_type_int, "a whole number", err);

	if (r < 0)
		return r;
	if (json_object_get_uint64(at->v) > INT64_MAX)
		return segen_json_fail(at, err, "is too large");
	*ret = json_object_get_int64(at->v);
	return 0;
}

static int as_bool(const struct segen_json *at, bool *ret, struct segen_error *err)
{
	int r = must_be(at, json_type_boolean, "true or false", err);

	if (r == 0)
		*ret = json_object_get_boolean(at->v);
	return r;
}

int segen_json_member(const struct segen_json *obj, const char *key,
		      struct segen_json *ret)
{
	struct json_object *v = NULL;

	if (!json_object_is_type(obj->v, json_type_object) ||
	    !json_object_object_get_ex(obj->v, key, &v) || !v)
		return 0;
	*ret = (struct segen_json){.v = v, .up = obj, .key = key};
	return 1;
}

int segen_json_get_object(const struct segen_json *obj, const char *key,
			  struct segen_json *ret, struct segen_error *err)
{
	int r;

	if (!segen_json_member(obj, key, ret))
		return 0;
	r = segen_json_as_object(ret, err);
	return r < 0 ? r : 1;
}

int segen_json_get_array(const struct segen_json *obj, const char *key,
			 struct segen_json *ret, struct segen_error *err)
{
	size_t n;
	int r;

	if (!segen_json_member(obj, key, ret))
		return 0;
	r = segen_json_as_array(ret, &n, err);
	return r < 0 ? r : 1;
}

int segen_json_get_string(const struct segen_json *obj, const char *key, const char **ret,
			  struct segen_error *err)
{
	struct segen_json at;
	int r;

	if (!segen_json_member(obj, key, &at))
		return 0;
	r = segen_json_as_string(&at, ret, err);
	return r < 0 ? r : 1;
}

int segen_json_get_u64(const struct segen_json *obj, const char *key, uint64_t *ret,
		       struct segen_error *err)
{
	struct segen_json at;
	int r;

	if (!segen_json_member(obj, key, &at))
		return 0;
	r = segen_json_as_u64(&at, ret, err);
	return r < 0 ? r : 1;
}

int segen_json_get_int(const struct segen_json *obj, const char *key, int64_t *ret,
		       struct segen_error *err)
{
	struct segen_json at;
	int r;

	if (!segen_json_member(obj, key, &at))
		return 0;
	r = as_int(&at, ret, err);
	return r < 0 ? r : 1;
}

int segen_json_get_bool(const struct segen_json *obj, const char *key, bool *ret,
			struct segen_error *err)
{
	struct segen_json at;
	int r;

	if (!segen_json_member(obj, key, &at))
		return 0;
	r = as_bool(&at, ret, err);
	return r < 0 ? r : 1;
}
