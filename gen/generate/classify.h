/*
 * classify.h: how the base treats each observed call (DESIGN: the five classes).
 */
#pragma once

#include "generate/arches.h"
#include "answer/cells.h"
#include "generate/report.h"
#include "answer/rule-index.h"

struct classifier {
	const struct rule_index *base;
	const struct gen_arches *arches;
	struct cells_for how; /* gates open, nothing fixed */
};

/* Judge all calls of @t into @ret, sorted by ABI, then name; in_profile is left out. */
void classify(const struct classifier *k, const struct segen_trace *t,
	      struct gen_report *ret);
