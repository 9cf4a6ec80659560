/* runtime.c: finds the real runtime, starts the recorder, becomes the runtime. */
#include "oci/runtime.h"

#include "oci/bundle.h"
#include "oci/cmdline.h"
#include "oci/conf.h"
#include "oci/record.h"
#include "oci/request.h"
#include "oci/state.h"

#include <segen/util.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

typedef void (*warn_fn)(const char *fmt, ...);

/* Of a script no more is looked at. */
#define SCRIPT_MAX 4096

bool oci_is_runtime(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;

	return argv0 && !strcmp(slash ? slash + 1 : argv0, OCI_RUNTIME_NAME);
}

bool oci_is_runtime_program(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char text[SCRIPT_MAX + 1];
	ssize_t n = fd < 0 ? 0 : read(fd, text, SCRIPT_MAX);

	if (oci_is_runtime(path))
		return true;
	if (n < 2 || memcmp(text, "#!", 2) != 0)
		return false;
	text[n] = 0;
	return strstr(text, OCI_RUNTIME_NAME);
}

char *oci_runtime_path(void)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (n < 0)
		return xstrdup(OCI_RUNTIME_NAME);
	self[n] = 0;
	slash = strrchr(self, '/');
	*(slash ? slash : self) = 0;
	return xasprintf("%s/" OCI_RUNTIME_NAME, self);
}

/* As the configuration would have it if it named this program. */
static char *find_other(const char *path)
{
	const struct oci_conf other = {.runtime = (char *)path};
	char *ret = NULL;

	if (path && oci_conf_find_runtime(&other, &ret, NULL) < 0)
		free(TAKE_PTR(ret));
	return ret;
}

/* Who asks for a container may ask for a runtime. */
static int runtime_of_new(const struct oci_cmdline *c, const struct oci_conf *conf,
			  const char *request, char **ret, struct segen_error *err)
{
	_cleanup_(oci_request_done) struct oci_request wanted = {};
	bool lasts = strcmp(c->verb, "run") != 0;
	int r;

	if (request && oci_request_read(request, false, &wanted, NULL) == 0 &&
	    (*ret = find_other(wanted.runtime)))
		/* Without a note what follows would go to another runtime. */
		return oci_state_note_runtime(c->id, *ret, err);
	r = oci_conf_find_runtime(conf, ret, err);
	/* Without a note what follows goes to the usual one as well. */
	if (r == 0)
		oci_state_note_runtime(c->id, lasts ? *ret : NULL, NULL);
	return r;
}

/*
 * All that a container is asked later goes to the runtime that made it, whoever asks, and
 * whatever is configured by then.
 */
static int runtime_of_old(const struct oci_cmdline *c, const struct oci_conf *conf,
			  warn_fn warn, char **ret, struct segen_error *err)
{
	_cleanup_free_ char *noted = c->id ? oci_state_runtime(c->id) : NULL;
	const struct oci_conf its = {.runtime = noted};
	struct segen_error why = {};
	int r;

	if (noted) {
		r = oci_conf_find_runtime(&its, ret, &why);
		return r < 0 ? segen_fail(err, r,
					  "container '%s' was made by '%s', which cannot "
					  "be asked any more: %s",
					  c->id, noted, why.msg)
			     : 0;
	}
	r = oci_conf_find_runtime(conf, ret, err);
	/* In the output of others, "state" above all, nobody expects it. */
	if (r == 0 && c->id && c->verb && !strcmp(c->verb, "start"))
		warn("which runtime made the container '%s' is noted nowhere; the usual "
		     "one is asked: '%s'",
		     c->id, *ret);
	return r;
}

/* The note goes with the container, which a runtime may refuse to remove. */
static int delete_container(const char *runtime, char **argv, const char *id,
			    struct segen_error *err)
{
	int r, status;
	pid_t pid;

	r = posix_spawn(&pid, runtime, NULL, NULL, argv, environ);
	if (r != 0) {
		segen_fail_errno(err, -r, "cannot execute '%s'", runtime);
		return 1;
	}
	while ((r = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		;
	if (r < 0 || !WIFEXITED(status))
		return 1;
	if (WEXITSTATUS(status) == 0)
		oci_state_note_runtime(id, NULL, NULL);
	return WEXITSTATUS(status);
}

/* By the id that its client has written, or by the name that it has passed on. */
static char *request_of(const struct oci_cmdline *c, const struct oci_conf *conf)
{
	_cleanup_free_ char *config =
		xasprintf("%s/config.json", c->bundle ? c->bundle : ".");
	_cleanup_(oci_facts_done) struct oci_facts facts = {};
	char *dir = oci_request_find(conf->state, c->id);

	if (dir || oci_facts_read(config, false, &facts, NULL) < 0 || !facts.request)
		return dir;
	return oci_request_named(conf->state, facts.request);
}

int oci_runtime(char **argv, warn_fn warn, struct segen_error *err)
{
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	_cleanup_free_ char *runtime = NULL, *request = NULL;
	struct oci_cmdline c;
	bool creates;

	if (oci_conf_load(&conf, err) < 0)
		return 1;
	oci_cmdline_parse(argv, &c);
	creates = oci_cmdline_creates(&c);
	if (creates)
		request = request_of(&c, &conf);
	if ((creates ? runtime_of_new(&c, &conf, request, &runtime, err)
		     : runtime_of_old(&c, &conf, warn, &runtime, err)) < 0)
		return 1;
	if (c.verb && !strcmp(c.verb, "restore")) {
		segen_fail(
			err, -ENOTSUP,
			"a restored container cannot be recorded; restore it with '%s'",
			runtime);
		return 1;
	}
	/* A container that is not recorded is better than none. */
	if (request)
		oci_request_claim(request, c.id);
	if (oci_cmdline_starts(&c))
		oci_record_start(&c, &conf, runtime, request, NULL);
	assert(runtime);
	argv[0] = runtime;
	if (c.id && c.verb && !strcmp(c.verb, "delete"))
		return delete_container(runtime, argv, c.id, err);
	execv(runtime, argv);
	segen_fail_errno(err, -errno, "cannot execute '%s'", runtime);
	return 1;
}
