/*
 * container-run.h: have an engine run a container under segen-runtime, and fetch what was
 * recorded.
 */
#pragma once

#include "container/engine-cmdline.h"
#include "oci/request.h"

#include <segen/error.h>
#include <segen/trace.h>

struct container_opts {
	struct oci_request *request; /* to the recorder; not changed but for its facts */
	uint64_t for_ms; /* have the engine stop it after this long; 0: never */
	/* Take what was recorded of a container whose workload was never started. */
	bool failed_starts;
};

struct container_result {
	int status;			   /* of the client, as a shell shows it */
	bool recorded;			   /* there is a new run in the trace */
	struct segen_error why;		   /* if not: what was in the way */
	char run_id[SEGEN_RUN_ID_LEN + 1]; /* the container's own */
	unsigned lost;			   /* recordings that were interrupted */
};

/*
 * Run the client with its own stdio until it ends, and add the recordings to @t; those of
 * a container in the background when it has stopped.  The container is recorded with the
 * real runtime that the engine would use.  -ENOENT: there is no such client; -ENOTSUP:
 * its runtime cannot be recorded; otherwise as oci_request_leave() and
 * oci_state_collect().
 */
int container_run(char *const *argv, const struct engine_cmdline *c,
		  const struct container_opts *opts, struct segen_trace *t,
		  struct container_result *ret, struct segen_error *err);
