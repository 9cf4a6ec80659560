/*
 * outfile.h: files that appear whole or not at all.
 *
 * Written beside the target, fsynced, renamed over it; the mode and owner of a file that
 * was there are kept.  "-" is standard output; a target that is no regular file (a
 * device, a pipe) is written to directly.
 */
#pragma once

#include <segen/error.h>

#include <stddef.h>

int segen_outfile_write(const char *path, const void *data, size_t len,
			struct segen_error *err);

/*
 * Whether segen_outfile_write() could succeed: the directory exists and is writable.
 * Lets a long run fail before it starts.
 */
int segen_outfile_check(const char *path, struct segen_error *err);
