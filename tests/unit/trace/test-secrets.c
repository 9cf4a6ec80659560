/* test-secrets.c: what looks like a secret in a command line is starred. */
#include <segen/secrets.h>

#include <segen/util.h>

#include "tests/tap.h"

static const struct {
	const char *what;
	const char *argv[5];
	const char *want;
} cases[] = {
	{"nothing secret", {"tar", "-czf", "etc.tgz", "/etc"}, "tar -czf etc.tgz /etc"},
	{"an option with a value", {"app", "--password=x1"}, "app --password=***"},
	{"an option and a word",
	 {"app", "--db-token", "x1", "y"},
	 "app --db-token *** y"},
	{"an option without a word", {"app", "--token", "--help"}, "app --token --help"},
	{"a variable", {"env", "DB_PASSWORD=x1", "app"}, "env DB_PASSWORD=*** app"},
	{"an empty value", {"env", "TOKEN=", "app"}, "env TOKEN= app"},
	{"a file that holds it",
	 {"app", "--password-file=/run/p"},
	 "app --password-file=/run/p"},
	{"the folder", {"env", "PWD=/tmp"}, "env PWD=/tmp"},
	{"a URL", {"app", "postgres://me:x1@db/y"}, "app postgres://me:***@db/y"},
	{"a URL without one", {"curl", "http://me@h:80/x"}, "curl http://me@h:80/x"},
	{"a header",
	 {"curl", "-H", "Authorization: Bearer x1", "u"},
	 "curl -H Authorization: Bearer *** u"},
	{"inside a script",
	 {"sh", "-c", "API_KEY=x1 app; ls"},
	 "sh -c API_KEY=*** app; ls"},
	{"in quotes inside a script",
	 {"sh", "-c", "SECRET='x1' app"},
	 "sh -c SECRET='***' app"},
	{"a known token", {"app", "ghp_0123456789abcdef"}, "app ***"},
};

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(segen_buf_done) struct segen_buf got = {};
		char **v = segen_secrets_starred((char *const *)cases[i].argv);

		for (size_t k = 0; v[k]; k++) {
			segen_buf_printf(&got, "%s%s", k ? " " : "", v[k]);
			free(v[k]);
		}
		free(v);
		is_str(got.s, cases[i].want, "secrets: %s", cases[i].what);
	}
	return done();
}
