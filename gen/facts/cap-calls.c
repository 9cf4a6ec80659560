/* cap-calls.c: the rows of cap-calls.def. */
#include "facts/cap-calls.h"

#include <segen/util.h>

static const struct cap_call rows[] = {
#define CAP_CALL(cap_, call_) {#cap_, #call_},
#include "facts/cap-calls.def"
#undef CAP_CALL
};

const struct cap_call *cap_calls(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(rows);
	return rows;
}
