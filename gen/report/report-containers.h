/*
 * report-containers.h: what runs, a line each, for segen audit --all-containers.
 */
#pragma once

#include "inspect/audit.h"
#include "report/layout.h"

struct container_line {
	const char *engine, *name, *image;
	const char *profile; /* as the engine says: "default", "custom", "unconfined" */
	int pid;
	bool known;	/* its filters could be read; else the rest means nothing */
	size_t filters; /* that it is under, stacked */
	struct exposure exposure; /* what all of them leave */
};

void report_containers_text(const struct layout *l, const struct container_line *v,
			    size_t n);
/* docs/audit.schema.json */
void report_containers_json(struct segen_buf *out, const struct container_line *v,
			    size_t n);
