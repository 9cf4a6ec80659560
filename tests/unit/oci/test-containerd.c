/* test-containerd.c: each format of containerd's configuration gets its own names. */
#include "oci/containerd.h"

#include "tests/tap.h"

static void test_versions(void)
{
	is_int(containerd_config_version("version = 3\nroot = '/x'\n"), 3,
	       "version = 3: is found");
	is_int(containerd_config_version("# version = 3\n  version=2\n"), 2,
	       "version=2 behind a comment: is found");
	is_int(containerd_config_version("[a]\nversion = 3\n"), 0,
	       "version in a table: is not that of the file");
	is_int(containerd_config_version(""), 0, "empty file: has no version");
	is_int(containerd_format_of("containerd github.com/x/containerd 1.7.24~ds1 1.7"),
	       2, "containerd 1.7: reads version 2");
	is_int(containerd_format_of("containerd github.com/x/containerd/v2 2.1.9 abc"), 3,
	       "containerd 2.1: reads version 3");
	is_int(containerd_format_of(""), 0, "silent containerd: is not known");
}

static void test_lines(void)
{
	_cleanup_(segen_buf_done) struct segen_buf two = {}, three = {}, crio = {};

	containerd_add_runtime(&two, 2, "/s");
	containerd_add_runtime(&three, 3, "/s");
	has_str(two.s,
		"[plugins.'io.containerd.grpc.v1.cri'.containerd.runtimes.segen.options]\n"
		"BinaryName = '/s'",
		"version 2: the plugin's name");
	has_str(three.s,
		"[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.segen]\n",
		"version 3: the plugin's name");
	crio_add_runtime(&crio, "/s");
	has_str(crio.s, "[crio.runtime.runtimes.segen]\nruntime_path = \"/s\"\n",
		"CRI-O: the runtime's table");
}

int main(void)
{
	test_versions();
	test_lines();
	return done();
}
