/*
 * json-text.h: what may stand inside a JSON string.
 *
 * Private to tracer/: the part of json-scan.h that deals with characters.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Move *@at over characters until a closing quote, @end, or something wrong, which is
 * returned in words; NULL otherwise.  *@escaped is set when there was an escape.
 */
const char *json_string_run(const char **at, const char *end, bool *escaped);
