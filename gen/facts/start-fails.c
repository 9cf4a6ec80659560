/* start-fails.c: the rows of start-fails.def. */
#include "facts/start-fails.h"

#include <segen/util.h>

static const struct start_fact rows[] = {
#define NEEDS(part_, since_, when_, name_, says_) \
	{PART_##part_, (since_), (when_), #name_, (says_)},
#include "facts/start-fails.def"
#undef NEEDS
};

const struct start_fact *start_facts(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(rows);
	return rows;
}
