/*
 * json-struct.h: JSON objects into structs by rows, as Go's decoder would.
 *
 * A key counts in any case; null is as if the key were absent.  Two keys for one field
 * are refused: Go lets the last win, or merges them.  Unknown keys are collected.
 */
#pragma once

#include <segen/error.h>
#include <segen/json.h>
#include <segen/util.h>

struct field {
	const char *key;
	/* Reads the value at @at into the member at @offset of @obj. */
	int (*read)(const struct segen_json *at, void *obj, const struct field *f,
		    struct segen_strset *notes, struct segen_error *err);
	size_t offset;
	size_t offset_n; /* for lists: where the count is */
};

/*
 * @ret_extra gets the unknown keys (to be released with json_object_put()), or stays
 * NULL.  A key in an unusual case gives a note.
 */
int fields_read(const struct segen_json *at, const struct field *fields, size_t n,
		void *obj, struct json_object **ret_extra, struct segen_strset *notes,
		struct segen_error *err);

/* Where member @key of @at is or would be: for messages only. */
struct segen_json fields_at(const struct segen_json *at, const char *key);

/* Readers of ordinary members: char *, and char ** with a size_t count. */
int field_string(const struct segen_json *at, void *obj, const struct field *f,
		 struct segen_strset *notes, struct segen_error *err);
int field_strings(const struct segen_json *at, void *obj, const struct field *f,
		  struct segen_strset *notes, struct segen_error *err);
int field_u64(const struct segen_json *at, void *obj, const struct field *f,
	      struct segen_strset *notes, struct segen_error *err);
