/* batch-program.c: names of programs and options of interpreters, from a table. */
#include "fast/batch-program.h"

#include <segen/util.h>

#include <fnmatch.h>
#include <string.h>

static const struct batch_program table[] = {
#define ONESHOT(glob, sample) {glob, sample},
#define INTERPRETER(glob, sample, code, module, kind)
#include "fast/batch-program.def"
#undef ONESHOT
#undef INTERPRETER
};

static const struct interpreter interpreter_table[] = {
#define LANGUAGE false
#define SHELL true
#define ONESHOT(glob, sample)
#define INTERPRETER(glob, sample, code, module, kind) {glob, sample, code, module, kind},
#include "fast/batch-program.def"
#undef ONESHOT
#undef INTERPRETER
};

const struct batch_program *batch_programs(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(table);
	return table;
}

const struct interpreter *interpreters(size_t *ret_n)
{
	*ret_n = ARRAY_SIZE(interpreter_table);
	return interpreter_table;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool matches(const char *glob, const char *s)
{
	return glob && fnmatch(glob, s, FNM_EXTMATCH) == 0;
}

bool is_batch_program(const char *path)
{
	const char *name = name_of(path);

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (matches(table[i].glob, name))
			return true;
	return false;
}

const struct interpreter *interpreter_find(const char *path)
{
	const char *name = name_of(path);

	for (size_t i = 0; i < ARRAY_SIZE(interpreter_table); i++)
		if (matches(interpreter_table[i].glob, name))
			return &interpreter_table[i];
	return NULL;
}

/*
 * The first word that is no option is taken for the script, even if it is an option's
 * argument: the answer is no then, as for everything that is not known.
 */
bool interpreter_is_batch(const struct interpreter *i, char *const argv[])
{
	for (size_t k = 1; argv[0] && argv[k]; k++) {
		const char *word = argv[k];

		if (word[0] != '-')
			return is_batch_program(word);
		if (matches(i->code, word))
			return !i->shell;
		if (matches(i->module, word))
			return argv[k + 1] && is_batch_program(argv[k + 1]);
	}
	return false;
}
