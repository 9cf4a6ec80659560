/*
 * json-fields.h: JSON objects read by tables of their fields, straight from the text.
 *
 * For documents that are large and whose shape is known: nothing is kept but what the
 * fields keep.  Fields may come in any order; one that is there twice is an error, one
 * that no table knows is passed over, one that is null counts as absent.  Private to
 * tracer/.  All functions fail with -EINVAL and words that name line and path.
 */
#pragma once

#include "shared/json-scan.h"

struct json_reader {
	struct json_scan scan;
	struct segen_buf key, text; /* of the last key and string */
	void *ctx;		    /* for the functions of fields */
};

void json_reader_init(struct json_reader *r, const char *text, size_t len,
		      const char *name);
void json_reader_done(struct json_reader *r);

struct json_field {
	const char *key;
	/* @t is the first token of the value, @into the object plus @offset. */
	int (*read)(struct json_reader *r, const struct json_token *t, void *into,
		    struct segen_error *err);
	size_t offset;
	bool required;
};

/* The object that begins with @t, into @obj. */
int json_read_fields(struct json_reader *r, const struct json_token *t,
		     const struct json_field *fields, size_t n, void *obj,
		     struct segen_error *err);

/* Fields of several kinds. */
int json_field_text(struct json_reader *r, const struct json_token *t, void *into,
		    struct segen_error *err); /* char *: NULL or owned */
int json_field_u64(struct json_reader *r, const struct json_token *t, void *into,
		   struct segen_error *err); /* uint64_t */
int json_field_bool(struct json_reader *r, const struct json_token *t, void *into,
		    struct segen_error *err); /* bool */
int json_field_set(struct json_reader *r, const struct json_token *t, void *into,
		   struct segen_error *err); /* struct segen_strset */

/*
 * For objects whose keys are data, and arrays: that @t begins one; then what is in it,
 * 1 with the first token of a value, 0 at the end.  Keys are valid until the next one,
 * strings until the next string.
 */
int json_open(struct json_reader *r, const struct json_token *t, enum json_kind kind,
	      struct segen_error *err);
int json_next_member(struct json_reader *r, const char **ret_key, struct json_token *ret,
		     struct segen_error *err);
int json_next_element(struct json_reader *r, struct json_token *ret,
		      struct segen_error *err);

int json_take_string(struct json_reader *r, const struct json_token *t, const char **ret,
		     struct segen_error *err);
int json_take_u64(struct json_reader *r, const struct json_token *t, uint64_t max,
		  uint64_t *ret, struct segen_error *err);

/* Pass over the value that begins with @t. */
int json_skip(struct json_reader *r, const struct json_token *t, struct segen_error *err);
