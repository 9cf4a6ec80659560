/*
 * json-write.h: JSON text, token by token, pretty or compact.
 *
 * Byte-stable: the same calls give the same bytes.  Knows nothing of what it writes.
 */
#pragma once

#include <segen/util.h>

struct json_object;

struct emit {
	struct segen_buf *out;
	bool pretty; /* tabs, one element a line */
	unsigned depth;
	bool more; /* something stands before in this container */
};

/* @key is NULL in an array and at the top; @bracket is '{' or '['. */
void emit_open(struct emit *e, const char *key, char bracket);
void emit_close(struct emit *e, char bracket);
void emit_string(struct emit *e, const char *key, const char *s);
void emit_u64(struct emit *e, const char *key, uint64_t n);
void emit_strings(struct emit *e, const char *key, char *const *v, size_t n);
/* A parsed value, as it was. */
void emit_json(struct emit *e, const char *key, struct json_object *v);
/* The members of an object, into the one that is open; NULL: none. */
void emit_members(struct emit *e, struct json_object *v);
/* The end of the document. */
void emit_end(struct emit *e);
