/*
 * state.h: where the traces of containers are kept until somebody collects them.
 *
 * STATE/ID/NAME.trace.json is a finished recording; there is one for the container and
 * one for each exec into it, in the order of their names.  STATE/ID/NAME.part is locked
 * as long as its recorder lives.  The folders are for root and the group docker only.
 *
 * Whatever a member of the group may have put in the place of a folder is not followed:
 * root writes into folders of its own only.
 */
#pragma once

#include <segen/error.h>
#include <segen/trace.h>
#include <segen/util.h>

/* What is made in the folders belongs to their group; who is in it may take it away. */
#define OCI_STATE_DIR_MODE 02770
/* No container's: STATE/requests (request.h), STATE/runtimes (below). */
#define OCI_STATE_REQUESTS "requests"
#define OCI_STATE_RUNTIMES "runtimes"

/* Longer ids are nobody's: runc and crun make folders of them, too. */
#define OCI_ID_MAX 200

/*
 * Make a folder, unless it is there; root's is for the group docker, too.  -ENOTDIR: it
 * is something else, or a link; -EPERM: root finds another user's.
 */
int oci_state_make_dir(const char *path, unsigned mode, struct segen_error *err);
/* The paths of the files in @dir that end so, hidden ones aside; none without @dir. */
void oci_state_list(const char *dir, const char *end, struct segen_strset *ret);

/* One recording that is under way. */
struct oci_part {
	char *path; /* of the .part file, by way of @dir */
	int fd, dir;
};

/*
 * Begin a recording of container @id.  -EINVAL: no runtime takes such an id.  A part
 * that was never begun must have its descriptors -1.
 */
int oci_part_begin(const char *state, const char *id, struct oci_part *ret,
		   struct segen_error *err);
/* The file for the finished trace, for the caller to free. */
char *oci_part_trace_path(const struct oci_part *p);
/* After the trace has been written; if there is none, nothing of the folder is left. */
void oci_part_end(struct oci_part *p);

/*
 * Add all recordings of container @id (or the only one whose id begins so) to @t,
 * waiting up to @wait_ms for those that are under way.  Returns how many there were;
 * *@ret_lost: recorders that died.  -ENOENT: nothing was recorded; -EBUSY: still running.
 */
int oci_state_collect(const char *state, const char *id, unsigned wait_ms,
		      struct segen_trace *t, unsigned *ret_lost, struct segen_error *err);
/* What there is of one container. */
struct oci_state_entry {
	char *id;
	unsigned finished, running, lost; /* recordings */
	long long since;		  /* when the first began, milliseconds */
};
/* All containers, the oldest first; the array is the caller's. */
void oci_state_entries(const char *state, struct oci_state_entry **ret, size_t *ret_n);
void oci_state_entries_done(struct oci_state_entry *entries, size_t n);

/* Forget what was collected. */
void oci_state_remove(const char *state, const char *id);

/*
 * The real runtime of a container: what it is asked later must go to the same.  NULL as
 * @path: forget it.  Always in the usual state folder, as engines give one call of the
 * runtime more of an environment than another.
 */
int oci_state_note_runtime(const char *id, const char *path, struct segen_error *err);
/* For the caller to free; NULL: nothing was noted. */
char *oci_state_runtime(const char *id);
