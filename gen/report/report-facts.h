/*
 * report-facts.h: what is known of calls, for segen facts.
 */
#pragma once

#include "inspect/sheet.h"
#include "report/layout.h"

void report_facts_text(const struct layout *l, const struct sheet *s);
/* One document for all sheets: docs/facts.schema.json. */
void report_facts_json(struct segen_buf *out, const struct sheet *v, size_t n);
