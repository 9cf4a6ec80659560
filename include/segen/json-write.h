/*
 * json-write.h: JSON text, value by value.
 *
 * Byte-stable: the same calls give the same bytes.  Whatever the strings are, the text
 * is valid: a byte that is not UTF-8 becomes U+FFFD.  Knows nothing of what it writes.
 */
#pragma once

#include <segen/json.h>

enum segen_json_style {
	SEGEN_JSON_LINES,    /* one element a line, indented with tabs */
	SEGEN_JSON_ONE_LINE, /* with a space behind each comma and colon */
	SEGEN_JSON_COMPACT,  /* without white space */
};

/* Zero-initialised but for @out and @style. */
struct segen_json_out {
	struct segen_buf *out;
	enum segen_json_style style;
	unsigned depth;
	unsigned line_depth; /* of what was opened for one line; 0: nothing was */
	bool more;	     /* something stands before in this container */
};

/* @key is NULL in an array and at the top; @bracket is '{' or '['. */
void segen_json_put_open(struct segen_json_out *w, const char *key, char bracket);
/* The same, and what is in it stays on one line. */
void segen_json_put_line(struct segen_json_out *w, const char *key, char bracket);
/* Empty containers stay on one line. */
void segen_json_put_close(struct segen_json_out *w, char bracket);

void segen_json_put_string(struct segen_json_out *w, const char *key, const char *s);
void segen_json_put_u64(struct segen_json_out *w, const char *key, uint64_t n);
void segen_json_put_bool(struct segen_json_out *w, const char *key, bool b);
/* "0x1f": numbers that need 64 bits are strings, many readers would round them. */
void segen_json_put_hex(struct segen_json_out *w, const char *key, uint64_t n);
void segen_json_put_strings(struct segen_json_out *w, const char *key, char *const *v,
			    size_t n);
/* A value that is JSON text already, as it is. */
void segen_json_put_raw(struct segen_json_out *w, const char *key, const char *text);
/* The members of an object that segen_json_keep() kept, in this style; NULL: none. */
void segen_json_put_members(struct segen_json_out *w, const char *object);
/* The value of a document that begins with @t, in this style. */
int segen_json_put_value(struct segen_json_out *w, const char *key, struct segen_json *j,
			 const struct segen_json_token *t, struct segen_error *err);
/* The end of the document. */
void segen_json_put_end(struct segen_json_out *w);

/* Append @s as a JSON string, quoted and escaped. */
void segen_json_quote(struct segen_buf *b, const char *s);
