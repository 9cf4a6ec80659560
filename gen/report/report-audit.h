/*
 * report-audit.h: what profiles expose and what of it was used, for segen audit.
 *
 * The JSON document is what a page embeds as well.
 */
#pragma once

#include "inspect/audit.h"
#include "inspect/diff.h"
#include "inspect/every-call.h"
#include "inspect/seccomp-log.h"
#include "report/layout.h"

#include <segen/json-write.h>

/* What JSON and the page tell beyond the text, of one profile. */
struct audit_more {
	const struct every_call *calls; /* NULL: not asked for */
	const struct answers *answers;
	const struct diff *diff; /* from @against to it; NULL: none */
	const char *against;
};

struct audited {
	const struct audit *v;
	const struct audit_more *more; /* as @v, or NULL */
	size_t n;
	const struct segen_trace *trace; /* all traces together; NULL: none */
	const struct seccomp_log *log;	 /* NULL: none was read */
	const struct profile *docker;	 /* for what the log names */
};

void report_audit_text(const struct layout *l, const struct audited *a);
/* docs/audit.schema.json */
void report_audit_json(struct segen_buf *out, const struct audited *a);
/* The same document as a value. */
void report_audit_put(struct segen_json_out *w, const struct audited *a);
/* Members on the runs and on what was denied in them: "recorded", "denied". */
void report_recorded_put(struct segen_json_out *w, const struct segen_trace *t);
void report_audit_sarif(struct segen_buf *out, const struct audited *a);
/* For a comment at a pull request. */
void report_audit_markdown(struct segen_buf *out, const struct audited *a);

/* Sentences that several of these share; appended. */
void audit_words_coverage(struct segen_buf *out, const struct coverage *c);
void audit_words_log(struct segen_buf *out, const struct log_entry *e,
		     const struct profile *docker);
