/*
 * outfile.h: files that appear whole or not at all.
 *
 * Written beside the target, fsynced, renamed over it; the mode, owner and group of a
 * file that was there are kept as far as the caller may, and a symbolic link stays one.
 * A file that is read-only for the caller is not replaced.
 *
 * In a folder that all may write to, a link of another user is not followed, what is no
 * plain file is not written to, and a file is replaced by one of our own, with nothing
 * of the old one kept: it may be a trap.
 *
 * "-", "/dev/stdout" and "/dev/fd/N" are open descriptors and written to as they are.
 * What cannot be renamed over is written to directly: a device, a pipe, a file that is a
 * mount point.  A pipe without a reader raises SIGPIPE unless the program ignores it.
 */
#pragma once

#include <segen/error.h>

#include <stddef.h>

/* @mode: of a new file, less the umask. */
int segen_outfile_write(const char *path, const void *data, size_t len, unsigned mode,
			struct segen_error *err);

/*
 * Whether segen_outfile_write() could succeed: the directory exists and is writable.
 * Lets a long run fail before it starts.
 */
int segen_outfile_check(const char *path, struct segen_error *err);
