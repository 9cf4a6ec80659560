/*
 * json-keys.h: the keys of one JSON object, to see whether one is there twice.
 *
 * There may be millions: eight bytes for each, and no search while they are collected.
 * Zero-initialised is empty.  Private to shared/json-*.c.
 */
#pragma once

#include <segen/json.h>

struct json_keys {
	struct json_key {
		uint32_t at, n : 31, escaped : 1;
	} * v;
	size_t n, cap;
};
void json_keys_done(struct json_keys *k);

/* @text is the document's, at most SEGEN_JSON_MAX long. */
void json_keys_add(struct json_keys *k, const char *text,
		   const struct segen_json_token *key);

/* The first key in @text that was there before, or NULL.  Changes the order of @k. */
const char *json_keys_second(struct json_keys *k, const char *text);
