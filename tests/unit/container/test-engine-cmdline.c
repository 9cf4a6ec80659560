/* test-engine-cmdline.c: how people start containers. */
#include "container/engine-cmdline.h"

#include <segen/util.h>

#include <string.h>

#include "tests/tap.h"

static bool equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void test_lines(void)
{
	static const struct {
		const char *const argv[16];
		enum engine_kind kind;
		const char *image;
		bool detach;
	} cases[] = {
		{{"docker", "run", "--rm", "nginx"}, ENGINE_RUN, "nginx", false},
		{{"/usr/bin/docker", "run", "-it", "nginx", "-d"},
		 ENGINE_RUN,
		 "nginx",
		 false},
		{{"docker", "run", "-d", "-p", "80:80", "nginx"},
		 ENGINE_RUN,
		 "nginx",
		 true},
		{{"docker", "run", "-dp", "80:80", "nginx"}, ENGINE_RUN, "nginx", true},
		{{"docker", "run", "-p80:80", "nginx"}, ENGINE_RUN, "nginx", false},
		{{"docker", "run", "--name=x", "--user", "1", "nginx", "run"},
		 ENGINE_RUN,
		 "nginx",
		 false},
		{{"docker", "-H", "unix:///s", "run", "--detach", "nginx"},
		 ENGINE_RUN,
		 "nginx",
		 true},
		{{"docker", "run", "--detach=false", "--", "nginx"},
		 ENGINE_RUN,
		 "nginx",
		 false},
		{{"docker", "container", "run", "nginx"}, ENGINE_RUN, "nginx", false},
		{{"podman", "--cgroup-manager", "cgroupfs", "run", "--init", "x"},
		 ENGINE_RUN,
		 "x",
		 false},
		{{"nerdctl", "run", "x"}, ENGINE_RUN, "x", false},
		{{"docker", "run"}, ENGINE_RUN, NULL, false},
		{{"docker", "run", "-e"}, ENGINE_RUN, NULL, false},
		{{"docker", "run", "--name"}, ENGINE_RUN, NULL, false},
		{{"docker", "create", "x"}, ENGINE_OTHER, NULL, false},
		{{"docker", "compose", "run", "x"}, ENGINE_OTHER, NULL, false},
		{{"docker", "ps"}, ENGINE_NONE, NULL, false},
		{{"docker"}, ENGINE_NONE, NULL, false},
		{{"nginx", "run", "x"}, ENGINE_NONE, NULL, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct engine_cmdline c;

		engine_cmdline_parse((char *const *)cases[i].argv, &c);
		ok(c.kind == cases[i].kind && equal(c.image, cases[i].image) &&
			   c.detach == cases[i].detach,
		   "line %zu: kind %d, image '%s'%s", i, c.kind, c.image ? c.image : "",
		   c.detach ? ", detached" : "");
	}
}

static void test_with(const char *const *argv, const char *want)
{
	_cleanup_(segen_buf_done) struct segen_buf b = {};
	_cleanup_free_ char **v = NULL;
	struct engine_cmdline c;

	engine_cmdline_parse((char *const *)argv, &c);
	v = engine_cmdline_with((char *const *)argv, &c, "R", "C");
	for (size_t i = 0; v[i]; i++)
		segen_buf_printf(&b, "%s%s", i ? " " : "", v[i]);
	ok(equal(b.s, want), "%s", b.s);
}

int main(void)
{
	static const char *const docker[] = {"docker", "-D", "run", "--rm",
					     "x",      "y",  NULL};
	static const char *const podman[] = {"podman", "run", "x", NULL};
	static const char *const own[] = {"docker", "run", "--runtime=r", "--cidfile",
					  "c",	    "x",   NULL};

	test_lines();
	test_with(docker, "docker -D run --runtime R --cidfile C --rm x y");
	test_with(podman, "podman --runtime R run --cidfile C x");
	test_with(own, "docker run --runtime=r --cidfile c x");
	return done();
}
