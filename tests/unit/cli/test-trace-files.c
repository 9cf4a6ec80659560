/* test-trace-files.c: what the files of a run are called. */
#include "cli/trace-files.h"

#include <segen/util.h>

#include <string.h>

#include "tests/tap.h"

static const struct {
	const char *command, *trace, *profile; /* given */
	const char *want_name, *want_trace, *want_profile;
} cases[] = {
	{"nginx", NULL, NULL, "nginx", "nginx.trace.json", "nginx.seccomp.json"},
	{"/usr/sbin/nginx", NULL, NULL, "nginx", "nginx.trace.json",
	 "nginx.seccomp.json"},
	{"./run-tests", NULL, "p.json", "run-tests", "run-tests.trace.json", "p.json"},
	{"ls", "d/app.trace.json", NULL, "ls", "d/app.trace.json", "d/app.seccomp.json"},
	{"ls", "app.json", NULL, "ls", "app.json", "app.seccomp.json"},
	{"ls", "app", NULL, "ls", "app", "app.seccomp.json"},
	{"ls", "d/.json", NULL, "ls", "d/.json", "d/.json.seccomp.json"},
	{"ls", ".trace.json", NULL, "ls", ".trace.json", ".trace.seccomp.json"},
	{"ls", "-", NULL, "ls", "-", "ls.seccomp.json"},
	{"ls", "a.json", "-", "ls", "a.json", "-"},
	{"dir/", NULL, NULL, "dir", "dir.trace.json", "dir.seccomp.json"},
	{"/", NULL, NULL, "command", "command.trace.json", "command.seccomp.json"},
	{"", NULL, NULL, "command", "command.trace.json", "command.seccomp.json"},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(trace_files_done) struct trace_files f = {};

		trace_files_init(&f, cases[i].command, cases[i].trace, cases[i].profile);
		if (!ok(strcmp(f.name, cases[i].want_name) == 0 &&
				strcmp(f.trace, cases[i].want_trace) == 0 &&
				strcmp(f.profile, cases[i].want_profile) == 0,
			"'%s' with '%s' and '%s'", cases[i].command,
			cases[i].trace ? cases[i].trace : "",
			cases[i].profile ? cases[i].profile : ""))
			printf("# got: %s %s %s\n", f.name, f.trace, f.profile);
	}
	return done();
}
