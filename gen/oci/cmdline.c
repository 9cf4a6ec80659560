/* cmdline.c: reads the command line of runc and crun. */
#include "oci/cmdline.h"

#include <segen/util.h>

#include <string.h>

/*
 * The options that take a value, of all verbs that are looked into: runc(8) and its
 * pages for create, run and exec; crun(1).  Any other is a flag.
 */
static const struct {
	const char *name;
	char letter;
} with_value[] = {
	{"root", 0},	       {"log", 0},	{"log-format", 0},
	{"log-level", 0},      {"criu", 0},	{"rootless", 0},
	{"cgroup-manager", 0}, {"bundle", 'b'}, {"config", 'f'},
	{"console-socket", 0}, {"pid-file", 0}, {"preserve-fds", 0},
	{"process", 'p'},      {"cwd", 0},	{"env", 'e'},
	{"user", 'u'},	       {"cap", 'c'},	{"additional-gids", 'g'},
	{"process-label", 0},  {"apparmor", 0}, {"cgroup", 0},
};

struct option {
	const char *name; /* of the table; NULL: a flag */
	const char *value;
	bool separate; /* the value is the next word */
};

/* One or two dashes, as Go programs take them, "--name=value", "-n value", "-nvalue". */
static struct option read_option(const char *word, const char *next)
{
	const char *text = word + (word[1] == '-' ? 2 : 1);
	size_t n = strcspn(text, "=");

	for (size_t i = 0; i < ARRAY_SIZE(with_value); i++) {
		const char *name = with_value[i].name;

		if (strlen(name) != n || strncmp(name, text, n) != 0)
			continue;
		if (text[n])
			return (struct option){name, text + n + 1, false};
		return (struct option){name, next, true};
	}
	for (size_t i = 0; word[1] != '-' && i < ARRAY_SIZE(with_value); i++) {
		if (!with_value[i].letter || with_value[i].letter != *text)
			continue;
		if (text[1])
			return (struct option){with_value[i].name,
					       text + (text[1] == '=' ? 2 : 1), false};
		return (struct option){with_value[i].name, next, true};
	}
	return (struct option){};
}

static void take_option(struct oci_cmdline *c, const struct option *o)
{
	if (!o->name)
		return;
	if (!strcmp(o->name, "bundle"))
		c->bundle = o->value;
	else if (!strcmp(o->name, "process"))
		c->process = o->value;
}

/* The first word of @argv that is no option, or its end. */
static char *const *skip_options(char *const *argv, struct oci_cmdline *c)
{
	while (*argv && (*argv)[0] == '-' && (*argv)[1]) {
		struct option o;

		if (!strcmp(*argv, "--"))
			return argv + 1;
		o = read_option(*argv, argv[1]);
		take_option(c, &o);
		argv += o.separate && argv[1] ? 2 : 1;
	}
	return argv;
}

void oci_cmdline_parse(char *const *argv, struct oci_cmdline *ret)
{
	*ret = (struct oci_cmdline){};
	if (!*argv)
		return;
	argv = skip_options(argv + 1, ret);
	if (!*argv)
		return;
	ret->verb = *argv;
	argv = skip_options(argv + 1, ret);
	if (!*argv)
		return;
	ret->id = *argv;
	/* crun and runc take options after the id, too, where no command follows. */
	ret->words = argv + 1;
	if (strcmp(ret->verb, "exec") != 0)
		skip_options(argv + 1, ret);
}

bool oci_cmdline_creates(const struct oci_cmdline *c)
{
	return c->verb && c->id &&
	       (!strcmp(c->verb, "create") || !strcmp(c->verb, "run"));
}

bool oci_cmdline_starts(const struct oci_cmdline *c)
{
	return oci_cmdline_creates(c) || (c->verb && c->id && !strcmp(c->verb, "exec"));
}
