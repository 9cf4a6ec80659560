/*
 * request.h: what somebody who has an engine run a container wants of its recorder.
 *
 * The runtime is started by the engine and sees nothing of the client.  So the client
 * leaves a folder STATE/requests/NAME with the options, and lets the engine's client
 * write the container's id into it (--cidfile), which it does before it starts the
 * container. The runtime looks for the folder with its container's id.
 */
#pragma once

#include <segen/error.h>
#include <segen/trace.h>

struct oci_request {
	bool full; /* stop at every call */
	bool args; /* let every argument that matters go by value only */
	bool no_stacks;
	unsigned patience; /* 0: as it is best */
	struct segen_trace known;
};
void oci_request_done(struct oci_request *r);
/* Nothing but what is usual. */
bool oci_request_is_empty(const struct oci_request *r);

/*
 * Leave a request; the folder's path, for the caller to free.  @cidfile: where the id
 * will be, when not in the folder's file "cid"; may be NULL.  *@ret is NULL on failure.
 */
int oci_request_leave(const char *state, struct oci_request *r, const char *cidfile,
		      char **ret, struct segen_error *err);
/* Where the id belongs, for the caller to free. */
char *oci_request_cidfile(const char *dir);
void oci_request_remove(const char *dir);

/*
 * The request for container @id; zeros when there is none.  Returns 1, 0, or -errno:
 * there is one, but it cannot be read.
 */
int oci_request_find(const char *state, const char *id, struct oci_request *ret,
		     struct segen_error *err);

/* The folder in which requests can be left by the group docker. */
int oci_request_make_room(const char *state, struct segen_error *err);
