/*
 * audit-containers.h: segen audit --all-containers.
 */
#pragma once

#include "cmd/report-options.h"
#include "target/target.h"

/* Prints a line for each container that runs; -EINVAL: not in this format. */
int audit_containers(const struct target *t, enum report_format format,
		     enum terminal_color color, struct segen_error *err);
