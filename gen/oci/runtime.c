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
#include <string.h>

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

/*
 * Who asks for a container may ask for a runtime.  All that this container is asked
 * later goes to the same one, whoever asks.
 */
static char *runtime_of(const struct oci_cmdline *c, const char *request)
{
	_cleanup_(oci_request_done) struct oci_request wanted = {};
	_cleanup_free_ char *noted = NULL;
	char *runtime;

	if (!c->id)
		return NULL;
	if (request && oci_request_read(request, false, &wanted, NULL) == 0 &&
	    (runtime = find_other(wanted.runtime))) {
		oci_state_note_runtime(c->id, runtime);
		return runtime;
	}
	if (oci_cmdline_creates(c)) {
		oci_state_note_runtime(c->id, NULL);
		return NULL;
	}
	noted = oci_state_runtime(c->id);
	if (!strcmp(c->verb, "delete"))
		oci_state_note_runtime(c->id, NULL);
	return find_other(noted);
}

/* By the id that the engine's client has written, or by the name that it has passed on.
 */
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

int oci_runtime(char **argv, struct segen_error *err)
{
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	_cleanup_free_ char *runtime = NULL, *request = NULL;
	struct oci_cmdline c;
	int r = oci_conf_load(&conf, err);

	if (r < 0)
		return 1;
	oci_cmdline_parse(argv, &c);
	if (oci_cmdline_creates(&c))
		request = request_of(&c, &conf);
	runtime = runtime_of(&c, request);
	if (!runtime && oci_conf_find_runtime(&conf, &runtime, err) < 0)
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
	execv(runtime, argv);
	segen_fail_errno(err, -errno, "cannot execute '%s'", runtime);
	return 1;
}
