/* json-write.c: JSON text, token by token. */
#include "profile/json-write.h"

#include <segen/json.h>

#include <inttypes.h>
#include <json-c/json.h>

static void new_line(struct emit *e)
{
	if (!e->pretty)
		return;
	segen_buf_puts(e->out, "\n");
	for (unsigned i = 0; i < e->depth; i++)
		segen_buf_puts(e->out, "\t");
}

/* What comes before a value: comma, line, key. */
static void lead(struct emit *e, const char *key)
{
	if (e->more)
		segen_buf_puts(e->out, ",");
	if (e->depth)
		new_line(e);
	e->more = true;
	if (!key)
		return;
	segen_json_quote(e->out, key);
	segen_buf_puts(e->out, e->pretty ? ": " : ":");
}

void emit_open(struct emit *e, const char *key, char bracket)
{
	lead(e, key);
	segen_buf_add(e->out, &bracket, 1);
	e->depth++;
	e->more = false;
}

/* Empty containers stay on one line. */
void emit_close(struct emit *e, char bracket)
{
	e->depth--;
	if (e->more)
		new_line(e);
	segen_buf_add(e->out, &bracket, 1);
	e->more = true;
}

void emit_string(struct emit *e, const char *key, const char *s)
{
	lead(e, key);
	segen_json_quote(e->out, s);
}

void emit_u64(struct emit *e, const char *key, uint64_t n)
{
	lead(e, key);
	segen_buf_printf(e->out, "%" PRIu64, n);
}

void emit_strings(struct emit *e, const char *key, char *const *v, size_t n)
{
	emit_open(e, key, '[');
	for (size_t i = 0; i < n; i++)
		emit_string(e, NULL, v[i]);
	emit_close(e, ']');
}

void emit_members(struct emit *e, struct json_object *v)
{
	if (!v)
		return;
	json_object_object_foreach(v, key, value) emit_json(e, key, value);
}

/* Depth is bounded: reading refuses deep documents. */
void emit_json(struct emit *e, const char *key, struct json_object *v)
{
	switch (json_object_get_type(v)) {
	case json_type_object:
		emit_open(e, key, '{');
		emit_members(e, v);
		emit_close(e, '}');
		return;
	case json_type_array:
		emit_open(e, key, '[');
		for (size_t i = 0; i < json_object_array_length(v); i++)
			emit_json(e, NULL, json_object_array_get_idx(v, i));
		emit_close(e, ']');
		return;
	case json_type_string: emit_string(e, key, json_object_get_string(v)); return;
	default:
		lead(e, key);
		segen_buf_puts(e->out,
			       json_object_to_json_string_ext(v, JSON_C_TO_STRING_PLAIN));
		return;
	}
}

void emit_end(struct emit *e)
{
	segen_buf_puts(e->out, "\n");
}
