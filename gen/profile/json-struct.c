/* json-struct.c: table-driven reading of JSON objects. */
#include "profile/json-struct.h"

#include "profile/profile.h"

#include <ctype.h>
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

/*
 * The next character of @s, folded as Go's decoder folds keys: besides ASCII letters,
 * the long s (U+017F) is an s and the Kelvin sign (U+212A) is a k.
 */
static int next_folded(const char **s)
{
	static const struct {
		const char *utf8;
		char is;
	} folds[] = {{"\xc5\xbf", 's'}, {"\xe2\x84\xaa", 'k'}};

	for (size_t i = 0; i < ARRAY_SIZE(folds); i++) {
		size_t n = strlen(folds[i].utf8);

		if (strncmp(*s, folds[i].utf8, n) == 0) {
			*s += n;
			return folds[i].is;
		}
	}
	return **s ? tolower((unsigned char)*(*s)++) : 0;
}

static bool same_key(const char *a, const char *b)
{
	int x, y;

	do {
		x = next_folded(&a);
		y = next_folded(&b);
	} while (x && x == y);
	return x == y;
}

static const struct field *find_field(const struct field *fields, size_t n,
				      const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (same_key(fields[i].key, key))
			return &fields[i];
	return NULL;
}

static void note_case(const char *key, const struct field *f, struct segen_strset *notes)
{
	_cleanup_free_ char *note = NULL;

	if (!notes || strcmp(key, f->key) == 0)
		return;
	note = xasprintf("key '%s' is read as '%s', as the engine does", key, f->key);
	segen_strset_add(notes, note);
}

static void keep_extra(struct json_object **extra, const char *key, struct json_object *v)
{
	if (!*extra)
		*extra = json_object_new_object();
	json_object_object_add(*extra, key, json_object_get(v));
}

int fields_read(const struct segen_json *at, const struct field *fields, size_t n,
		void *obj, struct json_object **ret_extra, struct segen_strset *notes,
		struct segen_error *err)
{
	uint32_t seen = 0;
	int r;

	r = segen_json_as_object(at, err);
	if (r < 0)
		return r;
	json_object_object_foreach(at->v, key, value)
	{
		const struct segen_json member = {.v = value, .up = at, .key = key};
		const struct field *f = find_field(fields, n, key);

		if (!f) {
			keep_extra(ret_extra, key, value);
			continue;
		}
		if (seen & 1u << (f - fields))
			return segen_json_fail(&member, err,
					       "second key for '%s'; keep only one",
					       f->key);
		seen |= 1u << (f - fields);
		note_case(key, f, notes);
		r = value ? f->read(&member, obj, f, notes, err) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}

struct segen_json fields_at(const struct segen_json *at, const char *key)
{
	return (struct segen_json){.up = at, .key = key};
}

int field_string(const struct segen_json *at, void *obj, const struct field *f,
		 struct segen_strset *notes _unused_, struct segen_error *err)
{
	char **to = (char **)((char *)obj + f->offset);
	const char *s;
	int r;

	r = segen_json_as_string(at, &s, err);
	if (r < 0)
		return r;
	*to = xstrdup(s);
	return 0;
}

int field_strings(const struct segen_json *at, void *obj, const struct field *f,
		  struct segen_strset *notes _unused_, struct segen_error *err)
{
	char ***to = (char ***)((char *)obj + f->offset);
	size_t *to_n = (size_t *)((char *)obj + f->offset_n);
	size_t n;
	int r;

	r = segen_json_as_array(at, &n, err);
	if (r < 0)
		return r;
	*to = n ? xcalloc(n, sizeof(**to)) : NULL;
	for (size_t i = 0; i < n; i++) {
		const struct segen_json element = segen_json_element(at, i);
		const char *s;

		r = segen_json_as_string(&element, &s, err);
		if (r < 0)
			return r;
		(*to)[(*to_n)++] = xstrdup(s);
	}
	return 0;
}

int field_u64(const struct segen_json *at, void *obj, const struct field *f,
	      struct segen_strset *notes _unused_, struct segen_error *err)
{
	return segen_json_as_u64(at, (uint64_t *)((char *)obj + f->offset), err);
}
