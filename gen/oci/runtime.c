/* runtime.c: find the runtime, start the recorder, execve. */
#include "oci/runtime.h"

#include "oci/cmdline.h"
#include "oci/conf.h"
#include "oci/record.h"

#include <segen/util.h>

#include <assert.h>
#include <errno.h>
#include <string.h>

bool oci_is_runtime(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;

	return argv0 && !strcmp(slash ? slash + 1 : argv0, OCI_RUNTIME_NAME);
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

int oci_runtime(char **argv, struct segen_error *err)
{
	_cleanup_(oci_conf_done) struct oci_conf conf = {};
	_cleanup_free_ char *runtime = NULL;
	struct oci_cmdline c;
	int r;

	r = oci_conf_load(&conf, err);
	if (r == 0)
		r = oci_conf_find_runtime(&conf, &runtime, err);
	if (r < 0)
		return 1;
	oci_cmdline_parse(argv, &c);
	if (c.verb && !strcmp(c.verb, "restore")) {
		segen_fail(
			err, -ENOTSUP,
			"a restored container cannot be recorded; restore it with '%s'",
			runtime);
		return 1;
	}
	/* A container that is not recorded is better than none. */
	if (oci_cmdline_starts(&c))
		oci_record_start(&c, &conf, runtime, NULL);
	assert(runtime);
	argv[0] = runtime;
	execv(runtime, argv);
	segen_fail_errno(err, -errno, "cannot execute '%s'", runtime);
	return 1;
}
