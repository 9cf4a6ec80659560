/* oneshot.c: names. */
#include "oneshot.h"

#include <segen/util.h>

#include <fnmatch.h>
#include <string.h>

static const struct oneshot table[] = {
#define ONESHOT(glob, sample) {glob, sample},
#include "oneshot.def"
#undef ONESHOT
};

const struct oneshot *oneshots(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(table);
	return table;
}

bool is_oneshot(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (fnmatch(table[i].glob, name, 0) == 0)
			return true;
	return false;
}
