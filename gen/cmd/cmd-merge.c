/* cmd-merge.c: segen merge: one trace from many. */
#include "cli/cmd.h"
#include "cmd/input.h"

#include <segen/outfile.h>
#include <segen/tracefile.h>

#include <errno.h>
#include <string.h>

struct opts {
	const char *output;
};

static const struct option_row rows[] = {
	{"output", 'o', "FILE", "write there instead of standard output",
	 OPTION_TEXT(struct opts, output)},
};

static const struct option_group groups[] = {{NULL, rows, ARRAY_SIZE(rows), 0}};

static const struct example examples[] = {
	{"segen merge -o all.trace.json job-*/app.trace.json",
	 "one trace from the jobs of a CI run"},
};

static int run(int argc, char **argv, struct segen_error *err);

const struct cmd cmd_merge = {
	.name = "merge",
	.args = "[OPTIONS] TRACE…",
	.help = "combine traces into one",
	.groups = groups,
	.n_groups = ARRAY_SIZE(groups),
	.notes =
		"Order and repetition do not matter: a run that is in several traces counts once.\nThe output may be one of the traces.",
	.examples = examples,
	.n_examples = ARRAY_SIZE(examples),
	.run = run,
};

static int merge_files(char **paths, const char *output, struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace t = {};
	int r = segen_outfile_check(output, err);

	for (; r >= 0 && *paths; paths++) {
		r = segen_tracefile_read(*paths, &t, err);
		if (r < 0)
			return input_wrong_kind(*paths, INPUT_TRACE, r, err);
	}
	return r < 0 ? r : segen_tracefile_write(output, &t, err);
}

/* Standard input ends once. */
static bool reads_input_twice(char **paths)
{
	size_t n = 0;

	for (; *paths; paths++)
		n += !strcmp(*paths, "-");
	return n > 1;
}

static int run(int argc, char **argv, struct segen_error *err)
{
	struct opts o = {.output = "-"};
	int first, r;

	r = options_parse(&cmd_merge, argc, argv, &o, &first, err);
	if (r != 0)
		return r < 0 ? EXIT_USAGE : EXIT_OK;
	if (first == argc) {
		segen_fail(err, -EINVAL, "give at least one trace (or '-')");
		return EXIT_USAGE;
	}
	if (reads_input_twice(argv + first)) {
		segen_fail(err, -EINVAL, "standard input can be read only once");
		return EXIT_USAGE;
	}
	return merge_files(argv + first, o.output, err) < 0 ? EXIT_FAILED : EXIT_OK;
}
