/* container-run.c: runs the client, then reads the state folder. */
#include "container/container-run.h"

#include "container/ask.h"
#include "container/engine-info.h"
#include "oci/conf.h"
#include "oci/daemon-json.h"
#include "oci/runtime.h"
#include "oci/state.h"

#include <segen/json.h>
#include <segen/tracefile.h>
#include <segen/util.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define FINISH_MS 10000
#define POLL_MS 20

/* One container, from the command line to its trace. */
struct job {
	char *const *argv;
	const struct engine_cmdline *c;
	struct oci_conf conf;
	struct engine_info info;
	char *request; /* the folder of the request; NULL: none could be left */
	char *dir;     /* in its place, for the container's id */
	char *cidfile;
	uint64_t for_ms;    /* have the engine stop it after this long; 0: no more */
	bool failed_starts; /* are recordings, too */
};

static void job_done(struct job *j)
{
	if (j->request)
		oci_request_remove(j->request);
	if (j->dir) {
		unlink(j->cidfile);
		rmdir(j->dir);
	}
	oci_conf_done(&j->conf);
	engine_info_done(&j->info);
	free(j->request);
	free(j->dir);
	free(j->cidfile);
}

/* The container's id; NULL: there is none. */
static char *id_of(const struct job *j)
{
	const char *path = j->c->cidfile ? j->c->cidfile : j->cidfile;
	char *id = NULL;
	size_t len;

	if (j->request)
		return oci_request_id(j->request);
	if (segen_file_read(path, &id, &len, NULL) < 0)
		return NULL;
	id[strcspn(id, "\n")] = 0;
	if (!*id)
		free(TAKE_PTR(id));
	return id;
}

/* --- the request -------------------------------------------------------------------- */

/* Whether segen-runtime would use this one anyway. */
static bool is_usual(const struct oci_conf *conf, const char *runtime)
{
	const struct oci_conf other = {.runtime = (char *)runtime};
	_cleanup_free_ char *usual = NULL, *its = NULL, *usual_real = NULL;
	_cleanup_free_ char *its_real = NULL;

	if (oci_conf_find_runtime(conf, &usual, NULL) < 0 ||
	    oci_conf_find_runtime(&other, &its, NULL) < 0)
		return false;
	usual_real = realpath(usual, NULL);
	its_real = realpath(its, NULL);
	return usual_real && its_real && !strcmp(usual_real, its_real);
}

/*
 * The runtime that was asked for, or else that is configured for segen, or else the one
 * of the engine.
 */
static int choose_runtime(const struct job *j, struct oci_request *request,
			  struct segen_error *err)
{
	const char *runtime = j->info.runtime;

	if (j->info.records)
		return 0;
	if (j->c->runtime && j->info.answers && !runtime)
		return segen_fail(
			err, -ENOTSUP,
			"'--runtime %s' is not a runtime that segen can stand in for: the engine does not know it, or it is a containerd shim",
			j->c->runtime);
	if (!runtime || (j->conf.runtime && !j->c->runtime) ||
	    is_usual(&j->conf, runtime))
		return 0;
	request->runtime = xstrdup(runtime);
	return 0;
}

/* Where nothing is asked for, nobody has to be allowed to ask. */
static int leave_request(struct job *j, struct oci_request *request,
			 struct segen_error *err)
{
	char dir[] = "/tmp/segen.XXXXXX";
	int r = choose_runtime(j, request, err);

	if (r < 0)
		return r;
	request->engine = xstrdup(j->c->engine);
	r = oci_request_leave(j->conf.state, request, j->c->cidfile, &j->request, err);
	if (r == 0)
		j->cidfile = oci_request_cidfile(j->request);
	if (r == 0 || !oci_request_is_empty(request))
		return r;
	if (!mkdtemp(dir))
		return segen_fail_errno(err, -errno, "cannot create a folder in /tmp");
	j->dir = xstrdup(dir);
	j->cidfile = xasprintf("%s/cid", dir);
	return 0;
}

/* --- the client --------------------------------------------------------------------- */

static void wait_for(pid_t pid, int *ret_status)
{
	while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
		;
}

