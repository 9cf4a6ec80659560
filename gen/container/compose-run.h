/*
 * compose-run.h: have Compose run its services under segen-runtime, and fetch what was
 * recorded of each.
 */
#pragma once

#include "container/compose-cmdline.h"
#include "oci/request.h"

#include <segen/error.h>
#include <segen/trace.h>

struct compose_service {
	char *name;
	char *request;		  /* the folder of its request, as long as it runs */
	struct segen_trace trace; /* of all its containers; empty: none was recorded */
	unsigned lost;		  /* recordings that were interrupted */
};

struct compose_result {
	int status; /* of the client, as a shell shows it */
	struct compose_service *services;
	size_t n;
};
void compose_result_done(struct compose_result *r);

/*
 * Run the client with its own stdio until it ends, each service with the runtime segen
 * and a request like @request, and collect what was recorded; of services in the
 * background when they have stopped.  @for_ms: have them stopped after this long; 0:
 * never.
 */
int compose_run(char *const *argv, const struct compose_cmdline *c,
		const struct oci_request *request, uint64_t for_ms,
		struct compose_result *ret, struct segen_error *err);
