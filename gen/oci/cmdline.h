/*
 * cmdline.h: what an engine asks of an OCI runtime, as far as segen has to know.
 *
 * Pure.  The command line is that of runc and crun; it is passed on as it came, whatever
 * is found in it.
 */
#pragma once

#include <stdbool.h>

/* Borrowed from argv; NULL: not there. */
struct oci_cmdline {
	const char *verb; /* "create", "exec", "state", … */
	const char *id;
	const char *bundle;  /* create, run: --bundle */
	const char *process; /* exec: --process */
	char *const *words;  /* exec: the command after the id; may be empty */
};

/* Parse @argv[1..]; NULL-terminated. */
void oci_cmdline_parse(char *const *argv, struct oci_cmdline *ret);

/* Whether the verb makes a container: create, run. */
bool oci_cmdline_creates(const struct oci_cmdline *c);

/* Whether the verb starts a process in a container: create, run, exec. */
bool oci_cmdline_starts(const struct oci_cmdline *c);
