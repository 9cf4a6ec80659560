/*
 * target-trace.h: the container that a profile is for, as the trace knows it.
 */
#pragma once

#include "target/target.h"

#include <segen/trace.h>

/*
 * Give @t the bounding set that the trace's containers had, if they agree and if nobody
 * has said what it is to be.  Returns whether that was done.
 */
bool target_from_trace(struct target *t, const struct segen_trace *trace);
