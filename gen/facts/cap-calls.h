/*
 * cap-calls.h: calls by which a capability shows (cap-calls.def).
 */
#pragma once

#include <stddef.h>

struct cap_call {
	const char *cap, *call;
};
const struct cap_call *cap_calls(size_t *ret_n);
