/*
 * report-audit.h: what profiles expose and what of it was used, for segen audit.
 *
 * The JSON document is what a page embeds as well.
 */
#pragma once

#include "inspect/audit.h"
#include "inspect/seccomp-log.h"
#include "report/layout.h"

struct audited {
	const struct audit *v;
	size_t n;
	const struct seccomp_log *log; /* NULL: none was read */
	const struct profile *docker;  /* for what the log names */
};

void report_audit_text(const struct layout *l, const struct audited *a);
/* docs/audit.schema.json */
void report_audit_json(struct segen_buf *out, const struct audited *a);
void report_audit_sarif(struct segen_buf *out, const struct audited *a);
/* For a comment at a pull request. */
void report_audit_markdown(struct segen_buf *out, const struct audited *a);

/* Sentences that several of these share; appended. */
void audit_words_coverage(struct segen_buf *out, const struct coverage *c);
void audit_words_log(struct segen_buf *out, const struct log_entry *e,
		     const struct profile *docker);
