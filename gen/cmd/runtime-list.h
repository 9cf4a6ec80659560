/*
 * runtime-list.h: segen runtime --list and --collect: what containers have left.
 *
 * The list is added to @out.
 */
#pragma once

#include <segen/error.h>
#include <segen/util.h>

#include <stdbool.h>

struct collect_opts {
	const char *id;	    /* of the container; COLLECT_ALL: all that have stopped */
	const char *output; /* a file; for all of them also a folder, a file for each */
	bool keep;	    /* do not remove what was collected */
};
#define COLLECT_ALL "--all"

int runtime_list(struct segen_buf *out, struct segen_error *err);
int runtime_collect(const struct collect_opts *o, struct segen_error *err);
