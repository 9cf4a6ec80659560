/*
 * profile-notes.h: what engines and runtimes ignore in a valid profile.
 */
#pragma once

#include "profile/profile.h"

/*
 * Add a sentence for each thing that an engine or a runtime ignores or understands in
 * another way: dialect keys, unknown calls, rules without effect.  Pure.
 */
void profile_notes(const struct profile *p, struct segen_strset *notes);