/* When the time is over, once; whether it succeeds is the engine's. */
static void stop_container(struct job *j)
{
	_cleanup_free_ char *id = id_of(j);
	const char *const words[] = {"stop", id, NULL};
	_cleanup_free_ char **stop = engine_cmdline_other(j->argv, j->c, words);
	_cleanup_(reply_done) struct reply a = {};

	j->for_ms = 0;
	if (id)
		ask(stop, &a, NULL);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Wait for the client, and for the deadline on the way. */
static void wait_client(pid_t pid, struct job *j, int *ret_status)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
	uint64_t start = now_ms();

	while (j->for_ms && waitpid(pid, ret_status, WNOHANG) == 0) {
		if (now_ms() - start >= j->for_ms)
			stop_container(j);
		else
			nanosleep(&pause, NULL);
	}
	/* It has ended if there was a deadline that did not come. */
	if (!j->for_ms)
		wait_for(pid, ret_status);
	else
		j->for_ms -= MIN(j->for_ms - 1, now_ms() - start);
}

/* The client with this terminal's signals; segen survives them. */
static int run_client(char *const *argv, struct job *j, int *ret_status,
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
	wait_client(pid, j, &status);
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
}

/* --- what was recorded -------------------------------------------------------------- */

/* By somebody who may read the folder of root's traces, as the command line says. */
static int collect_as_other(const struct job *j, const char *id, struct segen_trace *t,
			    struct segen_error *err)
{
	_cleanup_free_ char *runtime = oci_runtime_path();
	_cleanup_free_ char *self = xasprintf(
		"%.*ssegen", (int)(strrchr(runtime, '/') + 1 - runtime), runtime);
	const char *const words[] = {self, "runtime", "--collect", id, NULL};
	_cleanup_free_ char **v = xcalloc(j->c->client + ARRAY_SIZE(words), sizeof(*v));
	_cleanup_(reply_done) struct reply a = {};
	int r;

	memcpy(v, j->argv, j->c->client * sizeof(*v));
	memcpy(v + j->c->client, words, sizeof(words));
	r = ask(v, &a, err);
	if (r < 0)
		return r;
	if (a.status != 0)
		return segen_fail(err, -EACCES, "%s cannot fetch the trace: %s", v[0],
				  a.message);
	return segen_tracefile_parse(a.out, a.len, id, t, err);
}

/* Of a container in the background: when it has stopped. */
static int collect_id(struct job *j, const char *id, struct segen_trace *t,
		      unsigned *ret_lost, struct segen_error *err)
{
	unsigned wait = j->c->detach ? UINT_MAX : FINISH_MS;
	int r;

	if (j->c->sudo && access(j->conf.state, R_OK | X_OK) < 0)
		return collect_as_other(j, id, t, err);
	if (!j->c->detach || !j->for_ms)
		return oci_state_collect(j->conf.state, id, wait, t, ret_lost, err);
	wait = (unsigned)MIN(j->for_ms, UINT_MAX);
	r = oci_state_collect(j->conf.state, id, wait, t, ret_lost, NULL);
	if (r == -EBUSY) {
		stop_container(j);
		wait = UINT_MAX;
	} else if (r >= 0)
		return r;
	return oci_state_collect(j->conf.state, id, wait, t, ret_lost, err);
}

/* Else the runtime has failed, or something was executed in the container. */
static bool is_workload(const struct segen_trace *t, size_t run)
{
	const unsigned own = SEGEN_PHASE_WORKLOAD | SEGEN_PHASE_EXEC;

	for (size_t i = 0; i < t->n_calls; i++)
		for (size_t k = 0; k < t->calls[i]->n_seen; k++)
			if (t->calls[i]->seen[k].run == run &&
			    (t->calls[i]->seen[k].phases & own) == SEGEN_PHASE_WORKLOAD)
				return true;
	return false;
}

/* The container's own run: recordings come in the order in which they began. */
static const struct segen_run *find_own_run(const struct segen_trace *t)
{
	for (size_t i = 0; i < t->n_runs; i++)
		if (is_workload(t, i))
			return t->runs[i];
	return NULL;
}

