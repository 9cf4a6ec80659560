/*
 * sarif.h: SARIF 2.1.0 documents (docs.oasis-open.org/sarif/sarif/v2.1.0): one run of
 * segen, its rules, and results at places.
 */
#pragma once

#include <segen/json-write.h>

struct sarif_rule {
	const char *id, *what, *why, *url;
};

struct sarif_result {
	const char *rule;  /* its id */
	const char *level; /* "error", "warning", "note" */
	const char *text;
	const char *file;
	size_t line; /* 0: the whole file */
};

/* Rules first, then results, then the end. */
void sarif_begin(struct segen_json_out *w, const struct sarif_rule *rules, size_t n);
void sarif_add(struct segen_json_out *w, const struct sarif_result *r);
void sarif_end(struct segen_json_out *w);
