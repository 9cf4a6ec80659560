/*
 * daemon-json.h: segen's entry in the configuration of Docker's daemon.
 *
 * Pure.  All else that is in the file stays as it is, but for the white space.
 */
#pragma once

#include <segen/error.h>
#include <segen/util.h>

#include <stdbool.h>

/* What containers name with --runtime. */
#define DAEMON_RUNTIME "segen"

/*
 * @text (may be empty) with the runtime at @path, or without it (NULL).  Returns 1 and
 * the new text in @out, 0 when there is nothing to change, -EINVAL when it is not the
 * configuration of a daemon or when segen cannot be taken out of it.
 */
int daemon_json_edit(const char *text, size_t len, const char *name, const char *path,
		     struct segen_buf *out, struct segen_error *err);

/*
 * Whether @text, which segen was taken out of, is what @before was, which it was once put
 * into; @before may be NULL, for no file at all.
 */
bool daemon_json_is_restored(const char *text, size_t len, const char *before,
			     size_t before_len);

/* The path that is registered, for the caller to free; NULL: none. */
int daemon_json_path(const char *text, size_t len, const char *name, char **ret,
		     struct segen_error *err);
