/*
 * trace-compose.h: segen trace -- docker compose up: a trace and a profile per service.
 */
#pragma once

#include "cmd/trace-options.h"
#include "container/compose-run.h"
#include "profile/profile.h"

/* What puts the profiles to use, beside them. */
#define COMPOSE_OVERRIDE "segen.override.yaml"

/*
 * Run @argv, write SERVICE.trace.json and SERVICE.seccomp.json for each service that was
 * recorded, into the folder --output, and COMPOSE_OVERRIDE.  *@ret_status: the client's.
 * Errors as compose_run(); -ENODATA: nothing was recorded.
 */
int trace_compose(const struct trace_opts *o, const struct profile *base,
		  const struct oci_request *request, char *const *argv,
		  const struct compose_cmdline *c, int *ret_status,
		  struct segen_error *err);
