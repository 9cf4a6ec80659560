/*
 * record.h: the recorder of one container, or of one exec into it: a process of its
 * own that follows the runtime and leaves a trace in the state folder.
 */
#pragma once

#include "oci/cmdline.h"
#include "oci/conf.h"

#include <segen/error.h>

#include <stdbool.h>

/*
 * Start it for this process, which is about to become the runtime, the program @runtime.
 * @request: the folder of the request that there is for it (request.h), or NULL.  0, or
 * -errno: the container will not be recorded.
 */
int oci_record_start(const struct oci_cmdline *c, const struct oci_conf *conf,
		     const char *runtime, const char *request, struct segen_error *err);
