/*
 * request.h: what somebody who has an engine run a container wants of its recorder.
 *
 * The runtime is started by the engine and sees nothing of the client.  So the client
 * leaves a folder STATE/requests/NAME with the options, and lets the engine's client
 * write the container's id into it (--cidfile), which it does before it starts the
 * container.  The runtime looks for the folder with its container's id, and writes the
 * id into it a second time: the engine may remove its own file with the container.
 *
 * The folders belong to other users, who may put anything there: files are opened
 * without following links or waiting, except for the id, which may be linked to.
 */
#pragma once

#include <segen/error.h>
#include <segen/trace.h>

struct oci_request {
	bool full; /* stop at every call */
	bool args; /* let every argument that matters go by value only */
	bool no_stacks;
	unsigned patience; /* 0: as it is best */
	char *runtime;	   /* path of the real one; NULL: as configured (conf.h) */
	char *engine;	   /* that starts the container: "docker", …; NULL: not known */
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
/* The container that the request was for, for the caller to free; NULL: none so far. */
char *oci_request_id(const char *dir);
void oci_request_remove(const char *dir);

/* The folder of the request for container @id, for the caller to free; NULL: none. */
char *oci_request_find(const char *state, const char *id);
/* The folder of the request with this name, which is from outside; as above. */
char *oci_request_named(const char *state, const char *name);
/* Write the id into the folder.  Whether that can be is nobody's concern. */
void oci_request_claim(const char *dir, const char *id);
/* All containers that have claimed it. */
void oci_request_ids(const char *dir, struct segen_strset *ret);
/* Whether the runtime was called for it. */
bool oci_request_is_claimed(const char *dir);
/* Its options, and (unless @known is false) what is known. */
int oci_request_read(const char *dir, bool known, struct oci_request *ret,
		     struct segen_error *err);

/* The folder in which requests can be left by the group docker. */
int oci_request_make_room(const char *state, struct segen_error *err);
