/*
 * base.h: base profiles: the embedded one, and where others are found.
 */
#pragma once

#include "profile/profile.h"

/* Docker's default profile, built from base.def (the fact table).  Cannot fail. */
void base_default(struct profile *ret);

/*
 * "docker" (embedded), "docker-20.10" (embedded, as of that Engine), "podman" (the file
 * that podman installs under /usr/share/containers), or a file's path.
 */
int base_load(const char *spec, struct profile *ret, struct segen_strset *notes,
	      struct segen_error *err);
