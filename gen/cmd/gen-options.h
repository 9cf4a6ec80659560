/*
 * gen-options.h: the options that shape a profile, for every verb that makes one.
 *
 * A verb embeds a struct gen_opts, set up by gen_opts_init(), and has two groups:
 * gen_options at its offset, and GEN_TARGET_OPTIONS at that of its policy.target.
 */
#pragma once

#include "cli/cmd.h"
#include "generate/policy.h"
#include "cmd/target-options.h"

struct gen_opts {
	struct gen_policy policy;
	const char *base; /* for base_load(); borrowed from argv */
};
void gen_opts_init(struct gen_opts *o);
void gen_opts_done(struct gen_opts *o);

#define GEN_OPTIONS_N 14
extern const struct option_row gen_options[GEN_OPTIONS_N];

/* --arch is a list here, so the target's own row, the first, is left out. */
#define GEN_TARGET_OPTIONS (target_options + 1)
#define GEN_TARGET_OPTIONS_N (TARGET_OPTIONS_N - 1)
#define GEN_OPTIONS_TITLE "the profile"
