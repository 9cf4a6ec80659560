/* cmds.c: the table of verbs. */
#include "cli/cmd.h"

#include <segen/util.h>

#include <string.h>

#define VERB(name) extern const struct cmd cmd_##name;
#include "cmd/verbs.def"
#undef VERB

static const struct cmd *const table[] = {
#define VERB(name) &cmd_##name,
#include "cmd/verbs.def"
#undef VERB
};

const struct cmd *const *cmds(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(table);
	return table;
}

const struct cmd *cmd_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strcmp(table[i]->name, name) == 0)
			return table[i];
	return NULL;
}
