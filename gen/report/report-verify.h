/*
 * report-verify.h: what a run under a profile was denied, for segen verify.
 */
#pragma once

#include "inspect/verify.h"
#include "report/layout.h"

/* What is said of the run as a whole. */
struct verify_run {
	const char *profile;	/* as it was named */
	const char *started_by; /* "Docker, runc", or NULL: on the host */
	int status;		/* the workload's own, as a shell shows it */
};

void report_verify_text(const struct layout *l, const struct verify *v,
			const struct segen_trace *t, const struct verify_run *run);
/* docs/verify.schema.json describes the document. */
void report_verify_json(struct segen_buf *out, const struct verify *v,
			const struct segen_trace *t, const struct verify_run *run);
