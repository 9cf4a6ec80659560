/*
 * fuzz-tracefile.c: whatever is read as a trace is written as one that is read as the
 * same, and merging it into itself changes nothing.
 */
#include <segen/tracefile.h>

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static bool read_again(const struct segen_buf *text, struct segen_buf *ret)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};

	if (segen_tracefile_parse(text->s, text->len, "again", &t, NULL) < 0)
		return false;
	/* The same runs and calls twice. */
	if (segen_tracefile_parse(text->s, text->len, "again", &t, NULL) < 0)
		return false;
	segen_tracefile_format(&t, ret);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	_cleanup_(segen_buf_done) struct segen_buf first = {}, second = {};
	struct segen_error err;

	if (segen_tracefile_parse((const char *)data, size, "fuzz", &t, &err) < 0)
		return 0;
	segen_tracefile_format(&t, &first);
	if (!read_again(&first, &second) || first.len != second.len ||
	    memcmp(first.s, second.s, first.len) != 0)
		abort();
	return 0;
}
