/*
 * report-page.h: an audit as one HTML file that needs nothing else.
 *
 * The document that report_audit_json() writes, a script that shows it, and the profiles
 * for download.  The page's own parts are report/page/: its text, style and script, put
 * together by embed.py when segen is built.
 */
#pragma once

#include "report/report-audit.h"

/* The text of a profile, for download. */
struct page_profile {
	const char *path;
	const char *text; /* JSON */
};

/* @profiles: one for each of @a. */
void report_page(struct segen_buf *out, const struct audited *a,
		 const struct page_profile *profiles);
