/*
 * target-options.h: --arch, --caps, --cap-add, --cap-drop, --kernel, --engine.
 *
 * Rows that verbs share; their group's offset is that of a struct target, set up by
 * target_init_default().  --arch comes first, for verbs that have one of their own.
 */
#pragma once

#include "cli/cmd.h"

#define TARGET_OPTIONS_N 6
extern const struct option_row target_options[TARGET_OPTIONS_N];
#define TARGET_OPTIONS_TITLE "the container it is meant for"
