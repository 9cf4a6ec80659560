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

	return xstrndup(name, strcspn(name, ":@"));
}

void trace_files_done(struct trace_files *f)
{
	free(f->name);
	free(f->trace);
	free(f->profile);
	*f = (struct trace_files){};
}
