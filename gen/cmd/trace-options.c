/* trace-options.c: the rows of segen trace. */
#include "cmd/trace-options.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "cli/duration.h"

static int set_known(void *opts, const char *value, struct segen_error *err)
{
	struct trace_opts *o = opts;

	if (o->n_known == ARRAY_SIZE(o->known))
		return segen_fail(
			err, -EINVAL,
			"--known: more than %zu files; combine them with segen merge",
			ARRAY_SIZE(o->known));
	o->known[o->n_known++] = value;
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

static int set_for(void *opts, const char *value, struct segen_error *err)
{
	return duration_parse(value, &((struct trace_opts *)opts)->for_ms, err);
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
				"--pid: '%s' is not a process id or a list of them",
				value);
		GROW(o->pids, o->n_pids, o->cap_pids);
		o->pids[o->n_pids++] = (pid_t)n;
		s = end + strspn(end, ", \n");
	} while (*s);
	return 0;
}

int trace_opts_check(const struct trace_opts *o, bool command, struct segen_error *err)
{
	int n = command + !!o->n_pids + !!o->container;

	if (o->new_is_error && !o->n_known)
		return segen_fail(
			err, -EINVAL,
			"--new-is-error needs --known FILE; without it, every call would be new");
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
	 OPTION_TEXT(struct trace_opts, output)},
	{"profile", 0, "FILE",
	 "write the profile to FILE (default: NAME.seccomp.json, beside the trace)",
	 OPTION_TEXT(struct trace_opts, profile)},
	{"no-profile", 0, NULL, "write the trace only",
	 OPTION_FLAG(struct trace_opts, no_profile)},
	{"append", 'a', NULL,
	 "add this run to the existing trace; the profile covers all its runs",
	 OPTION_FLAG(struct trace_opts, append)},
	{"pid", 'p', "PID",
	 "attach to this process and all its threads instead of running a command "
	 "(repeatable)",
	 OPTION_CALL(set_pid)},
	{"container", 0, "NAME",
	 "attach to every process in the container with this name or id",
	 OPTION_TEXT(struct trace_opts, container)},
	{"observe", 0, "RULES",
	 "run the command under the base profile's answers (base, the default) or without (free)",
	 OPTION_EITHER(struct trace_opts, free, "base|free")},
	{"mode", 0, "MODE",
	 "allow known calls in the kernel (fast, the default), or stop at every call (full)",
	 OPTION_EITHER(struct trace_opts, full, "fast|full")},
	{"known", 'k', "FILE",
	 "treat the calls of this trace or profile as known (repeatable)",
	 OPTION_CALL(set_known)},
	{"new-is-error", 0, NULL,
	 "exit status 3 if a call is made that --known does not have",
	 OPTION_FLAG(struct trace_opts, new_is_error)},
	{"patience", 0, "N",
	 "fast: stop following a process after N consecutive known calls",
	 OPTION_CALL(set_patience)},
	{"all-args", 0, NULL,
	 "fast: keep recording arguments that --args can make rules for",
	 OPTION_FLAG(struct trace_opts, all_args)},
	{"for", 0, "DURATION",
	 "end the command (when attached: detach) after 30s, 5m, 1h30m, …",
	 OPTION_CALL(set_for)},
	{"no-stacks", 0, NULL, "do not record where a call was first made from",
	 OPTION_FLAG(struct trace_opts, no_stacks)},
	{"no-cmdline", 0, NULL, "keep only the program's name, not its arguments",
	 OPTION_FLAG(struct trace_opts, no_cmdline)},
	{"host", 0, NULL, "docker run: record the client, not the container",
	 OPTION_FLAG(struct trace_opts, host)},
	{"quiet", 'q', NULL, "no live line and no summary",
	 OPTION_FLAG(struct trace_opts, quiet)},
};
