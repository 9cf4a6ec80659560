/*
 * report-why.h: why a call is in a profile or not, for segen why.
 */
#pragma once

#include "inspect/why.h"
#include "report/layout.h"

#include <segen/json-write.h>

/* @lines: the line of each rule's name, by profile and rule; 0: not known. */
struct why_lines {
	size_t (*line)(const void *ctx, size_t profile, const struct why_rule *r);
	const void *ctx;
};

void report_why_text(const struct layout *l, const struct why *w,
		     const struct why_lines *lines);
/* One call, as an object; @lines may be NULL. */
void report_why_put(struct segen_json_out *w, const struct why *y,
		    const struct why_lines *lines);
/* docs/why.schema.json */
void report_why_json(struct segen_buf *out, const struct why *v, size_t n,
		     const struct why_lines *lines);
