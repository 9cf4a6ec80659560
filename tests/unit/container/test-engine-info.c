/* test-engine-info.c: what clients really print. */
#include "container/engine-info.h"

#include "tests/tap.h"

static void test_docker(void)
{
	static const char docker[] = "runc|[name=seccomp,profile=builtin name=cgroupns]\n"
				     "crun|/usr/bin/crun\n"
				     "io.containerd.runc.v2|\n"
				     "runc|runc\n"
				     "segen|/usr/libexec/segen-runtime\n\n";
	struct engine_info i = {};

	engine_info_parse_docker(docker, NULL, &i);
	ok(i.answers, "docker: answers");
	ok(i.has_segen, "docker: knows segen");
	ok(!i.rootless, "docker: is root's");
	is_str(i.runtime, "runc", "docker: its default runtime");
	engine_info_done(&i);
	engine_info_parse_docker(docker, "crun", &i);
	is_str(i.runtime, "/usr/bin/crun", "docker: the runtime that is asked for");
	engine_info_done(&i);
	engine_info_parse_docker(docker, "kata", &i);
	is_str(i.runtime, NULL, "docker: a runtime that it does not know");
	engine_info_done(&i);
	engine_info_parse_docker(docker, "io.containerd.runc.v2", &i);
	is_str(i.runtime, NULL, "docker: a shim is no runtime");
	engine_info_done(&i);
}

static void test_docker_others(void)
{
	struct engine_info i = {};

	engine_info_parse_docker("runc|[name=rootless]\nrunc|runc\n", NULL, &i);
	ok(i.rootless, "rootless docker: is an ordinary user's");
	ok(!i.has_segen, "docker without segen: says so");
	engine_info_done(&i);
	engine_info_parse_docker("|[]\n\n", NULL, &i);
	ok(!i.answers, "docker without its daemon: does not answer");
	engine_info_done(&i);
}

static void test_podman(void)
{
	struct engine_info i = {};

	engine_info_parse_podman("/usr/bin/crun|true\n", &i);
	ok(i.answers, "podman: answers");
	ok(i.rootless, "podman: rootless");
	is_str(i.runtime, "/usr/bin/crun", "podman: its runtime");
	engine_info_done(&i);
	engine_info_parse_podman("", &i);
	ok(!i.answers, "podman that fails: does not answer");
	engine_info_done(&i);
}

static void test_images(void)
{
	struct image_info i = {};

	image_info_parse("sha256:12ab|docker.io/x@sha256:34cd y@sha256:56ef \n", &i);
	is_str(i.id, "sha256:12ab", "image: its id");
	is_str(i.digest, "sha256:34cd", "image: its digest");
	image_info_done(&i);
	image_info_parse("12ab|\n", &i);
	is_str(i.id, "sha256:12ab", "image of podman: its id");
	is_str(i.digest, NULL, "image from no registry: has no digest");
	image_info_done(&i);
}

int main(void)
{
	test_docker();
	test_docker_others();
	test_podman();
	test_images();
	return done();
}
