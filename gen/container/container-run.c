/* container-run.c: the client, then the state folder. */
#include "container/container-run.h"

#include "oci/daemon-json.h"
#include "oci/conf.h"
#include "oci/runtime.h"
#include "oci/state.h"

#include <segen/json.h>
#include <segen/util.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define FINISH_MS 10000
#define POLL_MS 20

static void wait_for(pid_t pid, int *ret_status)
{
	while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
		;
}

static char *runtime_for(const struct engine_cmdline *c)
{
	/* Docker knows runtimes by name, the others by path. */
	return strcmp(c->engine, "docker") == 0 ? xstrdup(DAEMON_RUNTIME)
						: oci_runtime_path();
}

/* The container's own run began before those of what was executed in it. */
static void find_run(const struct segen_trace *t, struct container_result *ret)
{
	const struct segen_run *first = NULL;

	for (size_t i = 0; i < t->n_runs; i++)
		if (!first || strcmp(t->runs[i]->id, first->id) < 0)
			first = t->runs[i];
	ret->recorded = first != NULL;
	if (first)
		memcpy(ret->run_id, first->id, sizeof(ret->run_id));
}

/* Where nothing is asked for, nobody has to be allowed to ask. */
static int leave_request(const struct oci_conf *conf, const struct engine_cmdline *c,
			 struct oci_request *request, char **ret, struct segen_error *err)
{
	*ret = NULL;
	if (oci_request_is_empty(request))
		return 0;
	return oci_request_leave(conf->state, request, c->cidfile, ret, err);
}

/* The engine's words before "run", then "stop ID"; whether it succeeds is the engine's.
 */
static void stop_container(char *const *argv, const struct engine_cmdline *c,
			   const char *cidfile)
{
	size_t n = c->options - 1, len;
	_cleanup_free_ char **stop = xcalloc(n + 3, sizeof(*stop));
	_cleanup_free_ char *id = NULL;
	posix_spawn_file_actions_t quiet;
	pid_t pid;

	if (segen_file_read(cidfile, &id, &len, NULL) < 0)
		return;
	id[strcspn(id, "\n")] = 0;
	memcpy(stop, argv, n * sizeof(*stop));
	stop[n] = (char *)"stop";
	stop[n + 1] = id;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, stop[0], &quiet, NULL, stop, environ) == 0)
		wait_for(pid, NULL);
	posix_spawn_file_actions_destroy(&quiet);
}

/* When the time is over the container is stopped, once. */
struct deadline {
	uint64_t ms; /* 0: never, or it has been */
	char *const *argv;
	const struct engine_cmdline *c;
	const char *cidfile;
};

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void at_deadline(struct deadline *d)
{
	d->ms = 0;
	stop_container(d->argv, d->c, d->cidfile);
}

/* Wait for the client, and for the deadline on the way. */
static void wait_client(pid_t pid, struct deadline *d, int *ret_status)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
	uint64_t start = now_ms();

	while (d->ms && waitpid(pid, ret_status, WNOHANG) == 0) {
		uint64_t gone = now_ms() - start;

		if (gone >= d->ms)
			at_deadline(d);
		else
			nanosleep(&pause, NULL);
	}
	/* It has ended if there was a deadline that did not come. */
	if (!d->ms)
		wait_for(pid, ret_status);
	else
		d->ms -= MIN(d->ms - 1, now_ms() - start);
}

/* The client with this terminal's signals; segen survives them. */
static int run_client(char *const *argv, struct deadline *d, int *ret_status,
		      struct segen_error *err)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction old_int, old_quit;
	int r, status = 0;
	pid_t pid;

	r = posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ);
	if (r)
		return segen_fail_errno(err, -r, "cannot execute '%s'", argv[0]);
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	wait_client(pid, d, &status);
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
}

/* What was recorded; of a container in the background, when it has stopped. */
static int collect_id(const struct oci_conf *conf, const char *id, struct deadline *d,
		      struct segen_trace *t, unsigned *ret_lost, struct segen_error *err)
{
	unsigned wait = d->c->detach ? UINT_MAX : FINISH_MS;
	int r;

	if (!d->c->detach || !d->ms)
		return oci_state_collect(conf->state, id, wait, t, ret_lost, err);
	wait = (unsigned)MIN(d->ms, UINT_MAX);
	r = oci_state_collect(conf->state, id, wait, t, ret_lost, NULL);
	if (r != -EBUSY)
		return r < 0 ? oci_state_collect(conf->state, id, 0, t, ret_lost, err)
			     : r;
	at_deadline(d);
	return oci_state_collect(conf->state, id, UINT_MAX, t, ret_lost, err);
}

static int collect(const struct oci_conf *conf, struct deadline *d, struct segen_trace *t,
		   struct container_result *ret, struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace new = {};
	_cleanup_free_ char *id = NULL;
	size_t len;
	int r = segen_file_read(d->cidfile, &id, &len, NULL);

	/* The client has said why there is no container. */
	if (r < 0 || !len)
		return 0;
	id[strcspn(id, "\n")] = 0;
	r = collect_id(conf, id, d, &new, &ret->lost, err);
	if (r < 0)
		return r;
	find_run(&new, ret);
	segen_trace_merge(t, &new);
	oci_state_remove(conf->state, id);
	return 0;
}

static int run_and_collect(char *const *argv, const struct engine_cmdline *c,
			   const struct container_opts *opts, const struct oci_conf *conf,
			   const char *own_cidfile, struct segen_trace *t,
			   struct container_result *ret, struct segen_error *err)
{
	_cleanup_free_ char *runtime = runtime_for(c);
	_cleanup_free_ char **with = engine_cmdline_with(argv, c, runtime, own_cidfile);
	const char *cidfile = c->cidfile ? c->cidfile : own_cidfile;
	struct deadline d = {
		.ms = opts->for_ms, .argv = argv, .c = c, .cidfile = cidfile};
	int r = run_client(with, &d, &ret->status, err);

	return r == 0 ? collect(conf, &d, t, ret, err) : r;
}

int container_run(char *const *argv, const struct engine_cmdline *c,
		  const struct container_opts *opts, struct segen_trace *t,
		  struct container_result *ret, struct segen_error *err)
{
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	_cleanup_free_ char *request = NULL, *cidfile = NULL;
	char dir[] = "/tmp/segen.XXXXXX";
	int r = oci_conf_load(&conf, err);

	*ret = (struct container_result){};
	if (r == 0)
		r = leave_request(&conf, c, opts->request, &request, err);
	if (r < 0)
		return r;
	if (!mkdtemp(dir))
		return segen_fail_errno(err, -errno, "cannot make a folder in /tmp");
	cidfile = request ? oci_request_cidfile(request) : xasprintf("%s/cid", dir);
	r = run_and_collect(argv, c, opts, &conf, cidfile, t, ret, err);
	if (request)
		oci_request_remove(request);
	else
		unlink(cidfile);
	rmdir(dir);
	return r;
}
