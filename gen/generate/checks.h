/*
 * checks.h: whether a container can start under a generated profile, and whether the
 * user's options had an effect.  Pure.
 */
#pragma once

#include "generate/arches.h"
#include "generate/report.h"
#include "generate/selection.h"

struct checks {
	const struct profile *base; /* as it was, without the policy's edits */
	const struct gen_policy *policy;
	const struct gen_arches *arches;
	const struct segen_trace *trace; /* NULL: the base was edited */
	const struct selection *selection;
};

/*
 * Warn of what @p refuses to a container like @target: calls of its runtime that are
 * asked for or were recorded, and calls that every program may make.
 */
void check_start(const struct checks *k, const struct profile *p,
		 const struct target *target, struct gen_report *report);

/*
 * Warn of each --deny and --tie that changes nothing, or allows what nothing else did,
 * and of each --allow that opens what speaks against the filter itself.
 */
void check_effect(const struct checks *k, struct gen_report *report);
