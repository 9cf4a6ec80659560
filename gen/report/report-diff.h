/*
 * report-diff.h: how two profiles or two traces differ, for segen diff.
 */
#pragma once

#include "inspect/diff.h"
#include "report/layout.h"

#include <segen/json-write.h>

void report_diff_text(const struct layout *l, const struct diff *d);
/* The members of the document that report_diff_json() writes. */
void report_diff_put(struct segen_json_out *w, const struct diff *d);
void report_diff_json(struct segen_buf *out, const struct diff *d);
void report_trace_diff_text(const struct layout *l, const struct trace_diff *d);
/* docs/diff.schema.json describes both documents. */
void report_trace_diff_json(struct segen_buf *out, const struct trace_diff *d);
