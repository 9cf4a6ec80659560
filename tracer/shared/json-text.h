/*
 * json-text.h: characters: what may stand in a JSON string, and in a message.
 *
 * Private to tracer/.
 */
#pragma once

#include <segen/error.h>
#include <segen/util.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Move *@at over characters until a closing quote, @end, or something wrong, which is
 * returned in words; NULL otherwise.  *@escaped is set when there was an escape.
 */
const char *json_string_run(const char **at, const char *end, bool *escaped);

/* Append ".key", or "[\"odd key\"]", as paths in messages have it. */
void json_path_key(struct segen_buf *out, const char *key);

/*
 * Fill @err with "<where>: <path>: <message>" and return -EINVAL.  What comes from a
 * document may be long and full of control characters: each part is cut to a length
 * that leaves room for the others, and control characters are escaped.
 */
int json_fail(struct segen_error *err, const char *where, const char *path,
	      const char *fmt, va_list ap) __attribute__((format(printf, 4, 0)));
