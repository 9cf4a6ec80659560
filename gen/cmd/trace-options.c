/* trace-options.c: the rows of segen trace. */
#include "cmd/trace-options.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cli/duration.h"

static int set_output(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->output = value;
	return 0;
}

static int set_profile(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->profile = value;
	return 0;
}

static int set_no_profile(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->no_profile = true;
	return 0;
}

static int set_append(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->append = true;
	return 0;
}

static int set_observe(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->free = strcmp(value, "free") == 0;
	return 0;
}

static int set_mode(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->full = strcmp(value, "full") == 0;
	return 0;
}

static int set_known(void *opts, const char *value, struct segen_error *err)
{
	struct trace_opts *o = opts;

	if (o->n_known == ARRAY_SIZE(o->known))
		return segen_fail(err, -EINVAL,
				  "--known: more than %zu files; unite them with segen "
				  "merge",
				  ARRAY_SIZE(o->known));
	o->known[o->n_known++] = value;
	return 0;
}

static int set_new_is_error(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->new_is_error = true;
	return 0;
}

static int set_patience(void *opts, const char *value, struct segen_error *err)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (*end || !*value || n < 1 || n > UINT_MAX || *value == '-')
		return segen_fail(err, -EINVAL,
				  "--patience: '%s' is not a number of calls", value);
	((struct trace_opts *)opts)->patience = (unsigned)n;
	return 0;
}

static int set_all_args(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->all_args = true;
	return 0;
}

static int set_for(void *opts, const char *value, struct segen_error *err)
{
	return duration_parse(value, &((struct trace_opts *)opts)->for_ms, err);
}

static int set_no_stacks(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->no_stacks = true;
	return 0;
}

static int set_host(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->host = true;
	return 0;
}

static int set_quiet(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->quiet = true;
	return 0;
}

static int set_no_cmdline(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->no_cmdline = true;
	return 0;
}

/* What separates the ids that pidof(1) and pgrep(1) print, too. */
static int set_pid(void *opts, const char *value, struct segen_error *err)
{
	struct trace_opts *o = opts;
	const char *s = value;

	do {
		char *end;
		long n = strtol(s, &end, 10);

		if (end == s || n <= 0 || n > INT_MAX || (*end && !strchr(", \n", *end)))
			return segen_fail(
				err, -EINVAL,
				"--pid: '%s' is not a process id, nor a list of "
				"them",
				value);
		GROW(o->pids, o->n_pids, o->cap_pids);
		o->pids[o->n_pids++] = (pid_t)n;
		s = end + strspn(end, ", \n");
	} while (*s);
	return 0;
}

static int set_container(void *opts, const char *value, struct segen_error *err)
{
	((struct trace_opts *)opts)->container = value;
	return 0;
}

int trace_opts_check(const struct trace_opts *o, bool command, struct segen_error *err)
{
	int n = command + !!o->n_pids + !!o->container;

	if (o->new_is_error && !o->n_known)
		return segen_fail(
			err, -EINVAL,
			"--new-is-error: --known FILE is missing, without which "
			"everything would be new");
	if (n == 1)
		return 0;
	return segen_fail(err, -EINVAL,
			  n ? "trace: choose one: a command, --pid or --container"
			    : "trace: a command is missing: segen trace [OPTIONS] -- "
			      "COMMAND…");
}

void trace_opts_done(struct trace_opts *o)
{
	gen_opts_done(&o->gen);
	free(o->pids);
}

const struct option_row trace_options[TRACE_OPTIONS_N] = {
	{"output", 'o', "FILE", "write the trace to FILE (default: NAME.trace.json)",
	 set_output, NULL},
	{"profile", 0, "FILE",
	 "write the profile to FILE (default: NAME.seccomp.json, beside the trace)",
	 set_profile, NULL},
	{"no-profile", 0, NULL, "write the trace only", set_no_profile, NULL},
	{"append", 'a', NULL,
	 "add this run to the trace that is there; the profile is for all its runs",
	 set_append, NULL},
	{"pid", 'p', "PID",
	 "attach to this process and all its threads instead of running a command "
	 "(repeatable)",
	 set_pid, NULL},
	{"container", 0, "NAME",
	 "attach to all that runs in the container with this name or id", set_container,
	 NULL},
	{"observe", 0, "RULES",
	 "let the command run as the base profile would (base, the default) or unhindered",
	 set_observe, "base|free"},
	{"mode", 0, "MODE",
	 "allow a call in the kernel once known (fast, the default), or stop at each (full)",
	 set_mode, "fast|full"},
	{"known", 'k', "FILE",
	 "what this trace or profile has is known from the start (repeatable)", set_known,
	 NULL},
	{"new-is-error", 0, NULL,
	 "exit 3 when a call was made that --known does not have", set_new_is_error,
	 NULL},
	{"patience", 0, "N",
	 "fast: stop following a process after N consecutive known calls", set_patience,
	 NULL},
	{"all-args", 0, NULL,
	 "fast: go on looking at arguments for which --args can make rules", set_all_args,
	 NULL},
	{"for", 0, "DURATION",
	 "end the command (when attached: detach) after 30s, 5m, 1h30m, …", set_for,
	 NULL},
	{"no-stacks", 0, NULL, "do not record from where a call was first made",
	 set_no_stacks, NULL},
	{"no-cmdline", 0, NULL, "keep only the program's name of the command line",
	 set_no_cmdline, NULL},
	{"host", 0, NULL, "docker run: record the client, not the container", set_host,
	 NULL},
	{"quiet", 'q', NULL, "no live line and no summary", set_quiet, NULL},
};
