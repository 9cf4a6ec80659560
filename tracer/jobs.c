/* jobs.c: names. */
#include "jobs.h"

#include <segen/util.h>

#include <fnmatch.h>
#include <string.h>

static const struct job table[] = {
#define JOB(glob, sample) {glob, sample},
#include "jobs.def"
#undef JOB
};

const struct job *jobs(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(table);
	return table;
}

bool is_job(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (fnmatch(table[i].glob, name, 0) == 0)
			return true;
	return false;
}