/* The words after those of the client tell what there is to tell. */
static void explain(const struct job *j, bool called, struct segen_error *why)
{
	_cleanup_(image_info_done) struct image_info image = {};
	const char *engine = j->c->engine;

	if (called)
		segen_fail(why, -ENOENT,
			   "nothing was recorded: the workload of the container was not "
			   "started");
	else if (j->info.known && !j->info.answers)
		segen_fail(why, -ENOENT,
			   "no container was started: %s does not answer: %s", engine,
			   j->info.message);
	else if (j->info.known && !j->info.has_segen)
		segen_fail(
			why, -ENOENT,
			"no container was started: %s does not know the runtime '" DAEMON_RUNTIME
			"'; 'sudo segen runtime --install' registers it",
			engine);
	else if (j->info.known && !image_info_ask(j->argv, j->c, &image))
		segen_fail(why, -ENOENT,
			   "no container was started: %s has no image '%s', and could "
			   "not fetch it",
			   engine, j->c->image);
	else
		segen_fail(why, -ENOENT,
			   "no container was started: see what %s said above", engine);
}

static void add_image(const struct job *j, struct segen_trace *t)
{
	_cleanup_(image_info_done) struct image_info image = {};

	image_info_ask(j->argv, j->c, &image);
	for (size_t i = 0; i < t->n_runs; i++) {
		struct segen_run *run = t->runs[i];

		if (run->engine)
			continue;
		run->engine = xstrdup(j->c->engine);
		run->image = xstrdup(j->c->image);
		run->image_id = image.id ? xstrdup(image.id) : NULL;
		run->image_digest = image.digest ? xstrdup(image.digest) : NULL;
	}
}

static int collect(struct job *j, struct segen_trace *t, struct container_result *ret,
		   struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace new = {};
	_cleanup_free_ char *id = id_of(j);
	const struct segen_run *own;
	int r = id ? collect_id(j, id, &new, &ret->lost, err) : -ENOENT;

	if (r == -ENOENT) {
		explain(j, j->request && oci_request_is_claimed(j->request), &ret->why);
		return 0;
	}
	if (r < 0)
		return r;
	oci_state_remove(j->conf.state, id);
	own = find_own_run(&new);
	if (!own && j->failed_starts && new.n_runs)
		own = new.runs[0];
	if (!own) {
		explain(j, true, &ret->why);
		return 0;
	}
	ret->recorded = true;
	memcpy(ret->run_id, own->id, sizeof(ret->run_id));
	add_image(j, &new);
	segen_trace_merge(t, &new);
	return 0;
}

static int run_and_collect(struct job *j, struct segen_trace *t,
			   struct container_result *ret, struct segen_error *err)
{
	/* Docker knows runtimes by name, the others by path. */
	_cleanup_free_ char *runtime = strcmp(j->c->engine, "docker") == 0
					       ? xstrdup(DAEMON_RUNTIME)
					       : oci_runtime_path();
	_cleanup_free_ char **with = engine_cmdline_with(
		j->argv, j->c, j->info.records ? NULL : runtime, j->cidfile);
	int r = run_client(with, j, &ret->status, err);

	return r == 0 ? collect(j, t, ret, err) : r;
}

int container_run(char *const *argv, const struct engine_cmdline *c,
		  const struct container_opts *opts, struct segen_trace *t,
		  struct container_result *ret, struct segen_error *err)
{
	_cleanup_(job_done) struct job j = {.argv = argv,
					    .c = c,
					    .for_ms = opts->for_ms,
					    .failed_starts = opts->failed_starts};
	int r = oci_conf_load(&j.conf, err);

	*ret = (struct container_result){};
	if (r < 0)
		return r;
	engine_info_ask(argv, c, &j.info);
	if (c->sudo || (!strcmp(c->engine, "docker") && !j.info.rootless))
		oci_conf_use_root_state(&j.conf);
	r = leave_request(&j, opts->request, err);
	return r < 0 ? r : run_and_collect(&j, t, ret, err);
}
