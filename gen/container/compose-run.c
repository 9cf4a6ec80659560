/* compose-run.c: runs Compose with an override file of its own. */
#include "container/compose-run.h"

#include "container/ask.h"
#include "oci/conf.h"
#include "oci/daemon-json.h"
#include "oci/runtime.h"
#include "oci/state.h"

#include <segen/outfile.h>
#include <segen/util.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define POLL_MS 20
#define FILES_MAX 4

void compose_result_done(struct compose_result *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->services[i].request)
			oci_request_remove(r->services[i].request);
		free(r->services[i].request);
		free(r->services[i].name);
		segen_trace_done(&r->services[i].trace);
	}
	free(r->services);
	*r = (struct compose_result){};
}

/* --- files -------------------------------------------------------------------------- */

/* The first of @names in @dir, for the caller to free; NULL: none. */
static char *first_in(const char *dir, const char *const *names)
{
	for (; *names; names++) {
		char *path = xasprintf("%s/%s", dir, *names);

		if (access(path, F_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

/*
 * A --file takes the place of what Compose finds by itself, here or in a folder above:
 * so that has to be named, too.  The number of files.
 */
static size_t find_files(char **ret)
{
	_cleanup_free_ char *dir = realpath(".", NULL);

	while (dir && *dir) {
		ret[0] = first_in(dir, compose_files);
		if (ret[0]) {
			ret[1] = first_in(dir, compose_overrides);
			return ret[1] ? 2 : 1;
		}
		*strrchr(dir, '/') = 0;
	}
	return 0;
}

/* What Compose reads instead of looking for files. */
static bool by_environment(const struct compose_cmdline *c, const char *file)
{
	const char *files = getenv("COMPOSE_FILE"),
		   *by = getenv("COMPOSE_PATH_SEPARATOR");
	_cleanup_free_ char *with = NULL;

	if (c->after_file || !files || !*files)
		return false;
	with = xasprintf("%s%s%s", files, by && *by ? by : ":", file);
	setenv("COMPOSE_FILE", with, 1);
	return true;
}

static char **with_file(char *const *argv, const struct compose_cmdline *c, char *file,
			char **found)
{
	char *files[FILES_MAX] = {NULL};
	size_t n = 0;

	if (!by_environment(c, file)) {
		if (!c->after_file)
			n = find_files(found);
		memcpy(files, found, n * sizeof(*files));
		files[n] = file;
	}
	return compose_cmdline_with(argv, c, files);
}

/* --- services ----------------------------------------------------------------------- */

static int list_services(char *const *argv, const struct compose_cmdline *c,
			 struct compose_result *ret, struct segen_error *err)
{
	const char *const words[] = {"config", "--services", NULL};
	_cleanup_free_ char **config = compose_cmdline_other(argv, c, words);
	_cleanup_(reply_done) struct reply said = {};
	char *line, *next;
	size_t cap = 0;
	int r = ask(config, &said, err);

	if (r < 0)
		return r;
	if (said.status != 0)
		return segen_fail(err, -EINVAL, "compose does not list its services: %s",
				  said.message);
	for (next = said.out; (line = strsep(&next, "\n"));) {
		if (!*line)
			continue;
		GROW(ret->services, ret->n, cap);
		ret->services[ret->n++] = (struct compose_service){.name = xstrdup(line)};
	}
	return ret->n ? 0 : segen_fail(err, -ENOENT, "compose has no services to run");
}

static int leave_requests(const struct oci_conf *conf, const struct oci_request *request,
			  struct compose_result *ret, struct segen_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ret->n; i++)
		r = oci_request_leave(conf->state, (struct oci_request *)request, NULL,
				      &ret->services[i].request, err);
	return r;
}

static int write_override(const char *path, const struct compose_cmdline *c,
			  const struct compose_result *res, struct segen_error *err)
{
	_cleanup_free_ const char **names = xcalloc(res->n, sizeof(*names));
	_cleanup_free_ const char **requests = xcalloc(res->n, sizeof(*requests));
	_cleanup_free_ char *runtime =
		c->podman ? oci_runtime_path() : xstrdup(DAEMON_RUNTIME);
	_cleanup_(segen_buf_done) struct segen_buf text = {};

	for (size_t i = 0; i < res->n; i++) {
		names[i] = res->services[i].name;
		requests[i] = strrchr(res->services[i].request, '/') + 1;
	}
	compose_recording(&text, names, requests, res->n, runtime);
	return segen_outfile_write(path, text.s, text.len, 0644, err);
}

/* --- the client --------------------------------------------------------------------- */

struct stop {
	char *const *argv;
	const struct compose_cmdline *c;
	uint64_t left_ms; /* 0: never, or it has been */
};

static void stop_services(struct stop *s)
{
	const char *const words[] = {"stop", NULL};
	_cleanup_free_ char **stop = compose_cmdline_other(s->argv, s->c, words);
	_cleanup_(reply_done) struct reply said = {};

	s->left_ms = 0;
	ask(stop, &said, NULL);
}

static void tick(struct stop *s)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};

	nanosleep(&pause, NULL);
	if (s->left_ms && s->left_ms <= POLL_MS)
		stop_services(s);
	else if (s->left_ms)
		s->left_ms -= POLL_MS;
}

/* The client with this terminal's signals; segen survives them. */
static int run_client(char *const *argv, struct stop *s, int *ret_status,
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
	while (waitpid(pid, &status, WNOHANG) == 0)
		tick(s);
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
}

/* --- what was recorded -------------------------------------------------------------- */

static void collect(const struct oci_conf *conf, struct stop *s,
		    struct compose_service *service)
{
	_cleanup_(segen_strset_done) struct segen_strset ids = {};

	oci_request_ids(service->request, &ids);
	for (size_t i = 0; i < ids.n; i++) {
		unsigned lost = 0;

		/* What has stopped is there, and the rest when its time has come. */
		while (oci_state_collect(conf->state, ids.v[i], 0, &service->trace, &lost,
					 NULL) == -EBUSY)
			tick(s);
		service->lost += lost;
		oci_state_remove(conf->state, ids.v[i]);
	}
}

int compose_run(char *const *argv, const struct compose_cmdline *c,
		const struct oci_request *request, uint64_t for_ms,
		struct compose_result *ret, struct segen_error *err)
{
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	_cleanup_free_ char **with = NULL, *file = NULL;
	char dir[] = "/tmp/segen.XXXXXX", *found[2] = {NULL};
	struct stop stop = {.argv = argv, .c = c, .left_ms = for_ms};
	int r = oci_conf_load(&conf, err);

	*ret = (struct compose_result){};
	if (r < 0)
		return r;
	if (!c->podman || c->sudo)
		oci_conf_use_root_state(&conf);
	r = list_services(argv, c, ret, err);
	if (r == 0)
		r = leave_requests(&conf, request, ret, err);
	if (r == 0 && !mkdtemp(dir))
		r = segen_fail_errno(err, -errno, "cannot create a folder in /tmp");
	if (r < 0)
		return r;
	file = xasprintf("%s/segen.yaml", dir);
	r = write_override(file, c, ret, err);
	with = with_file(argv, c, file, found);
	if (r == 0)
		r = run_client(with, &stop, &ret->status, err);
	for (size_t i = 0; r == 0 && i < ret->n; i++)
		collect(&conf, &stop, &ret->services[i]);
	unlink(file);
	rmdir(dir);
	free(found[0]);
	free(found[1]);
	return r;
}
