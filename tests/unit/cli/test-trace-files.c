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

static const struct {
	const char *argv[5];
	const char *want;
} commands[] = {
	{{"/usr/bin/tar", "-x"}, "tar"},
	{{"sh", "build/run.sh"}, "run"},
	{{"bash", "-eu", "./job.bash", "x"}, "job"},
	{{"python3", "app.py"}, "app"},
	{{"python3.11", "-m", "http.server"}, "http.server"},
	{{"node", "server.js"}, "server"},
	{{"perl", ".hidden"}, ".hidden"},
	{{"sh", "-c", "tar -cf - . | gzip"}, "tar"},
	{{"sh", "-c", "/opt/app/bin/serve; true"}, "serve"},
	{{"sh", "-c", "exec \"$0\"", "x"}, "sh"},
	{{"sh", "-c", "X=1 tar x"}, "sh"},
	{{"sh", "-c", "exit 3"}, "sh"},
	{{"sh", "-c", "$x"}, "sh"},
	{{"sh", "-c"}, "sh"},
	{{"sh"}, "sh"},
	{{"sh", "-"}, "sh"},
	{{"shred", "file"}, "shred"},
	{{"nodelist", "file"}, "nodelist"},
};

static const struct {
	const char *image, *want;
} images[] = {
	{"nginx", "nginx"},
	{"nginx:latest", "nginx"},
	{"nginx:1.25", "nginx-1.25"},
	{"registry:5000/team/nginx:1.25", "nginx-1.25"},
	{"registry:5000/team/nginx", "nginx"},
	{"nginx@sha256:00ff", "nginx"},
	{"nginx:1.25@sha256:00ff", "nginx-1.25"},
};

static void test_names(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		_cleanup_free_ char *got =
			trace_files_command_name((char *const *)commands[i].argv);

		is_str(got, commands[i].want, "command name: %s %s %s",
		       commands[i].argv[0],
		       commands[i].argv[1] ? commands[i].argv[1] : "",
		       commands[i].argv[1] && commands[i].argv[2] ? commands[i].argv[2]
								  : "");
	}
	for (size_t i = 0; i < ARRAY_SIZE(images); i++) {
		_cleanup_free_ char *got = trace_files_image_name(images[i].image);

		is_str(got, images[i].want, "image name: %s", images[i].image);
	}
}

static void test_paths(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(trace_files_done) struct trace_files f = {};

		trace_files_init(&f, cases[i].command, cases[i].trace, cases[i].profile);
		is_str(f.name, cases[i].want_name, "files: the name of '%s'",
		       cases[i].command);
		is_str(f.trace, cases[i].want_trace, "files: the trace of '%s', '%s'",
		       cases[i].command, cases[i].trace ? cases[i].trace : "");
		is_str(f.profile, cases[i].want_profile,
		       "files: the profile of '%s', '%s' and '%s'", cases[i].command,
		       cases[i].trace ? cases[i].trace : "",
		       cases[i].profile ? cases[i].profile : "");
	}
}

int main(void)
{
	test_paths();
	test_names();
	return done();
}
