/* containerd.c: the version of containerd's configuration, and a runtime for it and
 * CRI-O.
 */
#include "oci/containerd.h"

#include <stdlib.h>
#include <string.h>

/* Top-level keys come before the first table. */
unsigned containerd_config_version(const char *text)
{
	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		s += strspn(s, " \t");
		if (*s == '[')
			return 0;
		if (strncmp(s, "version", strlen("version")) != 0)
			continue;
		s += strlen("version");
		s += strspn(s, " \t");
		if (*s != '=')
			continue;
		s += 1 + strspn(s + 1, " \t");
		return (unsigned)strtoul(s, NULL, 10);
	}
	return 0;
}

/* "containerd github.com/containerd/containerd 1.7.24~ds1 1.7.24~ds1-6", "… v2.1.9 …" */
unsigned containerd_format_of(const char *said)
{
	const char *number = strpbrk(said, "0123456789");
	unsigned long major = number ? strtoul(number, NULL, 10) : 0;

	return !number ? 0 : major >= 2 ? 3 : 2;
}

void containerd_add_runtime(struct segen_buf *out, unsigned version, const char *path)
{
	const char *plugin = version >= 3 ? "io.containerd.cri.v1.runtime"
					  : "io.containerd.grpc.v1.cri";

	segen_buf_printf(out,
			 "[plugins.'%s'.containerd.runtimes.segen]\n"
			 "runtime_type = 'io.containerd.runc.v2'\n"
			 "[plugins.'%s'.containerd.runtimes.segen.options]\n"
			 "BinaryName = '%s'\n",
			 plugin, plugin, path);
}

void crio_add_runtime(struct segen_buf *out, const char *path)
{
	segen_buf_printf(out,
			 "[crio.runtime.runtimes.segen]\n"
			 "runtime_path = \"%s\"\n"
			 "runtime_type = \"oci\"\n"
			 "runtime_root = \"/run/segen-crio\"\n",
			 path);
}
