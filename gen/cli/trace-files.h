/*
 * trace-files.h: what segen trace calls its files.  Pure.
 */
#pragma once

/* Owned strings; NULL: not to be written. */
struct trace_files {
	char *name; /* of the command: "nginx" */
	char *trace, *profile;
};

/*
 * "NAME.trace.json" and "NAME.seccomp.json", NAME being the last part of @command.  A
 * given @trace path also names the profile beside it: "dir/app.trace.json" gives
 * "dir/app.seccomp.json".  A given @profile path is taken as it is.
 */
void trace_files_init(struct trace_files *f, const char *command, const char *trace,
		      const char *profile);
/*
 * What a container names them after: "registry/team/nginx:1.25" gives "nginx-1.25",
 * "nginx" and "nginx:latest" give "nginx".
 */
char *trace_files_image_name(const char *image);
/*
 * What a command names them after: its program; of a shell or an interpreter the script
 * ("python3 app.py" gives "app", "python3 -m http.server" gives "http.server", "sh -c
 * 'tar x'" gives "tar").
 */
char *trace_files_command_name(char *const *argv);
void trace_files_done(struct trace_files *f);
