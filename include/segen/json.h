/*
 * json.h: strict JSON in, by tables of fields straight from the text.
 *
 * JSON from outside is never trusted: at most SEGEN_JSON_MAX bytes and SEGEN_JSON_DEPTH
 * levels, valid UTF-8, no lone surrogates, no NUL in strings, no key twice in an object,
 * no number that would lose its value, nothing after the document.  Nothing is kept but
 * what the fields keep, so memory is bounded by the text.
 *
 * A key may stand anywhere in its object; one that is null counts as absent; one that no
 * table knows is passed over, or kept as text.  All functions fail with -EINVAL and
 * words that name line, column and path: "NAME:3:7: $.syscalls[3].names: <message>".
 */
#pragma once

#include <segen/error.h>
#include <segen/util.h>

#include <stdbool.h>
#include <stdint.h>

#define SEGEN_JSON_MAX (64u << 20)
#define SEGEN_JSON_DEPTH 32

/*
 * Read a whole file, pipe or device ("-": standard input); *@ret is the caller's,
 * NUL-terminated.  -EFBIG when it is larger than SEGEN_JSON_MAX; -ETIMEDOUT when it is a
 * FIFO (other than standard input and its like) into which nobody writes for 5 s.
 */
int segen_file_read(const char *path, char **ret, size_t *ret_len,
		    struct segen_error *err);

enum segen_json_kind {
	SEGEN_JSON_OBJECT,
	SEGEN_JSON_OBJECT_END,
	SEGEN_JSON_ARRAY,
	SEGEN_JSON_ARRAY_END,
	SEGEN_JSON_KEY,
	SEGEN_JSON_STRING,
	SEGEN_JSON_INT,	   /* whole, fits an int64_t */
	SEGEN_JSON_UINT,   /* whole, above INT64_MAX */
	SEGEN_JSON_DOUBLE, /* with a point or an exponent */
	SEGEN_JSON_TRUE,
	SEGEN_JSON_FALSE,
	SEGEN_JSON_NULL,
	SEGEN_JSON_END, /* of the text */
};

/* A piece of the text. */
struct segen_json_token {
	enum segen_json_kind kind;
	bool escaped;  /* a string or key with backslashes */
	const char *s; /* without the quotes */
	size_t n;
	union { /* of a whole number */
		int64_t i;
		uint64_t u;
	};
};

/* Where reading is; a copy of it is a place to come back to. */
struct segen_json_scan {
	const char *name; /* the word for messages */
	const char *text, *at, *end;
	unsigned depth;
	bool after_key, done;
	struct segen_json_level {
		bool object, any;
		struct segen_json_token key;
		size_t index;
	} levels[SEGEN_JSON_DEPTH];
};

struct segen_json {
	struct segen_json_scan scan;
	struct segen_buf key, string; /* the last ones, escapes resolved */
	/* Whether a key stands for a field; NULL: when they are the same. */
	bool (*take_key)(const char *key, const char *field, void *ctx);
	void *ctx; /* for take_key and the functions of fields */
};

/* @text and @name are borrowed. */
void segen_json_init(struct segen_json *j, const char *text, size_t len,
		     const char *name);
void segen_json_done(struct segen_json *j);

/* --- objects of known shape ------------------------------------------------------- */

struct segen_json_field {
	const char *key; /* NULL, in the last row: see below */
	/* @t is the first token of the value, @into the object plus @offset. */
	int (*read)(struct segen_json *j, const struct segen_json_token *t, void *into,
		    struct segen_error *err);
	size_t offset;
	enum segen_json_need {
		SEGEN_JSON_OPTIONAL,
		SEGEN_JSON_REQUIRED,
		SEGEN_JSON_NULLABLE, /* optional, and null is a value */
	} need;
};

/*
 * A last row without key and function is for what no other row knows: it gets an object
 * of all that as compact JSON text, a char *, or nothing.
 */

/* The whole document, an object, into @obj. */
int segen_json_document(struct segen_json *j, const struct segen_json_field *fields,
			size_t n, void *obj, struct segen_error *err);
/* The object that begins with @t, into @obj. */
int segen_json_fields(struct segen_json *j, const struct segen_json_token *t,
		      const struct segen_json_field *fields, size_t n, void *obj,
		      struct segen_error *err);

/* Fields of several kinds; what was there before is released. */
int segen_json_text(struct segen_json *j, const struct segen_json_token *t, void *into,
		    struct segen_error *err); /* char *: NULL or owned */
int segen_json_uint64(struct segen_json *j, const struct segen_json_token *t, void *into,
		      struct segen_error *err); /* uint64_t */
int segen_json_bool(struct segen_json *j, const struct segen_json_token *t, void *into,
		    struct segen_error *err); /* bool */
int segen_json_set(struct segen_json *j, const struct segen_json_token *t, void *into,
		   struct segen_error *err); /* struct segen_strset */
/* char **, and behind it in memory its number as size_t */
int segen_json_list(struct segen_json *j, const struct segen_json_token *t, void *into,
		    struct segen_error *err);
/* char *: any value as compact JSON text */
int segen_json_keep(struct segen_json *j, const struct segen_json_token *t, void *into,
		    struct segen_error *err);

/* --- objects whose keys are data, and arrays -------------------------------------- */

/* The first token of the document, and that nothing comes behind its last. */
int segen_json_begin(struct segen_json *j, struct segen_json_token *ret,
		     struct segen_error *err);
int segen_json_end(struct segen_json *j, struct segen_error *err);

/*
 * That @t begins one; then what is in it, 1 with the first token of a value, 0 at the
 * end.  Keys are valid until the next one, strings until the next string.  That no key
 * is there twice is for the caller to see.
 */
int segen_json_open(struct segen_json *j, const struct segen_json_token *t,
		    enum segen_json_kind kind, struct segen_error *err);
int segen_json_member(struct segen_json *j, const char **ret_key,
		      struct segen_json_token *ret, struct segen_error *err);
/* As segen_json_member(), but null is a value. */
int segen_json_pair(struct segen_json *j, const char **ret_key,
		    struct segen_json_token *ret, struct segen_error *err);
int segen_json_element(struct segen_json *j, struct segen_json_token *ret,
		       struct segen_error *err);

int segen_json_string(struct segen_json *j, const struct segen_json_token *t,
		      const char **ret, struct segen_error *err);
int segen_json_u64(struct segen_json *j, const struct segen_json_token *t, uint64_t max,
		   uint64_t *ret, struct segen_error *err);
/* Pass over the value that begins with @t. */
int segen_json_skip(struct segen_json *j, const struct segen_json_token *t,
		    struct segen_error *err);

/*
 * Fill @err with "NAME:LINE:COLUMN: PATH: <message>" for where reading is, or for
 * @where in the text, and return -EINVAL.  What comes from the document may be long or
 * full of control characters: it is cut and escaped.
 */
int segen_json_fail(const struct segen_json *j, struct segen_error *err, const char *fmt,
		    ...) __attribute__((format(printf, 3, 4)));
int segen_json_fail_at(const struct segen_json *j, const char *where,
		       struct segen_error *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
