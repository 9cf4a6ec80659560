/*
 * runtime.h: segen in the place of a container runtime.
 *
 * Every command line goes to the real runtime, which takes this process over.  When it
 * starts a process in a container a recorder is there to watch (record.h); if that
 * cannot be, the container runs all the same.
 */
#pragma once

#include <segen/error.h>

#include <stdbool.h>

#define OCI_RUNTIME_NAME "segen-runtime"

/* Whether the program was called by that name. */
bool oci_is_runtime(const char *argv0);

/*
 * Whether @path, which an engine calls as a runtime, is segen-runtime, or a script that
 * calls it, as the manual page proposes.
 */
bool oci_is_runtime_program(const char *path);

/* Its path, beside this program; for the caller to free. */
char *oci_runtime_path(void);

/*
 * The exit status, with @err filled when it is segen that failed; does not return when
 * the runtime takes this process over.  @warn: a line for people.
 */
int oci_runtime(char **argv, void (*warn)(const char *fmt, ...), struct segen_error *err);
