/*
 * start-fails.h: without which calls a runtime does not start (start-fails.def).
 */
#pragma once

#include "facts/facts.h"

struct start_fact {
	enum floor_part part;
	const char *since; /* first version, "1.2.8" */
	unsigned when;	   /* WHEN_RUN, WHEN_RUN_NNP */
	const char *name;
	const char *says; /* what the engine prints */
};
const struct start_fact *start_facts(size_t *ret_n);
