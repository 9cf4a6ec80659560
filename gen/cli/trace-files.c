/* trace-files.c: names of files. */
#include "cli/trace-files.h"

#include <segen/util.h>

#include <string.h>

static char *last_part(const char *path)
{
	size_t n = strlen(path);
	size_t start;

	while (n && path[n - 1] == '/')
		n--;
	start = n;
	while (start && path[start - 1] != '/')
		start--;
	return n > start ? xstrndup(path + start, n - start) : xstrdup("command");
}

/* The path without @end; NULL when it does not end so, or is nothing else. */
static char *without(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);

	if (n <= m || path[n - m - 1] == '/' || strcmp(path + n - m, end) != 0)
		return NULL;
	return xstrndup(path, n - m);
}

static char *profile_beside(const char *trace)
{
	_cleanup_free_ char *stem = without(trace, ".trace.json");

	if (!stem)
		stem = without(trace, ".json");
	return xasprintf("%s.seccomp.json", stem ? stem : trace);
}

void trace_files_init(struct trace_files *f, const char *command, const char *trace,
		      const char *profile)
{
	f->name = last_part(command);
	f->trace = trace ? xstrdup(trace) : xasprintf("%s.trace.json", f->name);
	if (profile)
		f->profile = xstrdup(profile);
	else if (trace && strcmp(trace, "-") != 0)
		f->profile = profile_beside(trace);
	else
		f->profile = xasprintf("%s.seccomp.json", f->name);
}

char *trace_files_image_name(const char *image)
{
	const char *slash = strrchr(image, '/');
	const char *name = slash ? slash + 1 : image;

	const char *tag = strchr(name, ':');
	size_t n = strcspn(name, ":@");
	size_t tag_n = tag && tag == name + n ? strcspn(tag + 1, "@") : 0;

	if (!tag_n ||
	    (tag_n == strlen("latest") && strncmp(tag + 1, "latest", tag_n) == 0))
		return xstrndup(name, n);
	return xasprintf("%.*s-%.*s", (int)n, name, (int)tag_n, tag + 1);
}

/* Programs that run what another file holds. */
static bool is_interpreter(const char *name)
{
	static const char *const names[] = {
		"sh",	"bash", "dash", "ash", "ksh", "zsh",   "busybox", "python",
		"perl", "ruby", "node", "php", "lua", "tclsh", "Rscript", "awk",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n = strlen(names[i]);

		/* "python3", "python3.11", "php8.2" */
		if (strncmp(name, names[i], n) == 0 &&
		    !name[n + strspn(name + n, "0123456789.")])
			return true;
	}
	return false;
}

/* Words of the shell itself: the program comes later, if at all. */
static bool is_shell_word(const char *word, size_t n)
{
	static const char *const words[] = {
		".",	  "case",  "cd",     "command", "echo",	    "env",   "eval",
		"exec",	  "exit",  "export", "for",	"function", "if",    "kill",
		"printf", "read",  "set",    "sleep",	"test",	    "time",  "trap",
		"ulimit", "umask", "unset",  "until",	"wait",	    "while",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strlen(words[i]) == n && memcmp(words[i], word, n) == 0)
			return true;
	return false;
}

/* The program that a script on the command line begins with, or NULL. */
static char *first_program(const char *script)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./+-";
	size_t n;

	script += strspn(script, " \t\n");
	n = strspn(script, plain);
	if (!n || !strchr(" \t\n;|&<>", script[n]) || is_shell_word(script, n))
		return NULL;
	return xstrndup(script, n);
}

/* "app.py" is "app"; a name that begins with a dot keeps it. */
static char *script_name(const char *path)
{
	char *name = last_part(path);
	char *dot = strrchr(name, '.');

	if (dot && dot != name)
		*dot = '\0';
	return name;
}

char *trace_files_command_name(char *const *argv)
{
	_cleanup_free_ char *program = last_part(argv[0]), *first = NULL;
	size_t i = 1;

	if (!is_interpreter(program))
		return TAKE_PTR(program);
	while (argv[i] && argv[i][0] == '-' && argv[i][1] && strcmp(argv[i], "-c") != 0 &&
	       strcmp(argv[i], "-m") != 0)
		i++;
	if (argv[i] && argv[i][0] != '-')
		return script_name(argv[i]);
	if (!argv[i] || !argv[i + 1] || !argv[i][1])
		return TAKE_PTR(program);
	if (strcmp(argv[i], "-m") == 0)
		return last_part(argv[i + 1]);
	first = first_program(argv[i + 1]);
	return first ? last_part(first) : TAKE_PTR(program);
}

void trace_files_done(struct trace_files *f)
{
	free(f->name);
	free(f->trace);
	free(f->profile);
	*f = (struct trace_files){};
}
