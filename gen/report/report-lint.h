/*
 * report-lint.h: what is wrong with profiles, for segen lint.
 */
#pragma once

#include "inspect/lint.h"
#include "report/layout.h"

/* A file and what was found in it. */
struct linted {
	const char *path;
	struct lint lint;
};

void report_lint_text(const struct layout *l, const struct linted *v, size_t n);
/* docs/lint.schema.json */
void report_lint_json(struct segen_buf *out, const struct linted *v, size_t n);
/* SARIF 2.1.0, as code hosts show it beside the lines. */
void report_lint_sarif(struct segen_buf *out, const struct linted *v, size_t n);
