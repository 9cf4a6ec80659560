/*
 * json.h: strict JSON in, typed getters whose errors name the path, text out.
 *
 * JSON from outside is never trusted: at most SEGEN_JSON_MAX bytes and
 * SEGEN_JSON_DEPTH levels, valid UTF-8, no duplicate keys, no NUL in strings, no number
 * that would lose its value, nothing after the document, and a bound on the memory that
 * the values take.  json-c holds the values.
 */
#pragma once

#include <segen/error.h>
#include <segen/util.h>

#include <stdbool.h>
#include <stdint.h>

#define SEGEN_JSON_MAX (64u << 20)
#define SEGEN_JSON_DEPTH 32

struct json_object;

/*
 * Read a whole file, pipe or device ("-": standard input); *@ret is the caller's,
 * NUL-terminated.  -EFBIG when it is larger than SEGEN_JSON_MAX.
 */
int segen_file_read(const char *path, char **ret, size_t *ret_len,
		    struct segen_error *err);

/*
 * Parse; *@ret is released with json_object_put() (and NULL for the document "null").
 * @name is the word for messages, which have line, column and path.  -EINVAL, -EFBIG.
 */
int segen_json_parse(const char *text, size_t len, const char *name,
		     struct json_object **ret, struct segen_error *err);

/*
 * A position in a document: the value and how one got there, for messages.  Lives on
 * the stack; @up must outlive it.
 */
struct segen_json {
	struct json_object *v;
	const struct segen_json *up;
	const char *key; /* NULL: an array element, the root has neither */
	size_t index;
	const char *name; /* root only: the document's name */
};

/*
 * Fill @err with "NAME: $.syscalls[3].names: <message>" and return -EINVAL.  Parts that
 * are long are cut, control characters are escaped: both may come from the document.
 */
int segen_json_fail(const struct segen_json *at, struct segen_error *err, const char *fmt,
		    ...) __attribute__((format(printf, 3, 4)));

/*
 * Member access.  *_get: @ret is set and 1 returned when the key is there (JSON null
 * counts as absent), 0 when not, negative on a wrong type.  Whole numbers are those
 * written without point and exponent.
 */
int segen_json_member(const struct segen_json *obj, const char *key,
		      struct segen_json *ret);
int segen_json_get_object(const struct segen_json *obj, const char *key,
			  struct segen_json *ret, struct segen_error *err);
int segen_json_get_array(const struct segen_json *obj, const char *key,
			 struct segen_json *ret, struct segen_error *err);
int segen_json_get_string(const struct segen_json *obj, const char *key, const char **ret,
			  struct segen_error *err);
int segen_json_get_u64(const struct segen_json *obj, const char *key, uint64_t *ret,
		       struct segen_error *err);
int segen_json_get_int(const struct segen_json *obj, const char *key, int64_t *ret,
		       struct segen_error *err);
int segen_json_get_bool(const struct segen_json *obj, const char *key, bool *ret,
			struct segen_error *err);

/* Typed views of a position itself. */
int segen_json_as_object(const struct segen_json *at, struct segen_error *err);
int segen_json_as_array(const struct segen_json *at, size_t *ret_n,
			struct segen_error *err);
struct segen_json segen_json_element(const struct segen_json *array, size_t i);
int segen_json_as_string(const struct segen_json *at, const char **ret,
			 struct segen_error *err);
int segen_json_as_u64(const struct segen_json *at, uint64_t *ret,
		      struct segen_error *err);

/*
 * Append @s as a JSON string, quoted and escaped.  It is valid whatever @s is: a byte
 * that is not UTF-8 becomes U+FFFD.
 */
void segen_json_quote(struct segen_buf *b, const char *s);
