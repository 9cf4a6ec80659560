/* test-compose-cmdline.c: how people call Compose, and what is written for it. */
#include "container/compose-cmdline.h"

#include <string.h>

#include "tests/tap.h"

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

	for (size_t i = 0; words[i]; i++)
		segen_buf_printf(&b, "%s%s", i ? " " : "", words[i]);
	return b.s;
}

static void test_lines(void)
{
	static const struct {
		const char *line;
		bool found, podman;
	} cases[] = {
		{"docker compose up", true, false},
		{"docker compose -f a.yaml -p x run --rm web sh", true, false},
		{"docker -H h compose --file=a up -d", true, false},
		{"sudo docker-compose --env-file e up", true, false},
		{"podman compose up", true, true},
		{"podman-compose up", true, true},
		{"docker compose --dry-run up", true, false},
		{"docker compose ps", false, false},
		{"docker compose", false, false},
		{"docker run up", false, false},
		{"make up", false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *line = xstrdup(cases[i].line);
		struct compose_cmdline c;

		compose_cmdline_parse(split(line), &c);
		is_int(c.found, cases[i].found, "%s: runs services or not",
		       cases[i].line);
		is_int(c.podman, cases[i].podman, "%s: whose", cases[i].line);
	}
}

static void test_with(const char *text, const char *want)
{
	char *files[] = {(char *)"X", (char *)"Y", NULL};
	_cleanup_free_ char *line = xstrdup(text), *got = NULL;
	_cleanup_free_ char **v = NULL;
	char **argv = split(line);
	struct compose_cmdline c;

	compose_cmdline_parse(argv, &c);
	v = compose_cmdline_with(argv, &c, files);
	got = join(v);
	is_str(got, want, "%s: with files", text);
}

static void test_other(const char *text, const char *want)
{
	static const char *const words[] = {"config", "--services", NULL};
	_cleanup_free_ char *line = xstrdup(text), *got = NULL;
	_cleanup_free_ char **v = NULL;
	char **argv = split(line);
	struct compose_cmdline c;

	compose_cmdline_parse(argv, &c);
	v = compose_cmdline_other(argv, &c, words);
	got = join(v);
	is_str(got, want, "%s: another command for the same project", text);
}

static void test_files(void)
{
	static const char *const names[] = {"web", "a \"b\""};
	static const char *const requests[] = {"r1", "r2"};
	static const char *const profiles[] = {"/p.json", NULL};
	_cleanup_(segen_buf_done) struct segen_buf recording = {}, confined = {};

	compose_recording(&recording, names, requests, 2, "segen");
	has_str(recording.s, "\"a \\\"b\\\"\"", "recording: names are quoted");
	has_str(recording.s, "\"runtime\": \"segen\"", "recording: the runtime");
	has_str(recording.s, "\"segen.request\": \"r2\"", "recording: the request");
	compose_confined(&confined, names, profiles, 2);
	is_str(confined.s,
	       "services:\n  \"web\":\n    security_opt:\n      - \"seccomp:/p.json\"\n",
	       "confined: a service without a profile is left out");
}

int main(void)
{
	test_lines();
	test_with("docker compose up", "docker compose --file X --file Y up");
	test_with("docker compose -f a -p p -f b up",
		  "docker compose -f a -p p -f b --file X --file Y up");
	test_with("docker-compose --file=a up",
		  "docker-compose --file=a --file X --file Y up");
	test_other("sudo docker compose -f a run web",
		   "sudo docker compose -f a config --services");
	test_files();
	return done();
}
