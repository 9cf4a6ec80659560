/* container-run.c: the client, then the state folder. */
#include "container-run.h"

#include "daemon-json.h"
#include "oci-conf.h"
#include "oci-runtime.h"
#include "oci-state.h"

#include <segen/json.h>
#include <segen/util.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#define FINISH_MS 10000

/* The client with this terminal's signals; segen survives them. */
static int run_client(char *const *argv, int *ret_status, struct segen_error *err)
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
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	*ret_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
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

static int collect(const char *cidfile, bool detached, struct segen_trace *t,
		   struct container_result *ret, struct segen_error *err)
{
	_cleanup_(segen_trace_done) struct segen_trace new = {};
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	_cleanup_free_ char *id = NULL;
	size_t len;
	int r = segen_file_read(cidfile, &id, &len, NULL);

	/* The client has said why there is no container. */
	if (r < 0 || !len)
		return 0;
	id[strcspn(id, "\n")] = 0;
	r = oci_conf_load(&conf, err);
	if (r == 0)
		r = oci_state_collect(conf.state, id, detached ? UINT_MAX : FINISH_MS,
				      &new, &ret->lost, err);
	if (r < 0)
		return r;
	find_run(&new, ret);
	segen_trace_merge(t, &new);
	oci_state_remove(conf.state, id);
	return 0;
}

int container_run(char *const *argv, const struct engine_cmdline *c,
		  struct segen_trace *t, struct container_result *ret,
		  struct segen_error *err)
{
	char dir[] = "/tmp/segen.XXXXXX";
	_cleanup_free_ char *cidfile = NULL, *runtime = runtime_for(c);
	_cleanup_free_ char **with = NULL;
	int r;

	*ret = (struct container_result){};
	if (!mkdtemp(dir))
		return segen_fail_errno(err, -errno, "cannot make a folder in /tmp");
	cidfile = xasprintf("%s/cid", dir);
	with = engine_cmdline_with(argv, c, runtime, cidfile);
	r = run_client(with, &ret->status, err);
	if (r == 0)
		r = collect(c->cidfile ? c->cidfile : cidfile, c->detach, t, ret, err);
	unlink(cidfile);
	rmdir(dir);
	return r;
}
