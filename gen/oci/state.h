/*
 * state.h: where the traces of containers are kept until somebody collects them.
 *
 * STATE/ID/NAME.trace.json is a finished recording; there is one for the container and
 * one for each exec into it.  STATE/ID/NAME.part is locked as long as its recorder lives.
 * The folders are for root and the group docker only.
 */
#pragma once

#include <segen/error.h>
#include <segen/trace.h>
#include <segen/util.h>

/* What is made in the folders belongs to their group; who is in it may take it away. */
#define OCI_STATE_DIR_MODE 02770
/* STATE/requests: no container's (request.h). */
#define OCI_STATE_REQUESTS "requests"

/* Make a folder, unless it is there; root's is for the group docker, too. */
int oci_state_make_dir(const char *path, unsigned mode, struct segen_error *err);
/* The paths of the files in @dir that end so, hidden ones aside; none without @dir. */
void oci_state_list(const char *dir, const char *end, struct segen_strset *ret);

/* One recording that is under way. */
struct oci_part {
	char *path; /* of the .part file */
	int fd;
};

/*
 * Begin a recording of container @id.  -EINVAL: that is no name for a folder.  A part
 * that was never begun must have fd -1.
 */
int oci_part_begin(const char *state, const char *id, struct oci_part *ret,
		   struct segen_error *err);
/* The file for the finished trace, for the caller to free. */
char *oci_part_trace_path(const struct oci_part *p);
/* After the trace has been written, or if there is none. */
void oci_part_end(struct oci_part *p);

/*
 * Add all recordings of container @id (or the only one whose id begins so) to @t,
 * waiting up to @wait_ms for those that are under way.  Returns how many there were;
 * *@ret_lost: recorders that died.  -ENOENT: nothing was recorded; -EBUSY: still running.
 */
int oci_state_collect(const char *state, const char *id, unsigned wait_ms,
		      struct segen_trace *t, unsigned *ret_lost, struct segen_error *err);
/* Forget what was collected. */
void oci_state_remove(const char *state, const char *id);
