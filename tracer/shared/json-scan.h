/*
 * json-scan.h: JSON text, token by token, trusting nothing.
 *
 * A pull parser of RFC 8259 that is stricter than most: valid UTF-8, no lone surrogates,
 * no NUL in strings, no number that would lose its value, at most SEGEN_JSON_DEPTH
 * levels, nothing after the document.  It allocates nothing; tokens are slices of the
 * text.  Duplicate keys are the business of who keeps keys.  Private to tracer/.
 */
#pragma once

#include <segen/json.h>

enum json_kind {
	JSON_OBJECT,
	JSON_OBJECT_END,
	JSON_ARRAY,
	JSON_ARRAY_END,
	JSON_KEY,
	JSON_STRING,
	JSON_INT,    /* whole, fits an int64_t */
	JSON_UINT,   /* whole, above INT64_MAX */
	JSON_DOUBLE, /* with a point or an exponent */
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
	JSON_END, /* of the text */
};

struct json_token {
	enum json_kind kind;
	bool escaped;  /* a string or key with backslashes: see json_token_text() */
	const char *s; /* without the quotes */
	size_t n;
	union { /* of a number */
		int64_t i;
		uint64_t u;
		double d;
	};
};

struct json_scan {
	const char *name; /* the word for messages */
	const char *text, *at, *end;
	unsigned depth;
	bool after_key, done;
	struct json_level {
		bool object, any;
		struct json_token key;
		size_t index;
	} levels[SEGEN_JSON_DEPTH];
};

/* @text and @name are borrowed. */
void json_scan_init(struct json_scan *s, const char *text, size_t len, const char *name);

/* The next token; -EINVAL and the words when the text is wrong. */
int json_scan_next(struct json_scan *s, struct json_token *ret, struct segen_error *err);

/* Append a string or key with its escapes resolved. */
void json_token_text(const struct json_token *t, struct segen_buf *out);

/* "NAME:LINE:COLUMN: $.calls.x86_64: <message>", for where the scan is; -EINVAL. */
int json_scan_fail(const struct json_scan *s, struct segen_error *err, const char *fmt,
		   ...) __attribute__((format(printf, 3, 4)));
