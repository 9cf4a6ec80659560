/*
 * main.c: the program: global options, dispatch to a verb, the one error message.
 */
#include "cli/cmd.h"
#include "cli/help.h"
#include "oci/runtime.h"
#include "cli/message.h"

#include <segen/arch.h>
#include <segen/suggest.h>
#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

struct root_opts {
	bool version;
};

static const struct option_row root_rows[] = {
	{"version", 'V', NULL, "show the versions of segen and of what it uses",
	 OPTION_FLAG(struct root_opts, version)},
};

static const struct option_group root_groups[] = {
	{NULL, root_rows, ARRAY_SIZE(root_rows), 0},
};

static const struct example root_examples[] = {
	{"segen trace -- ./server --port 8080",
	 "write server.trace.json and server.seccomp.json"},
	{"segen verify server.seccomp.json -- ./run-tests",
	 "name each call that the profile denies"},
};

static int run_root(int argc, char **argv, struct segen_error *err);

/* segen itself, as a verb without a name. */
const struct cmd cmd_root = {
	.name = "",
	.args = "COMMAND [OPTIONS] [ARG…]",
	.help = "Watch a workload and write the least-privilege seccomp profile for it.",
	.groups = root_groups,
	.n_groups = ARRAY_SIZE(root_groups),
	.in_order = true,
	.examples = root_examples,
	.n_examples = ARRAY_SIZE(root_examples),
	.run = run_root,
};

static void print_overview(void)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	const struct help h = help_init(&out);
	size_t n;
	const struct cmd *const *table = cmds(&n);

	help_heading(&h, "commands");
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *left = xasprintf("  %s", table[i]->name);

		help_row(&h, left, table[i]->help);
	}
	segen_buf_puts(
		&out,
		"\nFor details, see 'segen COMMAND --help' and segen-COMMAND(1).\n");
	help_put(&out);
}

static void print_version(void)
{
	const struct scmp_version *v = seccomp_version();
	struct utsname u;

	printf("segen %s\n", SEGEN_VERSION);
	if (uname(&u) == 0)
		printf("kernel %s %s %s\n", u.sysname, u.release, u.machine);
	printf("libseccomp %u.%u.%u\n", v->major, v->minor, v->micro);
	printf("native arch %s\n", segen_arch_native()->name);
}

static int unknown_verb(const char *name, struct segen_error *err)
{
	struct suggest s = suggest_init(name, strlen(name));
	_cleanup_free_ char *hint = NULL;
	size_t n;
	const struct cmd *const *table = cmds(&n);

	for (size_t i = 0; i < n; i++)
		suggest_offer(&s, table[i]->name);
	hint = suggest_hint(&s, "; see 'segen --help'");
	segen_fail(err, -EINVAL, "unknown command '%s'%s", name, hint);
	return EXIT_USAGE;
}

/* "segen help [VERB]": what people type before they know better. */
static int run_help(const char *verb, struct segen_error *err)
{
	const struct cmd *cmd = verb ? cmd_find(verb) : &cmd_root;

	if (!cmd)
		return unknown_verb(verb, err);
	help_print(cmd);
	if (cmd == &cmd_root)
		print_overview();
	return EXIT_OK;
}

static int run_root(int argc, char **argv, struct segen_error *err)
{
	struct root_opts opts = {};
	const struct cmd *cmd;
	int first, r;

	/* -V is the letter; -v is what fingers type. */
	if (argc == 2 && strcmp(argv[1], "-v") == 0) {
		print_version();
		return EXIT_OK;
	}
	r = options_parse(&cmd_root, argc, argv, &opts, &first, err);
	if (r < 0)
		return EXIT_USAGE;
	if (r > 0) {
		print_overview();
		return EXIT_OK;
	}
	if (opts.version) {
		print_version();
		return EXIT_OK;
	}
	if (first == argc) {
		segen_fail(err, -EINVAL, "a command is missing; see 'segen --help'");
		return EXIT_USAGE;
	}
	if (strcmp(argv[first], "help") == 0)
		return run_help(argv[first + 1], err);
	if (strcmp(argv[first], "version") == 0) {
		print_version();
		return EXIT_OK;
	}
	cmd = cmd_find(argv[first]);
	if (!cmd)
		return unknown_verb(argv[first], err);
	return cmd->run(argc - first, argv + first, err);
}

static void on_nothing(int sig)
{
}

/*
 * A file that is larger than the limit is an error to report, not the end, and a trace is
 * not lost because nobody reads segen's messages.  A handler and not SIG_IGN: execve puts
 * it back to what the workload would have had.
 */
static void catch_write_signals(void)
{
	static const int signals[] = {SIGXFSZ, SIGPIPE};
	struct sigaction old;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(signals[i],
				  &(struct sigaction){.sa_handler = on_nothing}, NULL);
}

/* Nobody reads any more what is printed: as everywhere, that ends the program. */
static void end_without_reader(void)
{
	struct pollfd reader = {.fd = STDOUT_FILENO, .events = POLLOUT};

	if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) &&
	    signal(SIGPIPE, SIG_DFL) == on_nothing)
		raise(SIGPIPE);
}

/* What was printed has arrived, or the exit status says that it has not. */
static int close_stdout(int status, struct segen_error *err)
{
	bool failed = ferror(stdout);

	/* A closed standard output to which nothing was written is no failure. */
	if ((fclose(stdout) == 0 || errno == EBADF) && !failed)
		return status;
	if (!err->msg[0])
		segen_fail_errno(err, errno ? -errno : -EIO,
				 "cannot write to standard output");
	return status == EXIT_OK ? EXIT_FAILED : status;
}

/*
 * A file that is opened later must not become somebody's standard output.  Such a place
 * holder can be neither read nor written, and the workload does not inherit it.
 */
static void hold_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/", O_PATH | O_CLOEXEC) < 0)
			return;
}

int main(int argc, char **argv)
{
	struct segen_error err = {};
	bool runtime = oci_is_runtime(argv[0]);
	int status;

	catch_write_signals();
	/* A runtime gets the descriptors as they came. */
	if (!runtime)
		hold_standard_descriptors();
	status = runtime ? oci_runtime(argv, say, &err) : run_root(argc, argv, &err);
	if (__fpending(stdout) || ferror(stdout) || err.code == -EPIPE)
		end_without_reader();
	status = close_stdout(status, &err);
	if (err.msg[0])
		say("%s", err.msg);
	return status;
}
