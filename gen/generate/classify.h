/*
 * classify.h: how the base treats each observed call: allowed, gated, masked, refused,
 * unknown (docs/glossary.md).  Pure.
 */
#pragma once

#include "answer/gate-space.h"
#include "answer/rule-index.h"
#include "generate/arches.h"
#include "generate/report.h"

struct classifier {
	const struct rule_index *base;
	const struct gen_arches *arches;
	struct gate_scope scope; /* gates open, conditions as they are */
};

/* Judge all calls of @t into @ret, sorted by ABI, then name; in_profile is left out. */
void classify(const struct classifier *k, const struct segen_trace *t,
	      struct gen_report *ret);
