/* test-engine-cmdline.c: how people start containers. */
#include "container/engine-cmdline.h"

#include <segen/util.h>

#include <string.h>

#include "tests/tap.h"

static const char *const kinds[] = {"nothing", "run", "other"};

/* The words of @line, which are separated by single blanks. */
static char **split(char *line)
{
	static char *words[64];
	size_t n = 0;

	for (char *word; (word = strsep(&line, " "));)
		words[n++] = word;
	words[n] = NULL;
	return words;
}

static char *join(char *const *words)
{
	struct segen_buf b = {};

	for (size_t i = 0; words && words[i]; i++)
		segen_buf_printf(&b, "%s%s", i ? " " : "", words[i]);
	return b.s;
}

static void test_lines(void)
{
	static const struct {
		const char *line;
		enum engine_kind kind;
		const char *image;
		bool detach;
	} cases[] = {
		{"docker run --rm nginx", ENGINE_RUN, "nginx", false},
		{"/usr/bin/docker run -it nginx -d", ENGINE_RUN, "nginx", false},
		{"docker run -d -p 80:80 nginx", ENGINE_RUN, "nginx", true},
		{"docker run -dp 80:80 nginx", ENGINE_RUN, "nginx", true},
		{"docker run -p80:80 nginx", ENGINE_RUN, "nginx", false},
		{"docker run --name=x --user 1 nginx run", ENGINE_RUN, "nginx", false},
		{"docker -H unix:///s run --detach nginx", ENGINE_RUN, "nginx", true},
		{"docker run --detach=false -- nginx", ENGINE_RUN, "nginx", false},
		{"docker container run nginx", ENGINE_RUN, "nginx", false},
		{"podman --cgroup-manager cgroupfs run --init x", ENGINE_RUN, "x", false},
		{"nerdctl run x", ENGINE_RUN, "x", false},
		{"sudo docker run x", ENGINE_RUN, "x", false},
		{"sudo -u root -E A=1 docker run x", ENGINE_RUN, "x", false},
		{"sudo --user root -- docker run x", ENGINE_RUN, "x", false},
		{"env -u B A=1 docker run x", ENGINE_RUN, "x", false},
		{"time -p nice -n 5 docker run x", ENGINE_RUN, "x", false},
		{"timeout -k 1 30 sudo podman run x", ENGINE_RUN, "x", false},
		{"docker run", ENGINE_RUN, NULL, false},
		{"docker run -e", ENGINE_RUN, NULL, false},
		{"docker run --name", ENGINE_RUN, NULL, false},
		{"docker create x", ENGINE_OTHER, NULL, false},
		{"docker exec -it web sh", ENGINE_OTHER, NULL, false},
		{"docker build .", ENGINE_OTHER, NULL, false},
		{"kubectl run web --image=nginx", ENGINE_OTHER, NULL, false},
		{"kubectl -n x exec web -- sh", ENGINE_OTHER, NULL, false},
		{"kubectl get pods", ENGINE_NONE, NULL, false},
		{"docker ps", ENGINE_NONE, NULL, false},
		{"docker", ENGINE_NONE, NULL, false},
		{"nginx run x", ENGINE_NONE, NULL, false},
		{"sudo nginx", ENGINE_NONE, NULL, false},
		{"sudo", ENGINE_NONE, NULL, false},
		{"timeout 5", ENGINE_NONE, NULL, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *line = xstrdup(cases[i].line);
		struct engine_cmdline c;

		engine_cmdline_parse(split(line), &c);
		is_str(kinds[c.kind], kinds[cases[i].kind], "%s: its kind",
		       cases[i].line);
		is_str(c.image, cases[i].image, "%s: the image", cases[i].line);
		is_int(c.detach, cases[i].detach, "%s: detached or not", cases[i].line);
	}
}

static void test_sudo(void)
{
	_cleanup_free_ char *sudo = xstrdup("nice sudo docker run x");
	_cleanup_free_ char *env = xstrdup("env A=1 docker run x");
	struct engine_cmdline c;

	engine_cmdline_parse(split(sudo), &c);
	ok(c.sudo, "sudo: another user's engine");
	is_int(c.client, 2, "sudo: the client behind it");
	engine_cmdline_parse(split(env), &c);
	ok(!c.sudo, "env: the same user's engine");
}

static void test_with(const char *text, const char *runtime, const char *want)
{
	_cleanup_free_ char *line = xstrdup(text), *got = NULL;
	_cleanup_free_ char **v = NULL;
	char **argv = split(line);
	struct engine_cmdline c;

	engine_cmdline_parse(argv, &c);
	v = engine_cmdline_with(argv, &c, runtime, "C");
	got = join(v);
	is_str(got, want, "%s: with runtime %s", text, runtime ? runtime : "left alone");
}

static void test_other(const char *text, const char *want)
{
	static const char *const words[] = {"info", "-f", NULL};
	_cleanup_free_ char *line = xstrdup(text), *got = NULL;
	_cleanup_free_ char **v = NULL;
	char **argv = split(line);
	struct engine_cmdline c;

	engine_cmdline_parse(argv, &c);
	v = engine_cmdline_other(argv, &c, words);
	got = join(v);
	is_str(got, want, "%s: another command for the same engine", text);
}

static void test_script(const char *const *argv, const char *want, const char *engine)
{
	char **words = engine_cmdline_from_shell((char *const *)argv);
	_cleanup_free_ char *got = join(words), *text = join((char *const *)argv);

	is_str(got, want, "%s: the command in it", text);
	is_str(engine_cmdline_in_script((char *const *)argv), engine,
	       "%s: the engine in it", text);
	engine_words_free(&words);
}

static void test_scripts(void)
{
	static const char *const plain[] = {"sudo", "sh", "-ec", "docker run x a=b",
					    NULL};
	static const char *const list[] = {"bash", "-c", "make && docker run x", NULL};
	static const char *const quoted[] = {"sh", "-c", "docker run x 'a b'", NULL};
	static const char *const none[] = {"sh", "-c", "echo docker runs", NULL};
	static const char *const file[] = {"sh", "docker", "run", NULL};

	test_script(plain, "sudo docker run x a=b", "docker");
	test_script(list, NULL, "docker");
	test_script(quoted, NULL, "docker");
	test_script(none, NULL, NULL);
	test_script(file, NULL, NULL);
}

static void test_advice(const char *text, const char *want)
{
	_cleanup_(segen_buf_done) struct segen_buf out = {};
	_cleanup_free_ char *line = xstrdup(text);
	struct engine_cmdline c;

	engine_cmdline_parse(split(line), &c);
	engine_cmdline_advise(&c, &out);
	has_str(out.s, want, "%s: the command to type", text);
}

int main(void)
{
	test_lines();
	test_sudo();
	test_with("docker -D run --rm x y", "R",
		  "docker -D run --runtime R --cidfile C --rm x y");
	test_with("podman run x", "R", "podman --runtime R run --cidfile C x");
	test_with("docker run --runtime=r --cidfile c x", "R",
		  "docker run --runtime R --cidfile c x");
	test_with("docker run --runtime r x", "R",
		  "docker run --runtime R --cidfile C x");
	test_with("podman --runtime r run x", "R",
		  "podman --runtime R run --cidfile C x");
	test_with("podman --runtime r run x", NULL,
		  "podman --runtime r run --cidfile C x");
	test_with("sudo podman run x", "R", "sudo podman --runtime R run --cidfile C x");
	test_other("sudo docker -H h container run -d x", "sudo docker -H h info -f");
	test_other("podman --runtime r run x", "podman --runtime r info -f");
	test_scripts();
	test_advice("docker exec -it web sh", "segen trace --container docker:web");
	test_advice("podman start web", "segen trace --container podman:web");
	test_advice("docker build .", "segen trace -- docker run");
	test_advice("docker create x", "segen runtime --collect");
	test_advice("kubectl run web", "segen trace --container");
	return done();
}
